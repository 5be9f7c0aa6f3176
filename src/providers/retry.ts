/** When to try again. Pure: the caller waits, and decides whether to try another provider instead. */

import { PROVIDER_WAIT_MS_MAX } from "../core/limits";
import type { ProviderError } from "./provider";

export type RetryPolicy = Readonly<{
  attemptsMax: number;
  delayFirstMs: number;
  delayMaxMs: number;
}>;

/**
 * Three attempts, as often as a person would press the button, and no wait longer than a person waits. No
 * worker waits meanwhile: the run goes back to its queue.
 */
export const RETRY_POLICY: RetryPolicy = {
  attemptsMax: 3,
  delayFirstMs: 500,
  delayMaxMs: PROVIDER_WAIT_MS_MAX,
};

/**
 * Whether another model may answer what this one could not. Not after content: it would be said twice. Not where
 * the request is at fault, or what it asks for: that is for its author to see.
 */
export function fallsBack({ failureClass, streamed }: ProviderError): boolean {
  return !streamed && failureClass !== "invalid_request" && failureClass !== "content_filtered";
}

/**
 * Delay in milliseconds before the next attempt, or null when the call should be given up.
 *
 * @param attempt - How many attempts were already made; the first retry is decided with 1.
 * @param retryAfterMs - The wait the provider asked for. Longer than the policy allows means giving up:
 *   coming back earlier than told is refused again, and may be held against us.
 * @param random - A number in [0, 1). Passed in, so that tests and the simulator are repeatable.
 */
export function nextDelayMs(
  policy: RetryPolicy,
  {
    attempt,
    retryAfterMs,
    random,
  }: { attempt: number; retryAfterMs: number | null; random: number },
): number | null {
  if (attempt >= policy.attemptsMax) return null;
  if (retryAfterMs !== null) return retryAfterMs <= policy.delayMaxMs ? retryAfterMs : null;

  const ceilingMs = Math.min(policy.delayFirstMs * 2 ** (attempt - 1), policy.delayMaxMs);
  // Full jitter: many runs that failed together must not come back together.
  return Math.floor(random * ceilingMs);
}
