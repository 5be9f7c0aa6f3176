/** The points of a burn-down: what is left, what will be, and what would be. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { burnDown } from "../../../src/budgets/burnDown";

const DAYS = ["2026-11-01", "2026-11-02", "2026-11-03", "2026-11-04"];

test("falls by what each day has spent, and goes on straight to what the forecast leaves", () => {
  expect(burnDown({ limit: 100, periods: DAYS, spent: [10, 20], atEnd: 60 })).toEqual([
    { period: "", left: 100, even: 100 },
    { period: DAYS[0], left: 90, even: 75 },
    { period: DAYS[1], left: 70, ahead: 70, even: 50 },
    { period: DAYS[2], ahead: 55, even: 25 },
    { period: DAYS[3], ahead: 40, even: 0 },
  ]);
});

test("without a forecast nothing is foretold, and one that is used up ends at nothing", () => {
  const early = burnDown({ limit: 100, periods: DAYS, spent: [10], atEnd: null });
  expect(early.some(({ ahead }) => ahead !== undefined)).toBe(false);
  const over = burnDown({ limit: 100, periods: DAYS, spent: [50], atEnd: 200 });
  expect(over.map(({ ahead }) => ahead)).toEqual([undefined, 50, 0, 0, 0]);
});

test("what is left never grows, what is foretold begins at it and is never less than nothing", () => {
  const amount = fc.integer({ min: 0, max: 1_000 });
  const spent = fc.array(amount, { minLength: 1, maxLength: DAYS.length });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000 }), spent, amount, (limit, days, more) => {
      const sum = days.reduce((all, day) => all + day, 0);
      const points = burnDown({ limit, periods: DAYS, spent: days, atEnd: sum + more });
      const left = points.flatMap((point) => point.left ?? []);
      expect(left).toEqual(left.toSorted((a, b) => b - a));
      expect(left.at(-1)).toBe(limit - sum);
      const ahead = points.flatMap((point) => point.ahead ?? []);
      expect(ahead[0]).toBe(limit - sum);
      expect(Math.min(...ahead)).toBeGreaterThanOrEqual(Math.min(0, limit - sum));
      expect(points.at(-1)?.even).toBe(0);
    }),
  );
});
