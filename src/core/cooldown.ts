/**
 * How long a model that was refused for a reason which outlasts the call is left alone. Pure: the caller keeps the
 * times, and lets one call through once a time is over.
 */
import type { ProviderFailureClass } from "./errors";
import { MINUTE_MS, SECOND_MS } from "./limits";

type Rule = Readonly<{
  /** It is the account's, whatever model was called. */
  ofAccount: boolean;
  firstMs: number;
  maxMs: number;
}>;

const RULES: Readonly<Partial<Record<ProviderFailureClass, Rule>>> = {
  rate_limited: { ofAccount: false, firstMs: 5 * SECOND_MS, maxMs: 2 * MINUTE_MS },
  overloaded: { ofAccount: false, firstMs: 5 * SECOND_MS, maxMs: 2 * MINUTE_MS },
  // Both pass once somebody has done something about it.
  spend_limit: { ofAccount: true, firstMs: MINUTE_MS, maxMs: 30 * MINUTE_MS },
  authentication: { ofAccount: true, firstMs: MINUTE_MS, maxMs: 30 * MINUTE_MS },
};

/** A server may name any wait; a model that is never called again is lost for good. */
const NAMED_MS_MAX = 30 * MINUTE_MS;

/** What such a failure says of the model or of its account; null: nothing beyond the call. */
export function coolDownRule(failureClass: ProviderFailureClass): Rule | null {
  return RULES[failureClass] ?? null;
}

/**
 * @param failures - In a row, this one included.
 * @param retryAfterMs - The wait that the provider asked for.
 * @param random - A number in [0, 1): workers that were refused together must not come back together.
 */
export function coolDownMs(
  { firstMs, maxMs }: Rule,
  {
    failures,
    retryAfterMs,
    random,
  }: { failures: number; retryAfterMs: number | null; random: number },
): number {
  if (retryAfterMs !== null) return Math.min(retryAfterMs, NAMED_MS_MAX);
  const ceilingMs = Math.min(firstMs * 2 ** (failures - 1), maxMs);
  return Math.round(ceilingMs * (1 - random / 4));
}
