import { describe, expect, test } from "vitest";
import type { CronSchedule } from "../../../src/embedded/deploy/types";
import { nextOccurrenceMs, nextRun } from "../../../src/embedded/runtime/cronSpec";

const at = (iso: string) => Date.parse(`${iso}Z`);
const shown = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const cron = (text: string) => ({ type: "cron", cron: text }) as const;

describe("nextOccurrenceMs", () => {
  // 2024-03-05 is a Tuesday in a leap year.
  test.each([
    ["* * * * *", "2024-03-05T10:00:00", "2024-03-05T10:01"],
    ["* * * * *", "2024-03-05T10:00:59.999", "2024-03-05T10:01"],
    ["*/15 * * * *", "2024-03-05T10:01", "2024-03-05T10:15"],
    ["*/15 * * * *", "2024-03-05T10:45", "2024-03-05T11:00"],
    ["7/20 * * * *", "2024-03-05T10:08", "2024-03-05T10:27"],
    ["0 9-17/4 * * *", "2024-03-05T13:00", "2024-03-05T17:00"],
    ["30 6,18 * * *", "2024-03-05T06:30", "2024-03-05T18:30"],
    ["59 23 31 12 *", "2024-03-05T10:00", "2024-12-31T23:59"],
    ["0 0 1 JAN *", "2024-12-31T23:59", "2025-01-01T00:00"],
    ["0 12 * * MON-FRI", "2024-03-08T12:00", "2024-03-11T12:00"],
    ["0 12 * * 0", "2024-03-05T10:00", "2024-03-10T12:00"],
    ["0 12 * * 7", "2024-03-05T10:00", "2024-03-10T12:00"],
    ["0 12 * * sun", "2024-03-05T10:00", "2024-03-10T12:00"],
    ["0 0 29 2 *", "2024-03-05T10:00", "2028-02-29T00:00"],
    ["0 0 29 2 *", "2096-03-01T00:00", "2104-02-29T00:00"],
    ["0 0 31 * *", "2024-04-01T00:00", "2024-05-31T00:00"],
    // Both days restricted: either may match.
    ["0 0 13 * FRI", "2024-03-05T10:00", "2024-03-08T00:00"],
    ["0 0 13 * FRI", "2024-03-08T00:00", "2024-03-13T00:00"],
    ["0 0 ? * FRI", "2024-03-08T00:00", "2024-03-15T00:00"],
  ])("%s after %s is %s", (line, after, expected) => {
    expect(shown(nextOccurrenceMs(cron(line), at(after)))).toBe(expected);
  });

  test.each<[CronSchedule & { type: "hourly" | "daily" | "weekly" | "monthly" }, string, string]>([
    [{ type: "hourly", minuteUTC: 30 }, "2024-03-05T10:30", "2024-03-05T11:30"],
    [{ type: "daily", hourUTC: 0, minuteUTC: 5 }, "2024-02-28T00:05", "2024-02-29T00:05"],
    [
      { type: "weekly", dayOfWeek: "wednesday", hourUTC: 17, minuteUTC: 0 },
      "2024-03-06T17:00",
      "2024-03-13T17:00",
    ],
    [
      { type: "monthly", day: 31, hourUTC: 1, minuteUTC: 2 },
      "2024-01-31T01:02",
      "2024-03-31T01:02",
    ],
  ])("%o after %s is %s", (schedule, after, expected) => {
    expect(shown(nextOccurrenceMs(schedule, at(after)))).toBe(expected);
  });

  test.each([
    ["* * * *", "4 fields"],
    ["60 * * * *", "minute"],
    ["* 24 * * *", "hour"],
    ["* * 0 * *", "day of month"],
    ["* * * 13 *", "month"],
    ["* * * * 8", "day of week"],
    ["*/0 * * * *", "minute"],
    ["5-1 * * * *", "minute"],
    ["a * * * *", "minute"],
    ["", "fields"],
    ["* * L * *", "not supported"],
    ["* * 31 11 *", "never match"],
  ])("refuses %s and names %s", (line, named) => {
    expect(() => nextOccurrenceMs(cron(line), at("2024-03-05T10:00"))).toThrow(named);
  });
});

describe("nextRun", () => {
  const nowMs = at("2024-03-05T10:00");
  const interval = { type: "interval", seconds: 60 } as const;

  test.each([
    ["a new interval runs at once", null, { atMs: nowMs, skipped: 0 }],
    ["on time", nowMs, { atMs: nowMs + 60_000, skipped: 0 }],
    ["late within the interval", nowMs - 10_000, { atMs: nowMs + 50_000, skipped: 0 }],
    ["exactly one interval late", nowMs - 60_000, { atMs: nowMs, skipped: 0 }],
    ["two and a half late", nowMs - 150_000, { atMs: nowMs + 30_000, skipped: 2 }],
  ])("interval: %s", (_name, previousMs, expected) => {
    expect(nextRun(interval, { previousMs, nowMs })).toEqual(expected);
  });

  test.each([
    ["a new cron waits for its time", null, 0],
    ["on time", nowMs, 0],
    ["four missed", at("2024-03-05T06:00"), 4],
    ["years missed are counted no further than a thousand", at("2020-01-01T00:00"), 1000],
  ])("hourly: %s", (_name, previousMs, skipped) => {
    expect(nextRun({ type: "hourly", minuteUTC: 0 }, { previousMs, nowMs })).toEqual({
      atMs: at("2024-03-05T11:00"),
      skipped,
    });
  });
});
