import { describe, expect, test } from "vitest";
import { MINUTE_MS } from "../../../src/core/limits";
import { coolDownMs, coolDownRule } from "../../../src/core/cooldown";

const overloaded = coolDownRule("overloaded")!;
const at = (failures: number, random = 0, retryAfterMs: number | null = null) =>
  coolDownMs(overloaded, { failures, retryAfterMs, random });

describe("how long a model is left alone", () => {
  test("doubles with each failure in a row, up to a bound", () => {
    expect([1, 2, 3, 4].map((failures) => at(failures))).toEqual([5_000, 10_000, 20_000, 40_000]);
    expect(at(5_000)).toBe(2 * MINUTE_MS);
  });

  test("differs from worker to worker, but by no more than a quarter", () => {
    expect([at(1, 0.999), at(1, 0.5)]).toEqual([3_751, 4_375]);
  });

  test("is what the provider asked for, within reason", () => {
    expect([at(3, 0.5, 0), at(3, 0.5, 7_000)]).toEqual([0, 7_000]);
    expect(at(1, 0.5, 99_999_999_000)).toBe(30 * MINUTE_MS);
  });

  test.each(["invalid_request", "content_filtered", "network", "cut_stream", "server"] as const)(
    "%s says nothing beyond the call",
    (failureClass) => expect(coolDownRule(failureClass)).toBeNull(),
  );
});
