import { describe, expect, test } from "vitest";
import { failureClassOfStatus, retryAfterMsOf } from "../../../src/providers/failure";
import { nextDelayMs, type RetryPolicy } from "../../../src/providers/retry";

const policy: RetryPolicy = { attemptsMax: 4, delayFirstMs: 100, delayMaxMs: 1_000 };

describe("nextDelayMs", () => {
  test.each([
    [1, null, 0.5, 50],
    [2, null, 0.5, 100],
    [3, null, 0.999, 399],
    [3, null, 0, 0],
    [4, null, 0.5, null], // all attempts were made
    [1, 700, 0.5, 700], // as long as the provider says, without jitter
    [1, 0, 0.5, 0],
    [1, 1_001, 0.5, null], // longer than we wait: coming back earlier would be refused again
    [4, 10, 0.5, null],
  ])(
    "after %d attempts, told %j, by chance %d: %j",
    (...[attempt, retryAfterMs, random, expected]) => {
      expect(nextDelayMs(policy, { attempt, retryAfterMs, random })).toBe(expected);
    },
  );

  test("never beyond the longest delay", () => {
    const patient = { ...policy, attemptsMax: 1_000 };
    const delayMs = nextDelayMs(patient, { attempt: 900, retryAfterMs: null, random: 0.999999 });
    expect(delayMs).toBeLessThanOrEqual(1_000);
  });
});

describe("retryAfterMsOf", () => {
  const NOW = Date.parse("2026-11-20T12:00:00Z");
  test.each([
    [{}, null],
    [{ "retry-after": "2" }, 2_000],
    [{ "retry-after": "0.5" }, 500],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after-ms": "1500", "retry-after": "9" }, 1_500],
    [{ "retry-after-ms": "soon", "retry-after": "9" }, 9_000],
    [{ "retry-after": "Fri, 20 Nov 2026 12:00:30 GMT" }, 30_000],
    [{ "retry-after": "Fri, 20 Nov 2026 11:00:00 GMT" }, 0],
    [{ "retry-after": "-5" }, null],
    [{ "retry-after": "later" }, null],
  ])("%j: %j", (headers, expected) => {
    expect(retryAfterMsOf(new Headers(headers as Record<string, string>), NOW)).toBe(expected);
  });
});

test("every status that is an error has a class", () => {
  for (let status = 400; status < 600; status += 1) {
    expect(failureClassOfStatus(status)).toMatch(/^[a-z_]+$/);
  }
  expect(failureClassOfStatus(418)).toBe("invalid_request");
  expect(failureClassOfStatus(599)).toBe("server");
});
