/**
 * Telling receivers: what there is to tell is written in the transaction in which it happens, so it is told if and only
 * if it happened. Where nobody wants to know, this is one look into an index.
 */
import { covers, type WebhookEvent } from "../../../src/core/webhookEvents";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { ENDPOINTS_MAX } from "./endpoints";
import { wake } from "./worker";

/** Tells every endpoint of the tenant's that wants to know. */
export async function emit(
  ctx: MutationCtx,
  { tenantId }: { tenantId: Id<"tenants"> },
  { event, nowMs }: { event: WebhookEvent; nowMs: number },
): Promise<void> {
  const active = await ctx.db
    .query("webhook_endpoints")
    .withIndex("by_status", (q) => q.eq("tenantId", tenantId).eq("status", "active"))
    .take(ENDPOINTS_MAX);
  const interested = active.filter(({ events }) => covers(events, event.type));
  if (interested.length > 0) await put(ctx, interested, { event, nowMs });
}

/** Puts the event into the outbox for the endpoints, which are all of one tenant. */
export async function put(
  ctx: MutationCtx,
  endpoints: readonly Pick<Doc<"webhook_endpoints">, "_id" | "tenantId">[],
  { event: { type, data }, nowMs }: { event: WebhookEvent; nowMs: number },
): Promise<Id<"webhook_deliveries">[]> {
  const [first] = endpoints;
  if (first === undefined) return [];
  const { tenantId } = first;
  const payload = JSON.stringify({ type, timestamp: new Date(nowMs).toISOString(), data });
  const eventId = await ctx.db.insert("webhook_events", {
    tenantId,
    type,
    payload,
    createdAt: nowMs,
  });
  const ids: Id<"webhook_deliveries">[] = [];
  for (const { _id: endpointId } of endpoints) {
    const id = await ctx.db.insert("webhook_deliveries", {
      tenantId,
      endpointId,
      eventId,
      eventType: type,
      state: "pending",
      lane: endpointId,
      dueAtMs: nowMs,
      attemptCount: 0,
      attempts: [],
      createdAt: nowMs,
    });
    ids.push(id);
  }
  await wake(ctx, nowMs);
  return ids;
}
