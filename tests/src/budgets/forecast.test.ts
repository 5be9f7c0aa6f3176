/** The one rule of forecasts: linear, by the pace of the period so far. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as forecasts from "../../../src/budgets/forecast";
import { DAY_MS, HOUR_MS } from "../../../src/core/limits";
import { isKilled, type Mutation } from "../mutants";

type Module = typeof forecasts;

const START_MS = Date.UTC(2026, 10, 1);
const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
const limits = fc.bigInt({ min: 1n, max: 10n ** 15n });
/** A period of which enough has passed. */
const elapsed = fc
  .record({
    hours: fc.integer({ min: 1, max: 31 * 24 }),
    share: fc.double({ min: 1 / 24, max: 1, noNaN: true }),
  })
  .map(({ hours, share }) => {
    const lengthMs = hours * HOUR_MS;
    const endMs = START_MS + lengthMs;
    return {
      startMs: START_MS,
      endMs,
      nowMs: Math.min(endMs, START_MS + Math.ceil(lengthMs * share)),
    };
  });

const CHECKS: readonly ((module: Module) => void)[] = [
  function goesOnAtThePaceSoFar({ forecastOf }) {
    const half = {
      startMs: START_MS,
      endMs: START_MS + 30 * DAY_MS,
      nowMs: START_MS + 15 * DAY_MS,
    };
    expect(forecastOf({ spent: 300n, limit: 400n }, half)).toEqual({
      atEnd: 600n,
      reachedAtMs: START_MS + 20 * DAY_MS,
    });
    expect(forecastOf({ spent: 300n, limit: 601n }, half)).toEqual({
      atEnd: 600n,
      reachedAtMs: null,
    });
    expect(forecastOf({ spent: 300n, limit: 600n }, half)?.reachedAtMs).toBe(half.endMs);
    expect(forecastOf({ spent: 300n }, half)).toEqual({ atEnd: 600n, reachedAtMs: null });
  },
  function isWhatIsSpentAtTheEnd({ forecastOf }) {
    fc.assert(
      fc.property(amount, limits, elapsed, (spent, limit, { startMs, endMs }) => {
        expect(forecastOf({ spent, limit }, { startMs, endMs, nowMs: endMs })?.atEnd).toBe(spent);
      }),
    );
  },
  function isNeverLessThanWhatIsSpentAndGrowsWithIt({ forecastOf }) {
    fc.assert(
      fc.property(amount, amount, elapsed, (spent, more, at) => {
        const [one, other] = [spent, spent + more].map((sum) => forecastOf({ spent: sum }, at)!);
        expect(one!.atEnd).toBeGreaterThanOrEqual(spent);
        expect(other!.atEnd).toBeGreaterThanOrEqual(one!.atEnd);
      }),
    );
  },
  function reachesTheLimitWhereTheLineDoesAndNotAMillisecondEarlier({ forecastOf }) {
    fc.assert(
      fc.property(amount, limits, elapsed, (spent, limit, at) => {
        const { atEnd, reachedAtMs } = forecastOf({ spent, limit }, at)!;
        expect(reachedAtMs !== null).toBe(atEnd >= limit);
        if (reachedAtMs === null) return;
        expect(reachedAtMs).toBeGreaterThanOrEqual(at.nowMs);
        expect(reachedAtMs).toBeLessThanOrEqual(at.endMs);
        if (spent >= limit) return;
        const elapsedMs = BigInt(at.nowMs - at.startMs);
        const isReached = (atMs: number) => spent * BigInt(atMs - at.startMs) >= limit * elapsedMs;
        expect([isReached(reachedAtMs), isReached(reachedAtMs - 1)]).toEqual([true, false]);
      }),
    );
  },
  function saysNothingTooEarlyAndNothingOfOtherPeriods({ forecastOf }) {
    const month = { startMs: START_MS, endMs: START_MS + 30 * DAY_MS };
    const day = { startMs: START_MS, endMs: START_MS + DAY_MS };
    const at = (period: typeof day, afterMs: number) =>
      forecastOf({ spent: 1n }, { ...period, nowMs: START_MS + afterMs });
    expect([at(month, DAY_MS - 1), at(day, HOUR_MS - 1), at(day, DAY_MS + 1)]).toEqual([
      null,
      null,
      null,
    ]);
    expect([at(month, DAY_MS)?.atEnd, at(day, HOUR_MS)?.atEnd]).toEqual([30n, 24n]);
  },
];

const FILE = "src/budgets/forecast.ts";
const MUTATIONS: readonly Mutation[] = [
  {
    name: "the past counts for nothing",
    find: "(spent * length) / elapsed",
    replace: "(spent * length) / length",
  },
  {
    name: "what is spent already was reached in the past",
    find: "if (spent >= limit) return startMs + Number(elapsed);",
    replace: "",
  },
  {
    name: "a line that just touches misses",
    find: "spent * length < limit * elapsed",
    replace: "spent * length <= limit * elapsed",
  },
  {
    name: "reached a moment before it is",
    find: "limit * elapsed + spent - 1n",
    replace: "limit * elapsed",
  },
  { name: "a pace of the first minute", find: "Math.min(DAY_MS, lengthMs / PARTS)", replace: "1" },
  {
    name: "a month's first hour is enough of it",
    find: "Math.min(DAY_MS, lengthMs / PARTS)",
    replace: "Math.min(3_600_000, lengthMs / PARTS)",
  },
  { name: "periods that are over go on", find: " || nowMs > endMs", replace: "" },
];

describe("a forecast", () => {
  test.each(CHECKS.map((check) => [check.name, check] as const))("%s", (_, check) => {
    check(forecasts);
  });

  test.each(MUTATIONS)("is told from one in which $name", async (mutation) => {
    expect(await isKilled<Module>(FILE, mutation, CHECKS)).toBe(true);
  });
});
