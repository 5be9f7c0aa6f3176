import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  daysOfWeek,
  hourIn,
  isTimeZone,
  periodAt,
  periodEndMs,
  periodOf,
  type PeriodUnit,
} from "../../../src/core/periods";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe("hours", () => {
  test.each([
    ["UTC", "2026-11-20T13:45:00Z", "2026-11-20T13"],
    ["Europe/Berlin", "2026-11-20T13:45:00Z", "2026-11-20T14+01:00"],
    ["Europe/London", "2026-11-20T13:45:00Z", "2026-11-20T13"],
    ["Asia/Kathmandu", "2026-11-20T18:15:00Z", "2026-11-21T00+05:45"],
    ["America/New_York", "2027-01-01T04:59:59Z", "2026-12-31T23-05:00"],
  ])("in %s, %s is of %s", (timeZone, moment, hour) => {
    expect(hourIn(timeZone, Date.parse(moment))).toBe(hour);
  });

  test("that come twice when summer time ends are two", () => {
    const before = Date.parse("2026-10-25T00:30:00Z");
    expect(hourIn("Europe/Berlin", before)).toBe("2026-10-25T02+02:00");
    expect(hourIn("Europe/Berlin", before + HOUR_MS)).toBe("2026-10-25T02+01:00");
  });
});

describe("ends", () => {
  test.each([
    ["hour", "Asia/Kolkata", "2026-11-20T10:10:00Z", "2026-11-20T10:30:00Z"],
    ["day", "UTC", "2026-11-20T10:10:00Z", "2026-11-21T00:00:00Z"],
    ["day", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"], // of 25 hours
    ["day", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"], // of 23
    ["week", "UTC", "2026-11-26T10:00:00Z", "2026-11-30T00:00:00Z"],
    ["month", "America/New_York", "2026-12-01T04:59:59Z", "2026-12-01T05:00:00Z"],
    ["month", "UTC", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ] as const)("of a %s in %s: that of %s is at %s", (...[unit, timeZone, moment, end]) => {
    expect(periodEndMs(unit, timeZone, Date.parse(moment))).toBe(Date.parse(end));
  });

  test("are where the next period begins, in every zone", () => {
    const unit = fc.constantFrom<PeriodUnit>("hour", "day", "week", "month");
    const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"));
    const moment = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) });
    fc.assert(
      fc.property(unit, zone, moment, (by, timeZone, atMs) => {
        const endMs = periodEndMs(by, timeZone, atMs) ?? 0;
        const period = periodAt(by, timeZone, atMs);
        expect(endMs).toBeGreaterThan(atMs);
        expect(periodAt(by, timeZone, endMs - 1)).toBe(period);
        expect(periodAt(by, timeZone, endMs)).not.toBe(period);
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  test("the whole of time has none", () => {
    expect(periodEndMs("total", "UTC", 0)).toBeNull();
    expect(periodAt("total", "UTC", 0)).toBe("");
  });
});

describe("weeks", () => {
  test.each([
    ["2026-11-26T10", "2026-W48"],
    ["2027-01-03T00", "2026-W53"], // a Sunday
    ["2027-01-04T00", "2027-W01"],
    ["2024-12-30T05+05:30", "2025-W01"],
  ])("%s is of %s", (hour, week) => {
    expect(periodOf("week", hour)).toBe(week);
  });

  test("have the days that are of them", () => {
    expect(daysOfWeek("2026-W53")).toEqual(
      "2026-12-28 2026-12-29 2026-12-30 2026-12-31 2027-01-01 2027-01-02 2027-01-03".split(" "),
    );
    for (const day of daysOfWeek("2025-W01")) expect(periodOf("week", day)).toBe("2025-W01");
  });
});

test("a zone is one that the platform knows", () => {
  expect(["UTC", "Europe/Berlin", "Mars/Olympus", ""].filter(isTimeZone)).toEqual([
    "UTC",
    "Europe/Berlin",
  ]);
});
