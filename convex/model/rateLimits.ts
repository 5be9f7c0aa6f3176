/** How often programs may ask: each key by itself, and all of a tenant's together. */
import { MINUTE, RateLimiter, type RateLimitConfig } from "@convex-dev/rate-limiter";
import { v, type Infer } from "convex/values";
import { REQUESTS_PER_MINUTE, TENANT_FACTOR, type RouteClass } from "../../src/core/rateLimits";
import { components } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { requestLimits } from "./deploymentSecrets";

const limiter = new RateLimiter(components.rateLimiter);

/**
 * Requests a minute that one row counts at most: whoever asks at the same time shall not fight over it, and a limit that
 * is split into few parts is still about what it says.
 */
const PER_SHARD = 1_500;

/** Who asks: a key, or a person who is signed in; of a tenant, unless they ask for themselves. */
export type Asking = Readonly<{
  keyId?: Id<"api_keys">;
  userId: Id<"users">;
  tenant: Pick<Doc<"tenants">, "_id" | "plan"> | null;
}>;

/** What the answer says of the limit that comes first, the key's. */
export const vRate = v.object({
  limit: v.number(), // requests in a minute
  remaining: v.number(), // about, now
  resetsAfterMs: v.number(), // until all of them may be made again
  retryAfterMs: v.union(v.number(), v.null()), // null: the request was counted, and may go on
});
export type Rate = Infer<typeof vRate>;

/** Counts a request, or says how long to wait. Its transaction must commit whatever becomes of the request. */
export async function countRequest(
  ctx: MutationCtx,
  { keyId, userId, tenant }: Asking,
  routeClass: RouteClass,
): Promise<Rate> {
  const limit =
    requestLimits()[routeClass] ?? REQUESTS_PER_MINUTE[tenant?.plan ?? "starter"][routeClass];
  const own = { key: keyId ?? userId, config: bucketOf(limit) };
  const waits = [await limiter.limit(ctx, routeClass, own)];
  // What a key may not have it takes from nobody: the tenant's other keys go on.
  if (tenant !== null && waits.every(({ ok }) => ok)) {
    const config = bucketOf(limit * TENANT_FACTOR);
    waits.push(await limiter.limit(ctx, routeClass, { key: tenant._id, config }));
  }
  const refused = waits.flatMap(({ ok, retryAfter }) => (ok ? [] : [retryAfter]));
  const { shards = 1 } = own.config;
  const { value } = await limiter.getValue(ctx, routeClass, own);
  // A part that nobody has asked yet counts as whole, or as more.
  const left = Math.min(limit, Math.max(0, Math.floor(value * shards)));
  const remaining = refused.length > 0 ? 0 : left;
  return {
    limit,
    remaining,
    resetsAfterMs: Math.ceil(((limit - remaining) / limit) * MINUTE),
    retryAfterMs: refused.length === 0 ? null : Math.ceil(Math.max(...refused)),
  };
}

function bucketOf(limit: number): RateLimitConfig {
  const shards = Math.ceil(limit / PER_SHARD);
  return { kind: "token bucket", rate: limit, period: MINUTE, shards };
}
