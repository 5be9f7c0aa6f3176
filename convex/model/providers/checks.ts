/** How often a tenant may have providers asked whether its accounts work: keys are not to be guessed through us. */
import { MINUTE, RateLimiter } from "@convex-dev/rate-limiter";
import { components } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";
import type { TenantScope } from "../access";

const limiter = new RateLimiter(components.rateLimiter, {
  providerCheck: { kind: "token bucket", rate: 20, period: MINUTE, capacity: 20 },
});

/**
 * Counts a check. Its transaction must commit whatever becomes of it.
 *
 * @returns How long to wait, in milliseconds; null when it may go on.
 */
export async function countCheck(
  ctx: MutationCtx,
  { tenantId }: TenantScope,
): Promise<number | null> {
  const { ok, retryAfter } = await limiter.limit(ctx, "providerCheck", { key: tenantId });
  return ok ? null : Math.ceil(retryAfter);
}
