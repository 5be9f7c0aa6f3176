/** The clock goes forward whatever happens to the machine's. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { createCommitClock } from "../../../src/embedded/runtime/clock";
import { push, request, rows, schedule, serve } from "./fakeProject";

const HOUR_MS = 3_600_000;
const START_MS = 1_800_000_000_000;

afterEach(() => void vi.useRealTimers());

function fakeClock() {
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: START_MS });
}

describe("the clock of commits", () => {
  test("is the machine's while that goes forward, each timestamp once", () => {
    fakeClock();
    const clock = createCommitClock(0);
    expect([clock.nowMs(), clock.next(), clock.next()]).toEqual([
      START_MS,
      START_MS * 1000,
      START_MS * 1000 + 1,
    ]);
    vi.advanceTimersByTime(7);
    expect(clock.next()).toBe((START_MS + 7) * 1000);
  });

  test("goes on from where it was when the machine's was set back, and follows it again later", () => {
    fakeClock();
    const clock = createCommitClock(0);
    clock.nowMs();
    vi.setSystemTime(START_MS - HOUR_MS);
    expect(clock.nowMs()).toBe(START_MS);
    vi.advanceTimersByTime(1500);
    expect(clock.nowMs()).toBe(START_MS + 1500);
    expect(clock.next()).toBe((START_MS + 1500) * 1000);
    vi.setSystemTime(START_MS + 2000);
    expect(clock.nowMs()).toBe(START_MS + 2000);
  });

  test("starts from the newest commit when that lies ahead", () => {
    fakeClock();
    const aheadMs = START_MS + HOUR_MS;
    const clock = createCommitClock(aheadMs * 1000 + 5);
    expect(clock.next()).toBe(aheadMs * 1000 + 6);
    vi.advanceTimersByTime(20);
    expect(clock.nowMs()).toBe(aheadMs + 20);
  });
});

test("a job that is due soon runs soon, though the machine's clock is set back an hour", async () => {
  const project = {
    functions: {
      "jobs:later": {
        kind: "mutation" as const,
        run: (ctx: Parameters<typeof schedule>[0]) => schedule(ctx, "jobs:note", { delayMs: 300 }),
      },
      "jobs:note": {
        kind: "mutation" as const,
        run: ({ tx }: Parameters<typeof schedule>[0]) => tx.insert("", "notes", { text: "done" }),
      },
    },
  };
  const { runtime, committer } = await serve(project);
  await runtime.mutation(request("jobs:later"));
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - HOUR_MS });
  // Something looks at the clock meanwhile, as the sweeper and every commit do.
  await runtime.deploy(push(project));
  const notes = async () =>
    (await committer.submit((tx) => ({ commit: false, value: rows(tx, "notes") }))).value;
  await expect.poll(notes, { timeout: 10_000 }).toHaveLength(1);
});
