/** Deliveries, for those who look after them: what became of them, and once more. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { DAY_MS } from "../../../src/core/limits";
import type { WebhookDeliveryState } from "../../validators";
import type { WebhookDeliveryView } from "../../views/webhooks";
import { requireOwned, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import { put } from "./emit";
import { getOrFail as endpointOrFail } from "./endpoints";
import { endRests } from "./health";
import { wake } from "./worker";

const record = Activity.recorderOf("webhook_deliveries");

const PAGE_SIZE_MAX = 100;
/** Events are kept for longer, so that what is replayed on the last day has them. */
const REPLAYED_FOR_MS = 30 * DAY_MS;
const KEPT_MS = 45 * DAY_MS;
const AT_ONCE_MAX = 200;

export type DeliveryFilter = {
  endpointId?: Id<"webhook_endpoints"> | undefined;
  state?: WebhookDeliveryState | undefined;
};

/** The tenant's deliveries, the newest first: all, of an endpoint, in a state, or both. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { filter, paginationOpts }: { filter: DeliveryFilter; paginationOpts: PaginationOptions },
): Promise<PaginationResult<WebhookDeliveryView>> {
  const { endpointId } = filter;
  if (endpointId !== undefined) await endpointOrFail(ctx, scope, endpointId);
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await filtered(ctx, scope, filter)
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

function filtered(ctx: QueryCtx, { tenantId }: TenantScope, { endpointId, state }: DeliveryFilter) {
  const deliveries = ctx.db.query("webhook_deliveries");
  if (endpointId !== undefined && state !== undefined) {
    return deliveries.withIndex("by_endpoint_and_state", (q) =>
      q.eq("tenantId", tenantId).eq("endpointId", endpointId).eq("state", state),
    );
  }
  if (endpointId !== undefined) {
    return deliveries.withIndex("by_endpoint", (q) =>
      q.eq("tenantId", tenantId).eq("endpointId", endpointId),
    );
  }
  if (state !== undefined) {
    return deliveries.withIndex("by_state", (q) => q.eq("tenantId", tenantId).eq("state", state));
  }
  return deliveries.withIndex("by_tenant", (q) => q.eq("tenantId", tenantId));
}

/** One delivery, with what is sent. */
export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  deliveryId: Id<"webhook_deliveries">,
): Promise<WebhookDeliveryView & { payload: string | null }> {
  const delivery = await getOrFail(ctx, scope, deliveryId);
  const event = await ctx.db.get("webhook_events", delivery.eventId);
  return { ...toView(delivery), payload: event?.payload ?? null };
}

/** The delivery, if it is this tenant's. */
async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  deliveryId: Id<"webhook_deliveries">,
): Promise<Doc<"webhook_deliveries">> {
  const delivery = await ctx.db.get("webhook_deliveries", deliveryId);
  return requireOwned(scope, delivery, { entity: "webhook_delivery", id: deliveryId });
}

/**
 * Sends it again, now and with all attempts before it: also what was delivered, and at once what waits for its next
 * attempt.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - It is being sent, its endpoint is disabled or removed, or its event is older than 30 days.
 */
export async function replay(
  ctx: MutationCtx,
  scope: CallerScope,
  { deliveryId, nowMs }: { deliveryId: Id<"webhook_deliveries">; nowMs: number },
): Promise<void> {
  const delivery = await getOrFail(ctx, scope, deliveryId);
  const endpoint = await ctx.db.get("webhook_endpoints", delivery.endpointId);
  if (endpoint === null) return refuse("its endpoint was removed");
  requireActive(endpoint);
  if (delivery.createdAt < nowMs - REPLAYED_FOR_MS) refuse("it is older than 30 days");
  if (delivery.state === "delivering") refuse("it is being sent");
  await begin(ctx, delivery, nowMs);
  await record(ctx, scope, { action: "replay", id: deliveryId, nowMs });
  await wake(ctx, nowMs);
}

/**
 * Sends again what was given up of an endpoint's, the oldest first and at most 200.
 *
 * @throws not_found, conflict - As `replay`.
 */
export async function replayDead(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    endpointId,
    sinceMs,
    nowMs,
  }: { endpointId: Id<"webhook_endpoints">; sinceMs: number; nowMs: number },
): Promise<{ replayedCount: number; hasMore: boolean }> {
  const endpoint = await endpointOrFail(ctx, scope, endpointId);
  requireActive(endpoint);
  const from = Math.max(sinceMs, nowMs - REPLAYED_FOR_MS);
  const dead = await ctx.db
    .query("webhook_deliveries")
    .withIndex("by_endpoint_and_state", (q) =>
      q
        .eq("tenantId", scope.tenantId)
        .eq("endpointId", endpointId)
        .eq("state", "dead")
        .gte("createdAt", from),
    )
    .take(AT_ONCE_MAX);
  for (const delivery of dead) await begin(ctx, delivery, nowMs);
  if (dead.length > 0) {
    const after = { since: new Date(from).toISOString(), count: dead.length };
    await record(ctx, scope, { action: "replayDead", id: endpointId, after, nowMs });
    await wake(ctx, nowMs);
  }
  return { replayedCount: dead.length, hasMore: dead.length === AT_ONCE_MAX };
}

/**
 * Sends the endpoint an event that tells of nothing.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 * @throws conflict - It is disabled.
 */
export async function sendTest(
  ctx: MutationCtx,
  scope: CallerScope,
  { endpointId, nowMs }: { endpointId: Id<"webhook_endpoints">; nowMs: number },
): Promise<Id<"webhook_deliveries">> {
  const endpoint = await endpointOrFail(ctx, scope, endpointId);
  requireActive(endpoint);
  const event = { type: "webhook.test", data: { endpointId } } as const;
  const [deliveryId] = await put(ctx, [endpoint], { event, nowMs });
  if (deliveryId === undefined) throw new Error("an endpoint was given, and nothing was put");
  return deliveryId;
}

/**
 * What waits for its next attempt is due now, also at endpoints that are left alone: for operators, after an outage of
 * their own network.
 *
 * @param fromMs - Where to go on. It only moves on, so that what fails again meanwhile does not use up its attempts.
 * @returns Where to go on after this; null when all is done.
 */
export async function hurry(
  ctx: MutationCtx,
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
): Promise<number | null> {
  const stillRest = await endRests(ctx, nowMs);
  const waiting = await ctx.db
    .query("webhook_deliveries")
    .withIndex("by_due", (q) => q.gte("dueAtMs", Math.max(fromMs, nowMs)))
    .take(AT_ONCE_MAX);
  for (const { _id, state } of waiting) {
    if (state === "pending") await ctx.db.patch("webhook_deliveries", _id, { dueAtMs: nowMs });
  }
  await wake(ctx, nowMs);
  const last = waiting.at(-1)?.dueAtMs ?? fromMs;
  return stillRest || waiting.length === AT_ONCE_MAX ? last : null;
}

/** Deletes what is older than anybody may ask for. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const before = nowMs - KEPT_MS;
  const deliveries = await ctx.db
    .query("webhook_deliveries")
    .withIndex("by_age", (q) => q.lt("createdAt", before))
    .take(AT_ONCE_MAX);
  for (const { _id } of deliveries) await ctx.db.delete("webhook_deliveries", _id);
  const events = await ctx.db
    .query("webhook_events")
    .withIndex("by_age", (q) => q.lt("createdAt", before))
    .take(AT_ONCE_MAX);
  for (const { _id } of events) await ctx.db.delete("webhook_events", _id);
  return deliveries.length === AT_ONCE_MAX || events.length === AT_ONCE_MAX;
}

async function begin(
  ctx: MutationCtx,
  { _id: id, endpointId }: Doc<"webhook_deliveries">,
  nowMs: number,
): Promise<void> {
  const waits = { state: "pending", lane: endpointId, dueAtMs: nowMs, attemptCount: 0 } as const;
  const open = { leaseToken: undefined, deadReason: undefined, endedAt: undefined };
  await ctx.db.patch("webhook_deliveries", id, { ...waits, ...open });
}

function requireActive({ status }: Doc<"webhook_endpoints">): void {
  if (status !== "active") refuse("its endpoint is disabled");
}

function refuse(reason: string): never {
  return fail({ kind: "conflict", entity: "webhook_delivery", reason });
}

function toView(row: Doc<"webhook_deliveries">): WebhookDeliveryView {
  const { _creationTime, lane: _lane, leaseToken: _token, dueAtMs, ...shown } = row;
  return { ...shown, nextAttemptAtMs: row.state === "pending" ? (dueAtMs ?? null) : null };
}
