/** What follows an attempt to deliver a webhook: pure rules of what a receiver's answer means, and of when to try again. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./limits";

/** After each failed attempt; the first one is made at once. As Standard Webhooks has them. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];
/** Receivers that were down come back to calls that are spread by this part of their delay. */
const JITTER = 0.1;
const RETRY_AFTER_MS_MAX = DAY_MS;

/** So many failures one after another, of whichever deliveries, and the endpoint is left alone for a while. */
export const RESTS_FROM_FAILURES = 5;
const REST_MS = { first: SECOND_MS, max: 5 * MINUTE_MS };

/** An endpoint that has failed for so long, or lost as many deliveries in a row, is disabled. */
export const FAILING_MS_MAX = 5 * DAY_MS;
export const DEAD_IN_A_ROW_MAX = 50;

/** What came of an attempt; `status` null: no answer came. */
export type Answer = { status: number | null; retryAfterMs?: number | undefined };

type Verdict =
  | { kind: "delivered" }
  /** The receiver does not want any more, ever. */
  | { kind: "gone" }
  | { kind: "retry"; delayMs: number }
  | { kind: "dead" };

/**
 * What becomes of a delivery.
 *
 * @param attempts - Made since it was begun or replayed, with this one.
 * @param random - From 0 up to 1.
 */
export function verdictOn(
  { status, retryAfterMs = 0 }: Answer,
  attempts: number,
  random: number,
): Verdict {
  // Redirects are not followed: whoever moves says so to us, and not to whoever asks.
  if (status !== null && status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 410) return { kind: "gone" };
  const delay = RETRY_DELAYS_MS[attempts - 1];
  if (delay === undefined) return { kind: "dead" };
  const jittered = Math.round(delay * (1 + JITTER * (2 * random - 1)));
  return { kind: "retry", delayMs: Math.max(jittered, boundedRetryAfterMs(retryAfterMs)) };
}

/** For how long an endpoint is left alone after a failure, with those before it in a row; 0: not at all. */
export function restMs({ status, retryAfterMs = 0 }: Answer, failures: number): number {
  const isAsked = status === 429 || status === 502 || status === 504 || retryAfterMs > 0;
  const doublings = isAsked ? failures - 1 : failures - RESTS_FROM_FAILURES;
  if (doublings < 0) return 0;
  const waitMs = Math.min(REST_MS.first * 2 ** Math.min(doublings, 20), REST_MS.max);
  return Math.max(waitMs, boundedRetryAfterMs(retryAfterMs));
}

/** A `Retry-After` header: seconds, or a date. Undefined where it is neither. */
export function retryAfterMsOf(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * SECOND_MS : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? boundedRetryAfterMs(ms) : undefined;
}

function boundedRetryAfterMs(ms: number): number {
  return Math.min(ms, RETRY_AFTER_MS_MAX);
}
