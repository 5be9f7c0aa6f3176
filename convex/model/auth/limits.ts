/** How often sign-in may be tried: by account and by address, before anything else is looked at. */
import { RateLimiter, MINUTE } from "@convex-dev/rate-limiter";
import { networkOf } from "../../../src/core/ipAddress";
import { components } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";

const limiter = new RateLimiter(components.rateLimiter, {
  // A person who has to try out which of their passwords it was; 960 guesses a day for everybody else.
  account: { kind: "token bucket", rate: 10, period: 15 * MINUTE, capacity: 10 },
  // An office behind one address; each person there refreshes four times an hour.
  address: { kind: "token bucket", rate: 60, period: MINUTE, capacity: 120 },
});

/**
 * Counts a try. Its transaction must commit whatever becomes of the try, so call it in one of its own.
 *
 * @param account - What is tried, as a hash: the limiter's table need not list anybody's address.
 * @returns How long to wait, in milliseconds; null when the try may go on.
 */
export async function countTry(
  ctx: MutationCtx,
  account: string | undefined,
): Promise<number | null> {
  const { ip } = await ctx.meta.getRequestMetadata();
  const tries = [
    ...(ip === null ? [] : [await limiter.limit(ctx, "address", { key: networkOf(ip) })]),
    ...(account === undefined ? [] : [await limiter.limit(ctx, "account", { key: account })]),
  ];
  const waits = tries.flatMap(({ ok, retryAfter }) => (ok ? [] : [retryAfter]));
  return waits.length === 0 ? null : Math.ceil(Math.max(...waits));
}
