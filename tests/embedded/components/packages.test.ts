/** Convex's own components, unmodified from npm, with their children and through real clients. */
import { ConvexClient } from "convex/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleProject } from "../../../src/embedded/deploy/bundleProject";
import { startSimulator, type Simulator } from "../../../src/providers/simulator/server";
import { action, mutation, PACKAGES, query, Served } from "./serving";

let served: Served;
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ port: 0, tokensPerSecond: 20, firstTokenMs: 0 });
  served = await Served.start();
  await served.instance.runtime.setEnvironment({ MODEL_URL: simulator.openAiBaseUrl });
  await served.deploy(await bundleProject(PACKAGES));
}, 60_000);

afterAll(async () => {
  await served.stop();
  await simulator.close();
});

const WAIT = { timeout: 20_000, interval: 50 };

/** Lines of the app's log that begin with one of these words: tests share the instance. */
async function logged(...words: string[]): Promise<string[]> {
  const lines = (await served.client.query(query("log:list"), {})) as string[];
  return lines.filter((line) => words.some((word) => line.startsWith(word)));
}

test("rate-limiter: allows, refuses and says when to come back", async () => {
  const use = (key: string, limit = "hourly") =>
    served.client.mutation(mutation("limits:use"), { limit, key });
  expect(await use("ann")).toMatchObject({ ok: true });
  expect(await use("ann")).toMatchObject({ ok: true });
  const refused = (await use("ann")) as { ok: boolean; retryAfter: number };
  expect(refused.ok).toBe(false);
  expect(refused.retryAfter).toBeGreaterThan(0);
  expect(refused.retryAfter).toBeLessThanOrEqual(3_600_000);
  expect(await use("bob")).toMatchObject({ ok: true });
  await served.client.mutation(mutation("limits:reset"), { key: "ann" });
  expect(await use("ann")).toMatchObject({ ok: true });

  await expect(
    served.client.mutation(mutation("limits:useAndFail"), { key: "carl" }),
  ).rejects.toThrow();
  expect([(await use("carl")) as object, (await use("carl")) as object]).toMatchObject([
    { ok: true },
    { ok: true },
  ]);

  // A bucket fills up again.
  expect(await use("ann", "bursts")).toMatchObject({ ok: true });
  await expect.poll(() => use("ann", "bursts"), WAIT).toMatchObject({ ok: true });
});

test("workpool: runs what is enqueued, never more than its share at once, and reports the end", async () => {
  const names = ["p1", "p2", "p3", "p4", "p5"];
  await served.client.mutation(mutation("pool:enqueue"), { names, ms: 100 });
  const ends = names.map((name) => `${name}: ${name} done`);
  await expect
    .poll(async () => (await logged(...names.map((name) => `${name}:`))).sort(), WAIT)
    .toEqual(ends);
  const begins = await logged(...names.map((name) => `${name} begins`));
  expect(begins).toHaveLength(5);
  expect(begins.some((line) => line.endsWith("2 running"))).toBe(true);
  expect(begins.filter((line) => /([3-9]) running$/.test(line))).toEqual([]);
});

test("workpool: retries what fails, as often as it is told to", async () => {
  await served.client.mutation(mutation("pool:enqueueFailing"), { name: "f1" });
  await expect.poll(() => logged("f1:"), WAIT).toEqual(["f1: failed"]);
  expect(await logged("f1 begins")).toHaveLength(3);
});

test("workpool: cancels what has not begun", async () => {
  const names = ["c1", "c2", "c3"];
  const ids = (await served.client.mutation(mutation("pool:enqueue"), {
    names,
    ms: 600,
  })) as string[];
  await served.client.mutation(mutation("pool:cancel"), { id: ids[2] });
  await expect
    .poll(async () => (await logged("c1:", "c2:", "c3:")).sort(), WAIT)
    .toEqual(["c1: c1 done", "c2: c2 done", "c3: canceled"]);
  expect(await logged("c3 begins")).toEqual([]);
});

test("workflow: its steps run in order, and it waits for an event", async () => {
  const workflowId = await served.client.mutation(mutation("flow:start"), { steps: 2 });
  await expect.poll(() => logged("step"), WAIT).toEqual(["step 0", "step 1"]);
  await served.client.mutation(mutation("flow:give"), { workflowId, value: 21 });
  await expect
    .poll(() => served.client.query(query("flow:status"), { workflowId }), WAIT)
    .toMatchObject({ type: "completed", result: 42 });
});

test("aggregate: counts, sums and ranks, also after deletes", async () => {
  const points = [30, 10, 40, 20];
  const ids: string[] = [];
  for (const each of points) {
    const score = { player: "ann", points: each };
    ids.push((await served.client.mutation(mutation("scores:add"), score)) as string);
  }
  const summary = () => served.client.query(query("scores:summary"), {});
  expect(await summary()).toEqual({
    count: 4,
    sum: 100,
    max: 40,
    countFrom25: 2,
    ranked: [10, 20, 30, 40],
  });
  await served.client.mutation(mutation("scores:remove"), { id: ids[2] });
  expect(await summary()).toEqual({
    count: 3,
    sum: 60,
    max: 30,
    countFrom25: 1,
    ranked: [10, 20, 30],
  });
});

test("batch-worker: works off what comes, in batches, and starts again after it was idle", async () => {
  const add = (values: number[]) => served.client.mutation(mutation("batches:add"), { values });
  const state = () => served.client.query(query("batches:state"), {});
  await add(Array.from({ length: 25 }, () => 1));
  await expect.poll(state, WAIT).toEqual({ total: 25, batches: 3, left: 0 });
  await add([5]);
  await expect.poll(state, WAIT).toEqual({ total: 30, batches: 4, left: 0 });
});

test("migrations: run to the end over many batches, and go on where they failed", async () => {
  await served.client.mutation(mutation("migrations:fill"), { count: 90 });
  const migrated = () => served.client.query(query("migrations:migrated"), {});
  const status = (name: string) => served.client.query(query("migrations:status"), { name });

  const halting = "migrations:setIsEvenUpTo50";
  await served.run("migrations:run", { fn: halting }).catch(() => {});
  await expect.poll(() => status(halting), WAIT).toMatchObject({ state: "failed", processed: 40 });
  expect(await migrated()).toBe(40);
  await served.client.mutation(mutation("migrations:prepare"), { n: 50 });
  await served.run("migrations:run", { fn: halting });
  await expect
    .poll(() => status(halting), WAIT)
    .toMatchObject({ state: "success", isDone: true, processed: 90 });
  expect(await migrated()).toBe(90);
});

test("crons: registered at run time, fire on time and end when they are deleted", async () => {
  const register = (name: string) =>
    served.client.mutation(mutation("timers:register"), { name, text: name });
  const names = () => served.client.query(query("timers:names"), {});
  await register("tick");
  expect(await names()).toEqual(["tick"]);
  await expect.poll(async () => (await logged("tick")).length, WAIT).toBeGreaterThanOrEqual(2);
  await served.client.mutation(mutation("timers:remove"), { name: "tick" });
  const count = (await logged("tick")).length;
  // Another one of the same interval shows that there was time for the first.
  await register("tock");
  expect(await names()).toEqual(["tock"]);
  await expect.poll(async () => (await logged("tock")).length, WAIT).toBeGreaterThanOrEqual(2);
  expect((await logged("tick")).length).toBe(count);
});

type Delta = { streamId: string; start: number; end: number; parts: unknown[] };
type Page = {
  page: { role: string; text: string; status: string; parts: { type: string }[] }[];
  streams: { messages?: { streamId: string }[]; deltas?: Delta[] };
};

test("agent: streams text in deltas that live queries see, and calls tools", async () => {
  const said = "In Oslo the sun shines, so take a hat with you and drink some water.";
  simulator.control.reply({
    toolCalls: [{ name: "weather", argumentsJson: JSON.stringify({ city: "Oslo" }) }],
  });
  simulator.control.reply({ text: said });
  const threadId = await served.client.mutation(mutation("chat:begin"), {});
  const socket = new ConvexClient(served.instance.apiUrl);
  const watch = (streamArgs: object, onUpdate: (page: Page) => void) => {
    const paginationOpts = { cursor: null, numItems: 10 };
    socket.onUpdate(query("chat:messages"), { threadId, paginationOpts, streamArgs }, onUpdate);
  };
  const pages: Page[] = [];
  const deltas: Delta[][] = [];
  let streamId: string | undefined;
  watch({ kind: "list" }, (page) => {
    pages.push(page);
    if (streamId !== undefined) return;
    streamId = page.streams.messages?.[0]?.streamId;
    if (streamId === undefined) return;
    watch({ kind: "deltas", cursors: [{ streamId, cursor: 0 }] }, ({ streams }) => {
      if (streams.deltas !== undefined && streams.deltas.length > 0) deltas.push(streams.deltas);
    });
  });

  const prompt = "What is the weather in Oslo?";
  expect(await served.client.action(action("chat:ask"), { threadId, prompt })).toBe(said);
  await expect
    .poll(() => pages.at(-1)?.page.map(({ role, text, status }) => [role, text, status]), WAIT)
    .toEqual([
      ["user", prompt, "success"],
      ["assistant", said, "success"],
    ]);
  expect(pages.at(-1)?.page[1]?.parts).toContainEqual(
    expect.objectContaining({
      type: "tool-weather",
      state: "output-available",
      input: { city: "Oslo" },
      output: "It is sunny in Oslo.",
    }),
  );
  // It was seen to grow while it was being said, which takes long enough for a slow machine to look twice.
  const lengths = deltas.map((each) => each.at(-1)?.end ?? 0);
  expect(new Set(lengths).size).toBeGreaterThan(1);
  expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
  await socket.close();
});
