/** When a delivery is tried again, and when not. */
import { describe, expect, test } from "vitest";
import {
  RESTS_FROM_FAILURES,
  restMs,
  RETRY_DELAYS_MS,
  retryAfterMsOf,
  verdictOn,
} from "../../../src/core/webhookRetries";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe("an answer", () => {
  test("of 2xx is a delivery; everything else is none, redirects too; 410 is the last word", () => {
    for (const status of [200, 201, 202, 204, 299]) {
      expect(verdictOn({ status }, 1, 0.5)).toEqual({ kind: "delivered" });
    }
    for (const status of [null, 100, 301, 302, 303, 307, 308, 400, 401, 404, 429, 500, 502, 504]) {
      expect(verdictOn({ status }, 1, 0.5), String(status)).toMatchObject({ kind: "retry" });
    }
    expect(verdictOn({ status: 410 }, 1, 0.5)).toEqual({ kind: "gone" });
  });

  test("that is none has ten attempts over three days, as Standard Webhooks has them", () => {
    const delays = RETRY_DELAYS_MS.map((_, nth) => verdictOn({ status: 500 }, nth + 1, 0.5));
    const hours = [2, 5, 10, 14, 20, 24].map((count) => count * HOUR_MS);
    expect(delays).toEqual(
      [5_000, 5 * MINUTE_MS, 30 * MINUTE_MS, ...hours].map((delayMs) => ({
        kind: "retry",
        delayMs,
      })),
    );
    expect(verdictOn({ status: 500 }, 10, 0.5)).toEqual({ kind: "dead" });
  });

  test("is followed by delays that are spread by a tenth", () => {
    const spread = [0, 0.5, 1].map((random) => verdictOn({ status: 500 }, 2, random));
    expect(spread).toEqual(
      [0.9, 1, 1.1].map((part) => ({ kind: "retry", delayMs: part * 5 * MINUTE_MS })),
    );
  });

  test("may ask for more time, up to a day, and never for less", () => {
    const delayOf = (retryAfterMs: number) => verdictOn({ status: 503, retryAfterMs }, 1, 0.5);
    expect(delayOf(120_000)).toEqual({ kind: "retry", delayMs: 120_000 });
    expect(delayOf(1_000)).toEqual({ kind: "retry", delayMs: 5_000 });
    expect(delayOf(1e12)).toEqual({ kind: "retry", delayMs: 24 * HOUR_MS });
  });
});

test("an endpoint rests once it has failed five times in a row, for longer each time", () => {
  const rests = Array.from({ length: 12 }, (_, nth) => restMs({ status: 500 }, nth + 1));
  expect(rests.slice(0, RESTS_FROM_FAILURES - 1)).toEqual([0, 0, 0, 0]);
  expect(rests.slice(RESTS_FROM_FAILURES - 1)).toEqual(
    [1, 2, 4, 8, 16, 32, 64, 128].map((seconds) => seconds * 1_000),
  );
  expect(restMs({ status: null }, 1_000)).toBe(5 * MINUTE_MS);
  // At once, where it says that it is too much.
  for (const status of [429, 502, 504]) expect(restMs({ status }, 1)).toBe(1_000);
  expect(restMs({ status: 503, retryAfterMs: 90_000 }, 1)).toBe(90_000);
});

test("Retry-After is seconds or a date; what is neither, or has passed, says nothing", () => {
  const nowMs = Date.parse("2026-01-01T00:00:00Z");
  const read = (header?: string) => retryAfterMsOf(header, nowMs);
  expect(read("120")).toBe(120_000);
  expect(read(" 7 ")).toBe(7_000);
  expect(read("Thu, 01 Jan 2026 00:01:00 GMT")).toBe(60_000);
  expect(read("99999999999")).toBe(24 * HOUR_MS);
  for (const none of [undefined, "", "0", "-5", "soon", "Wed, 31 Dec 2025 23:59:00 GMT", "1e9x"]) {
    expect(read(none), String(none)).toBeUndefined();
  }
});
