/** The runtime in this process: no sockets, no clients. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Push } from "../../src/embedded/deploy/types";
import { createRuntime } from "../../src/embedded/runtime/createRuntime";
import type { FunctionRequest, Runtime } from "../../src/embedded/runtime/types";
import { BODY, CHANNEL, FILL_COUNT, FILLING_CHANNEL } from "./documents";
import { perSecond, perSecondConcurrent } from "./measure";
import type { Add } from "./measures";

const SEQUENTIAL = 1_000;
const CONCURRENT = 4_000;
const WIDTH = 64;
const QUERIES_20 = 1_500;
const QUERIES_1 = 4_000;
const CACHED_QUERIES = 20_000;
const WARM_UP = 300;

export type Bench = { runtime: Runtime; close(): Promise<void> };

/** A runtime over a new folder that holds `count` documents. */
export async function openBench(push: Push, count: number): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "bench-runtime-"));
  const runtime = await createRuntime({ folder, runCrons: false });
  await runtime.deploy(push);
  const fills = Math.ceil(count / FILL_COUNT);
  for (let i = 0; i < fills; i++) {
    const channel = i === 0 ? CHANNEL : FILLING_CHANNEL;
    const args = { channel, from: i * FILL_COUNT + 1, count: FILL_COUNT, body: BODY };
    await mutate(runtime, "messages:fill", args);
  }
  return {
    runtime,
    async close() {
      await runtime.close({ graceMs: 0 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function measureRuntime({ runtime }: Bench, add: Add): Promise<void> {
  await perSecondConcurrent({ count: WARM_UP, width: WIDTH }, () => send(runtime));
  add("mutationSequential", await perSecond(SEQUENTIAL, () => send(runtime)));
  add(
    "mutationConcurrent",
    await perSecondConcurrent({ count: CONCURRENT, width: WIDTH }, () => send(runtime)),
  );
  await perSecond(WARM_UP, () => askAnew(runtime, 20));
  for (const [limit, count] of [
    [20, QUERIES_20],
    [1, QUERIES_1],
  ] as const) {
    add(`query${limit}`, await perSecond(count, () => askAnew(runtime, limit)));
    const rate = await perSecondConcurrent({ count, width: WIDTH }, () => askAnew(runtime, limit));
    add(`query${limit}Concurrent`, rate);
  }
  const args = { channel: CHANNEL, limit: 20 };
  add("query20Cached", await perSecond(CACHED_QUERIES, () => ask(runtime, args)));
}

/** The same work on many documents: what the runtime does must not grow with them. */
export async function measureLargeRuntime({ runtime }: Bench, add: Add): Promise<void> {
  await perSecond(WARM_UP, () => send(runtime));
  add("mutationLarge", await perSecond(SEQUENTIAL, () => send(runtime)));
  await perSecond(WARM_UP, () => askAnew(runtime, 20));
  add("query20Large", await perSecond(QUERIES_20, () => askAnew(runtime, 20)));
  add("query1Large", await perSecond(QUERIES_1, () => askAnew(runtime, 1)));
}

function send(runtime: Runtime): Promise<void> {
  return mutate(runtime, "messages:send", { channel: CHANNEL, body: BODY });
}

let asked = 0;
/** Asks what nobody asked before, so that no stored result will do. */
function askAnew(runtime: Runtime, limit: number): Promise<void> {
  return ask(runtime, { channel: CHANNEL, limit, asking: ++asked });
}

async function ask(runtime: Runtime, args: object): Promise<void> {
  const reply = await runtime.query(request("messages:latest", args));
  if (!reply.ok) throw new Error(reply.error.message);
}

async function mutate(runtime: Runtime, path: string, args: object): Promise<void> {
  const reply = await runtime.mutation(request(path, args));
  if (!reply.ok) throw new Error(reply.error.message);
}

function request(path: string, args: object): FunctionRequest {
  return {
    path,
    args: JSON.stringify(args),
    identity: { kind: "none" },
    requestId: "bench",
    request: { ip: null, userAgent: null },
  };
}
