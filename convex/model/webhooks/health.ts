/**
 * How endpoints take what they are sent. While all is well there is no row: a success writes nothing, and nothing that
 * tells of events reads here.
 */
import {
  DEAD_IN_A_ROW_MAX,
  FAILING_MS_MAX,
  restMs,
  type Answer,
} from "../../../src/core/webhookRetries";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";

const AT_ONCE_MAX = 200;

type Of = Pick<Doc<"webhook_endpoints">, "_id" | "tenantId">;

export async function healthOf(
  ctx: QueryCtx,
  { _id, tenantId }: Of,
): Promise<Doc<"webhook_health"> | null> {
  return await ctx.db
    .query("webhook_health")
    .withIndex("by_endpoint", (q) => q.eq("tenantId", tenantId).eq("endpointId", _id))
    .unique();
}

/** All is well, or it is another endpoint from now on. */
export async function forget(ctx: MutationCtx, endpoint: Of): Promise<void> {
  const row = await healthOf(ctx, endpoint);
  if (row !== null) await ctx.db.delete("webhook_health", row._id);
}

/** Endpoints that are left alone are tried again at once. @returns Whether there are more of them. */
export async function endRests(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const resting = await ctx.db
    .query("webhook_health")
    .withIndex("by_rest", (q) => q.gt("restsUntilMs", nowMs))
    .take(AT_ONCE_MAX);
  for (const { _id } of resting) await ctx.db.patch("webhook_health", _id, { restsUntilMs: nowMs });
  return resting.length === AT_ONCE_MAX;
}

/**
 * An attempt failed.
 *
 * @param isDead - It was the delivery's last one.
 * @returns Why the endpoint is to be disabled; null: it is not.
 */
export async function noteFailure(
  ctx: MutationCtx,
  { _id: endpointId, tenantId }: Of,
  { answer, isDead, nowMs }: { answer: Answer; isDead: boolean; nowMs: number },
): Promise<string | null> {
  const row = await healthOf(ctx, { _id: endpointId, tenantId });
  const failures = (row?.failures ?? 0) + 1;
  const deadInARow = (row?.deadInARow ?? 0) + (isDead ? 1 : 0);
  const failingSinceMs = row?.failingSinceMs ?? nowMs;
  const restsUntilMs = Math.max(row?.restsUntilMs ?? 0, nowMs + restMs(answer, failures));
  const health = { failures, deadInARow, failingSinceMs, restsUntilMs };
  if (row === null) await ctx.db.insert("webhook_health", { tenantId, endpointId, ...health });
  else await ctx.db.patch("webhook_health", row._id, health);
  if (deadInARow >= DEAD_IN_A_ROW_MAX) {
    return `${deadInARow} deliveries in a row came to nothing.`;
  }
  if (nowMs - failingSinceMs < FAILING_MS_MAX) return null;
  return `Nothing was delivered since ${new Date(failingSinceMs).toISOString()}.`;
}
