import type { OverrideView } from "../../../../convex/views/prices";

export type Standing = "holds" | "to come" | "over";

const MINUTE_MS = 60_000;

/**
 * Whether a version of a price holds, or another one stands in its place.
 *
 * @param versions - In the order in which they begin to hold.
 * @param minute - The present one. What was set in it holds.
 */
export function standingOf(
  price: OverrideView,
  versions: readonly OverrideView[],
  minute: number,
): Standing {
  const nowMs = minute + MINUTE_MS;
  const untilMs = Math.max(price.effectiveFrom, nowMs);
  const last = versions.findLast(
    ({ provider, model, effectiveFrom }) =>
      provider === price.provider && model === price.model && effectiveFrom <= untilMs,
  );
  if (last?._id !== price._id) return "over";
  return price.effectiveFrom > nowMs ? "to come" : "holds";
}
