import { afterEach, expect, test, vi } from "vitest";
import type { CronSpec } from "../../../src/embedded/deploy/types";
import type { LogEntry } from "../../../src/embedded/runtime/types";
import { open, push, temporaryFolder, type FakeProject } from "./fakeProject";

const START_MS = Date.parse("2030-01-01T00:00:30Z");
const MINUTE_MS = 60_000;

afterEach(() => void vi.useRealTimers());

function useClock(nowMs = START_MS): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: nowMs });
}

/** Lets what a timer started come to its end: batches run in real turns of the loop. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await turns();
}

function cronProject(crons: Omit<CronSpec, "args">[]) {
  const runs: string[] = [];
  const at = () => new Date().toISOString().slice(11, 19);
  let finish = () => {};
  const project: FakeProject = {
    crons: crons.map((cron) => ({ ...cron, args: [{}] })),
    functions: {
      "c:mutation": { kind: "mutation", run: () => runs.push(at()) },
      "c:other": { kind: "mutation", run: () => runs.push(`other ${at()}`) },
      "c:failing": {
        kind: "mutation",
        run() {
          runs.push(at());
          throw new Error("on purpose");
        },
      },
      "c:action": {
        kind: "action",
        async run() {
          runs.push(at());
          await new Promise<void>((resolve) => (finish = resolve));
          return null;
        },
      },
    },
  };
  return { project, runs, finish: () => finish() };
}

const everyMinute = { name: "minutely", schedule: { type: "cron", cron: "* * * * *" } } as const;
const interval = { name: "often", schedule: { type: "interval", seconds: 60 } } as const;

test.each([
  ["a cron waits for its minute", everyMinute, ["00:01:00", "00:02:00", "00:03:00"]],
  ["an interval counts from its first push", interval, ["00:00:30", "00:01:30", "00:02:30"]],
])("%s", async (_what, cron, expected) => {
  useClock();
  const { project, runs } = cronProject([{ ...cron, functionName: "c:mutation" }]);
  const { runtime } = await open(temporaryFolder());
  await runtime.deploy(push(project));
  await turns();
  for (let minute = 0; minute < 5; minute++) await pass(MINUTE_MS / 2);
  expect(runs).toEqual(expected);
});

test("a component's crons run with it, and go with its last use", async () => {
  useClock();
  const { project, runs } = cronProject([{ ...everyMinute, functionName: "c:mutation" }]);
  const { runtime, committer } = await open(temporaryFolder());
  const rows = async () => {
    const source = { table: "_cron_jobs", index: "by_creation_time" };
    const { value } = await committer.submit((tx) => ({
      commit: false,
      value: ["", "twin"].map((path) => tx.list(path, source, { limit: 10 }).length),
    }));
    return value;
  };
  await runtime.deploy(push({ ...project, twin: "twin" }));
  await turns();
  await pass(MINUTE_MS);
  expect(runs).toEqual(["00:01:00", "00:01:00"]);
  expect(await rows()).toEqual([1, 1]);
  await runtime.deploy(push(project));
  await turns();
  await pass(MINUTE_MS);
  expect(runs.slice(2)).toEqual(["00:02:00"]);
  expect(await rows()).toEqual([1, 0]);
});

test("a mutation that fails is run again at its next time", async () => {
  useClock();
  const { project, runs } = cronProject([{ ...everyMinute, functionName: "c:failing" }]);
  const { runtime } = await open(temporaryFolder());
  await runtime.deploy(push(project));
  await turns();
  for (let minute = 0; minute < 2; minute++) await pass(MINUTE_MS);
  expect(runs).toEqual(["00:01:00", "00:02:00"]);
});

test("a cron never overlaps itself; what it missed meanwhile is skipped and logged", async () => {
  useClock();
  const { project, runs, finish } = cronProject([{ ...everyMinute, functionName: "c:action" }]);
  const { runtime } = await open(temporaryFolder());
  const log: LogEntry[] = [];
  runtime.onLog((entry) => log.push(entry));
  await runtime.deploy(push(project));
  await turns();
  await pass(4 * MINUTE_MS);
  expect(runs).toEqual(["00:01:00"]);
  finish();
  await turns();
  await pass(MINUTE_MS);
  expect(runs).toEqual(["00:01:00", "00:05:00"]);
  expect(log.map((entry) => entry.error)).toContainEqual(expect.stringMatching(/^Skipping 3 run/));
});

test("a restart neither doubles nor loses a run: one that was missed is made, the rest is skipped", async () => {
  useClock();
  const folder = temporaryFolder();
  const { project, runs } = cronProject([{ ...everyMinute, functionName: "c:mutation" }]);
  const first = await open(folder);
  await first.runtime.deploy(push(project));
  await turns();
  await pass(MINUTE_MS);
  await first.runtime.close();
  const second = await open(folder);
  await turns();
  expect(runs).toEqual(["00:01:00"]);
  await second.runtime.close();

  vi.setSystemTime(START_MS + 10 * MINUTE_MS);
  await open(folder);
  await turns();
  await pass(MINUTE_MS);
  expect(runs).toEqual(["00:01:00", "00:10:30", "00:11:00"]);
});

test("an action that a crash cut short is not run again, and its cron goes on", async () => {
  useClock();
  const folder = temporaryFolder();
  const { project, runs } = cronProject([{ ...everyMinute, functionName: "c:action" }]);
  const first = await open(folder);
  await first.runtime.deploy(push(project));
  await turns();
  await pass(MINUTE_MS);
  await first.runtime.close({ graceMs: 0 });

  await open(folder);
  await turns();
  expect(runs).toEqual(["00:01:00"]);
  await pass(MINUTE_MS);
  expect(runs).toEqual(["00:01:00", "00:02:00"]);
});

test("a push changes, adds and removes crons; an unchanged one keeps its time", async () => {
  useClock();
  const before = cronProject([
    { ...interval, functionName: "c:mutation" },
    { ...everyMinute, functionName: "c:other" },
  ]);
  const { runtime } = await open(temporaryFolder());
  await runtime.deploy(push(before.project));
  await turns();
  expect(before.runs).toEqual(["00:00:30"]);
  await pass(20_000);

  const after = cronProject([{ ...interval, functionName: "c:other" }]);
  await runtime.deploy(push(after.project));
  await turns();
  await pass(2 * MINUTE_MS);
  expect(before.runs).toEqual(["00:00:30"]);
  expect(after.runs).toEqual(["other 00:01:30", "other 00:02:30"]);
});
