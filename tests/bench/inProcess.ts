/** The runtime in this process: no sockets, no clients. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Push } from "../../src/embedded/deploy/types";
import { createRuntime } from "../../src/embedded/runtime/createRuntime";
import type { FunctionRequest, Runtime } from "../../src/embedded/runtime/types";
import { BODY, CHANNEL, FILL_COUNT, FILLING_CHANNEL } from "./documents";
import { perSecond, perSecondConcurrent, rateAndCpu } from "./measure";
import type { Add } from "./measures";

const SEQUENTIAL = 1_000;
const CONCURRENT = 10_000;
const WIDTH = 64;
const QUERIES_20 = 1_500;
const QUERIES_1 = 4_000;
const POINTS = 20_000;
const CACHED_QUERIES = 20_000;
const WARM_UP = 300;
/** Until V8 has compiled what runs: before, a mutation takes half as much again. */
const MUTATIONS_WARM_UP = 2_000;

export type Bench = { runtime: Runtime; close(): Promise<void> };

/** A runtime over a new folder that holds `count` documents. */
export async function openBench(push: Push, count: number): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "bench-runtime-"));
  const runtime = await createRuntime({ folder, runCrons: false });
  await runtime.deploy(push);
  for (let from = 0; from < count; from += FILL_COUNT) {
    const channel = fillingChannel(from);
    const args = { channel, from: from + 1, count: FILL_COUNT, body: BODY };
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

/** Where the documents from `from` on stand: the first in `CHANNEL`, others spread over many. */
export function fillingChannel(from: number): string {
  return from === 0 ? CHANNEL : `${FILLING_CHANNEL}${Math.floor(from / FILL_COUNT) % 1_000}`;
}

export async function measureRuntime(bench: Bench, add: Add): Promise<void> {
  const { runtime } = bench;
  await perSecondConcurrent({ count: MUTATIONS_WARM_UP, width: WIDTH }, () => send(runtime));
  add("mutationSequential", await perSecond(SEQUENTIAL, () => send(runtime)));
  const mutations = await concurrent(CONCURRENT, () => send(runtime));
  add("mutationConcurrent", mutations.rate);
  add("mutationCpu", mutations.cpuMicros);
  await perSecond(WARM_UP, () => askAnew(runtime, 20));
  for (const [limit, count] of [
    [20, QUERIES_20],
    [1, QUERIES_1],
  ] as const) {
    add(`query${limit}`, await perSecond(count, () => askAnew(runtime, limit)));
    const queries = await concurrent(count, () => askAnew(runtime, limit));
    add(`query${limit}Concurrent`, queries.rate);
    add(`query${limit}Cpu`, queries.cpuMicros);
  }
  const args = { channel: CHANNEL, limit: 20 };
  add("query20Cached", await perSecond(CACHED_QUERIES, () => ask(runtime, args)));
  await measurePoints(runtime, add);
}

function concurrent(count: number, work: (index: number) => Promise<unknown>) {
  return rateAndCpu(count, () => perSecondConcurrent({ count, width: WIDTH }, work));
}

/** Queries of one document by its id, over a few hundred documents. */
async function measurePoints(runtime: Runtime, add: Add): Promise<void> {
  const ids = await someIds(runtime, CHANNEL);
  const point = (index: number) => askPoint(runtime, ids[index % ids.length] ?? "");
  await perSecondConcurrent({ count: WARM_UP, width: WIDTH }, point);
  add("point", await perSecond(QUERIES_1, point));
  const points = await concurrent(POINTS, point);
  add("pointConcurrent", points.rate);
  add("pointCpu", points.cpuMicros);
  const id = ids[0] ?? "";
  const again = () => callQuery(runtime, "messages:byId", { id });
  add("pointCached", await perSecond(CACHED_QUERIES, again));
}

/** The ids of the last documents of a channel. */
export async function someIds(runtime: Runtime, channel: string): Promise<string[]> {
  const value = await callQuery(runtime, "messages:latest", { channel, limit: 200 });
  return (JSON.parse(value) as { _id: string }[]).map(({ _id }) => _id);
}

export function askPoint(runtime: Runtime, id: string): Promise<unknown> {
  return callQuery(runtime, "messages:byId", { id, asking: ++asked });
}

export function send(runtime: Runtime): Promise<void> {
  return mutate(runtime, "messages:send", { channel: CHANNEL, body: BODY });
}

let asked = 0;
/** Asks what nobody asked before, so that no stored result will do. */
export function askAnew(runtime: Runtime, limit: number): Promise<void> {
  return ask(runtime, { channel: CHANNEL, limit, asking: ++asked });
}

async function ask(runtime: Runtime, args: object): Promise<void> {
  await callQuery(runtime, "messages:latest", args);
}

/** @returns The result's JSON text. */
export async function callQuery(runtime: Runtime, path: string, args: object): Promise<string> {
  const reply = await runtime.query(request(path, args));
  if (!reply.ok) throw new Error(reply.error.message);
  return reply.value;
}

async function mutate(runtime: Runtime, path: string, args: object): Promise<void> {
  const reply = await runtime.mutation(request(path, args));
  if (!reply.ok) throw new Error(reply.error.message);
}

export function request(path: string, args: object): FunctionRequest {
  return {
    path,
    args: JSON.stringify(args),
    identity: { kind: "none" },
    requestId: "bench",
    request: { ip: null, userAgent: null },
  };
}
