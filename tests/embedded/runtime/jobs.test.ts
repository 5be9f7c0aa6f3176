import { expect, test } from "vitest";
import {
  nextJobRow,
  nextJobState,
  type JobEvent,
  type JobState,
} from "../../../src/embedded/runtime/jobs";

const [pending, inProgress, success, canceled] = (
  ["pending", "inProgress", "success", "canceled"] as const
).map((kind): JobState => ({ kind })) as [JobState, JobState, JobState, JobState];
const failed: JobState = { kind: "failed", error: "before" };

const start: JobEvent = { kind: "start" };
const succeed: JobEvent = { kind: "succeed" };
const fail: JobEvent = { kind: "fail", error: "boom" };
const cancel: JobEvent = { kind: "cancel" };

// Every state times every event: what must happen, and just as much what must not.
test.each([
  [pending, start, "inProgress"],
  [pending, succeed, null],
  [pending, fail, "failed"],
  [pending, cancel, "canceled"],
  [inProgress, start, null],
  [inProgress, succeed, "success"],
  [inProgress, fail, "failed"],
  [inProgress, cancel, "canceled"],
  ...[success, failed, canceled].flatMap((state) =>
    [start, succeed, fail, cancel].map((event) => [state, event, null] as const),
  ),
] as const)("%o, %o -> %s", (state, event, expected) => {
  expect(nextJobState(state, event)?.kind ?? null).toBe(expected);
});

test("a row gets its completion time with its final state, and not before", () => {
  const row = {
    name: "jobs.js:run",
    args: [{}] as [object & {}],
    scheduledTime: 1,
    state: pending,
  };
  const started = nextJobRow({ ...row, args: [{}] }, start, 5);
  expect(started).toEqual({ ...row, state: inProgress });
  expect(nextJobRow(started!, fail, 9)).toEqual({
    ...row,
    state: { kind: "failed", error: "boom" },
    completedTime: 9,
  });
});
