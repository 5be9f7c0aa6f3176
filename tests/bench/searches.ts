/** Text and vector search in this process. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Push } from "../../src/embedded/deploy/types";
import { createRuntime } from "../../src/embedded/runtime/createRuntime";
import type { Runtime } from "../../src/embedded/runtime/types";
import { request } from "./inProcess";
import { median, perSecond, timesMs } from "./measure";
import type { Add } from "./measures";

const VECTORS = 10_000;
const TEXTS_WITHOUT_VECTOR = 10_000;
const FILL_COUNT = 50;
const TIMES = 15;
const INSERTING_MUTATIONS = 20;

export type SearchBench = { folder: string; close(): Promise<void> };

/** A data folder with 20,000 texts, half of which have a vector. */
export async function openSearch(push: Push): Promise<SearchBench> {
  const folder = mkdtempSync(join(tmpdir(), "bench-search-"));
  const runtime = await createRuntime({ folder, runCrons: false });
  await runtime.deploy(push);
  const count = VECTORS + TEXTS_WITHOUT_VECTOR;
  for (let from = 0; from < count; from += FILL_COUNT) await fill(runtime, from, from < VECTORS);
  await runtime.close({ graceMs: 0 });
  return {
    folder,
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Starts anew each time, so that a round has its first search. */
export async function measureSearch({ folder }: SearchBench, push: Push, add: Add): Promise<void> {
  const runtime = await createRuntime({ folder, runCrons: false });
  try {
    await runtime.deploy(push);
    await measureText(runtime, add);
  } finally {
    await runtime.close({ graceMs: 0 });
  }
  const restarted = await createRuntime({ folder, runCrons: false });
  try {
    await measureVectors(restarted, add);
  } finally {
    await restarted.close({ graceMs: 0 });
  }
}

async function measureText(runtime: Runtime, add: Add): Promise<void> {
  const time = async (args: { text: string; shelf?: string }) =>
    median(await timesMs(TIMES, () => search(runtime, args)));
  await time({ text: "w1" });
  add("textRare", await time({ text: "w19000" }));
  add("textCommon", await time({ text: "w1 w2 w3" }));
  add("textFiltered", await time({ text: "w1 w2 w3", shelf: "shelf 3" }));
  const rate = await perSecond(INSERTING_MUTATIONS, () =>
    fill(runtime, ++inserted * 1_000_000, false),
  );
  add("textInsert", rate * FILL_COUNT);
}

async function measureVectors(runtime: Runtime, add: Add): Promise<void> {
  let number = 0;
  const time = async (times: number, shelf?: string) =>
    median(
      await timesMs(times, () =>
        similar(runtime, { number: ++number, ...(shelf === undefined ? {} : { shelf }) }),
      ),
    );
  add("vectorFirst", await time(1));
  await time(3);
  add("vectorExact", await time(TIMES));
  add("vectorFiltered", await time(TIMES, "shelf 3"));
  add("vectorStall", await longestTurnMs(async () => void (await time(TIMES))));
}

/** The longest time between two turns of the event loop while `work` runs. */
async function longestTurnMs(work: () => Promise<void>): Promise<number> {
  let longestMs = 0;
  let lastMs = performance.now();
  let isOver = false;
  const turn = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isOver = true;
  return longestMs;
}

let inserted = 0;
let asked = 0;

async function fill(runtime: Runtime, from: number, withVectors: boolean): Promise<void> {
  const args = { from, count: FILL_COUNT, withVectors };
  const reply = await runtime.mutation(request("articles:fill", args));
  if (!reply.ok) throw new Error(reply.error.message);
}

async function search(runtime: Runtime, args: { text: string; shelf?: string }): Promise<void> {
  const reply = await runtime.query(request("articles:search", { ...args, asking: ++asked }));
  if (!reply.ok) throw new Error(reply.error.message);
}

async function similar(runtime: Runtime, args: { number: number; shelf?: string }): Promise<void> {
  const reply = await runtime.action(request("articles:similar", args));
  if (!reply.ok) throw new Error(reply.error.message);
}
