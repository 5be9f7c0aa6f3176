/** Periods by name, and between moments, against the periods that moments are in. */
import { describe, expect, test } from "vitest";
import { periodsBetween, unitOf } from "../../../src/core/periodRange";
import { periodStartMs } from "../../../src/core/periods";
import { periodAt, periodEndMs } from "../../../src/core/periods";

const QUARTER_MS = 15 * 60 * 1_000;
const DAY_MS = 96 * QUARTER_MS;
const ZONES = ["UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York"];

describe.each(ZONES)("in %s", (timeZone) => {
  test("periods between two moments are all that a moment between them is in", () => {
    for (const [fromMs, days] of [
      [Date.UTC(2026, 9, 24, 5, 17), 3],
      [Date.UTC(2026, 2, 28, 23, 59), 2],
      [Date.UTC(2026, 3, 4, 3), 1.26],
      [Date.UTC(2026, 11, 31, 12), 0.01],
    ] as const) {
      const toMs = fromMs + days * DAY_MS;
      for (const unit of ["hour", "day", "month"] as const) {
        const expected = new Set([periodAt(unit, timeZone, toMs - 1)]);
        for (let atMs = fromMs; atMs < toMs; atMs += QUARTER_MS) {
          expected.add(periodAt(unit, timeZone, atMs));
        }
        const found = periodsBetween(unit, { timeZone, fromMs, toMs }, 1_000);
        expect(found?.toSorted(), `${unit} from ${fromMs}`).toEqual([...expected].toSorted());
      }
    }
  });

  test("a period starts where the one before it ends", () => {
    const atMs = Date.UTC(2026, 9, 25, 13, 40);
    for (const unit of ["hour", "day", "month"] as const) {
      const startMs = periodStartMs(unit, timeZone, atMs);
      expect(periodAt(unit, timeZone, startMs)).toBe(periodAt(unit, timeZone, atMs));
      expect(periodEndMs(unit, timeZone, startMs - 1)).toBe(startMs);
    }
  });
});

test("too many periods are none", () => {
  const range = { timeZone: "UTC", fromMs: 0, toMs: 10 * DAY_MS };
  expect(periodsBetween("day", range, 10)).toHaveLength(10);
  expect(periodsBetween("day", range, 9)).toBeNull();
  expect(periodsBetween("hour", { ...range, toMs: 1e15 }, 1_000)).toBeNull();
});

test.each([
  ["", "total"],
  ["2026-11", "month"],
  ["2026-11-30", "day"],
  ["2026-11-30T23", "hour"],
  ["2026-11-30T23+05:30", "hour"],
  ["2026-00", null],
  ["2026-W48", null],
  ["2026-11-30T24", null],
  ["x2026-11", null],
])("%j is a %s", (period, unit) => {
  expect(unitOf(period)).toBe(unit);
});
