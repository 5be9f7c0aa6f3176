/** Actions that never give their thread back. */
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { FunctionError } from "../../../src/embedded/execution/types";
import { startHarness, type Harness } from "./harness";

const said = vi.spyOn(console, "error").mockImplementation(() => {});
let harness: Harness;
beforeAll(async () => {
  harness = await startHarness({ actionStallMs: 2_500 });
});
afterAll(async () => await harness.executor.close());
beforeEach(() => said.mockClear());

const spin = (where: string) => harness.action("calls:spins", { where });

test.each(["at once", "after a wait", "after a call", "in microtasks", "in a timer"])(
  "an endless loop %s is ended and named, and the next action works",
  async (where) => {
    expect(await spin(where)).toMatchObject({
      ok: false,
      error: { kind: "timeout", message: expect.stringContaining("(running: calls:spins)") },
    });
    expect(said).toHaveBeenCalledWith(expect.stringContaining("(running: calls:spins)"));
    expect(await harness.action("calls:catchesFetch")).toMatchObject({ ok: true });
  },
);

test("an action that only waits for long is left alone", async () => {
  expect(await harness.action("calls:waits", { delayMs: 4_000 })).toMatchObject({ ok: true });
});

test("meanwhile queries, mutations and the other environment's actions are served", async () => {
  // Long enough for a busy machine to serve all of it before the loop is ended.
  const patient = await startHarness({ actionStallMs: 4_000 });
  onTestFinished(() => patient.executor.close());
  let isOver = false;
  const spinning = patient.action("calls:spins", { where: "at once" }).then(() => (isOver = true));
  expect(patient.run("messages:send", { text: "meanwhile" }).ok).toBe(true);
  expect(await patient.action("node:inNode")).toMatchObject({ ok: true });
  expect(isOver).toBe(false);
  await spinning;
});

test('a "use node" action may neither loop nor exit for the whole server', async () => {
  expect(await harness.action("node:spinsInNode")).toMatchObject({ error: { kind: "timeout" } });
  expect(await harness.action("node:exits")).toMatchObject({
    error: { kind: "system", message: expect.stringContaining("process.exit()") },
  });
  expect(await harness.action("node:inNode")).toMatchObject({ ok: true });
});

test("a response breaks off when its stream never gives the thread back", async () => {
  const onEnd = vi.fn<(error: FunctionError | null) => void>();
  const response = await harness.executor.runHttpAction(new Request("http://site/spin"), {
    target: { componentPath: "", path: "/spin" },
    identity: { kind: "none" },
    requestId: "r",
    request: { ip: null, userAgent: null },
    onLog: () => {},
    onEnd,
  });
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
  await expect(reader.read()).rejects.toThrow("kept the thread of all actions busy");
  expect(onEnd).toHaveBeenCalledWith(expect.objectContaining({ kind: "developer" }));
});

test("a response that nobody reads meanwhile breaks off as well", async () => {
  const onEnd = vi.fn<(error: FunctionError | null) => void>();
  const response = await harness.executor.runHttpAction(new Request("http://site/spin"), {
    target: { componentPath: "", path: "/spin" },
    identity: { kind: "none" },
    requestId: "r",
    request: { ip: null, userAgent: null },
    onLog: () => {},
    onEnd,
  });
  // The thread ends while the first piece waits to be read and no other was asked for.
  await spin("at once");
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("first");
  await expect(reader.read()).rejects.toThrow("kept the thread of all actions busy");
  expect(onEnd).toHaveBeenCalledTimes(1);
});

test("closing ends actions that wait, and those that loop", async () => {
  const other = await startHarness();
  const ended = Promise.all([other.action("calls:hangs"), other.action("node:spinsInNode")]);
  await other.executor.close();
  for (const outcome of await ended) {
    expect(outcome).toMatchObject({ error: { message: "The server is stopping." } });
  }
});
