/** What others see while one query computes for long. */
import type { Runtime } from "../../src/embedded/runtime/types";
import { CHANNEL } from "./documents";
import { askPoint, type Bench, callQuery, send, someIds } from "./inProcess";
import { median, quantile } from "./measure";
import type { Add } from "./measures";

const TIMES = 5;
/** Well below the second after which a function is stopped. */
const WANTED_MS = 500;
const PROBE_TURNS = 2_000_000;

let asked = 0;

export async function measureSlowQuery({ runtime }: Bench, add: Add): Promise<void> {
  const [id = ""] = await someIds(runtime, CHANNEL);
  const probe = async (turns: number) => await timeMs(() => spin(runtime, turns));
  await probe(PROBE_TURNS);
  const turns = Math.round((PROBE_TURNS * WANTED_MS) / (await probe(PROBE_TURNS)));
  const alone: number[] = [];
  const mutations: number[] = [];
  const points: number[] = [];
  for (let time = 0; time < TIMES; time++) {
    alone.push(await probe(turns));
    mutations.push(await longestBeside(spin(runtime, turns), () => send(runtime)));
    points.push(await longestBeside(spin(runtime, turns), () => askPoint(runtime, id)));
  }
  add("slowAlone", median(alone));
  add("slowMutation", median(mutations));
  add("slowPoint", median(points));
}

/** The longest that `work` takes while `slow` is not settled. */
async function longestBeside(slow: Promise<unknown>, work: () => Promise<unknown>) {
  let isOver = false;
  const over = slow.then(() => (isOver = true));
  const times: number[] = [];
  do {
    times.push(await timeMs(work));
    await new Promise((resolve) => setImmediate(resolve));
  } while (!isOver);
  await over;
  return quantile(times, 1);
}

async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function spin(runtime: Runtime, turns: number): Promise<unknown> {
  return callQuery(runtime, "messages:spin", { turns, asking: ++asked });
}
