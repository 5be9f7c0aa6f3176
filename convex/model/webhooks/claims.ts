/**
 * What the worker takes on. Endpoints are served in turn, each with a few requests at once, so that one which hangs or
 * has ten thousand deliveries waiting hinders no other.
 *
 * A query looks for what is due and a mutation takes it by its ids: the mutation reads no range that others insert into,
 * so it never meets those who have something to tell.
 */
import { v, type Infer } from "convex/values";
import { MINUTE_MS } from "../../../src/core/limits";
import { RESTS_FROM_FAILURES } from "../../../src/core/webhookRetries";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { vSealed } from "../../validators";
import { isInService } from "../access";
import { giveUp } from "./ends";
import { healthOf } from "./health";
import * as Secrets from "./secrets";

/** Longer than a request may take, and than reporting it. */
const LEASE_MS = MINUTE_MS;
/** Whether a suspended tenant is in service again is looked at as often. */
const SUSPENDED_LOOK_MS = 10 * MINUTE_MS;
/** At once, to one endpoint, and to all of a tenant's. */
const OF_ENDPOINT_MAX = 8;
const OF_TENANT_MAX = 24;
/** Endpoints that are looked at in one query. */
const LANES_MAX = 200;
const TAKEN_AT_ONCE_MAX = 64;

/** Whose requests are under way, each as often as they are. */
export const vUnderWay = v.array(
  v.object({ endpointId: v.id("webhook_endpoints"), tenantId: v.id("tenants") }),
);
type UnderWay = Infer<typeof vUnderWay>;

export const vDue = v.object({
  ids: v.array(v.id("webhook_deliveries")),
  /** Behind which endpoint to look on; "" from the first one, once all were looked at. */
  lane: v.string(),
});
export type Due = Infer<typeof vDue>;

/** One request to be made. */
export const vWork = v.object({
  deliveryId: v.id("webhook_deliveries"),
  tenantId: v.id("tenants"),
  endpointId: v.id("webhook_endpoints"),
  eventId: v.id("webhook_events"),
  url: v.string(),
  payload: v.string(),
  secrets: v.array(v.object({ id: v.id("webhook_secrets"), sealed: vSealed })),
});
export type Work = Infer<typeof vWork>;

/** What is due, endpoint after endpoint from behind `lane` on. */
export async function due(
  ctx: QueryCtx,
  { lane: from, room, underWay }: { lane: string; room: number; underWay: UnderWay },
  nowMs: number,
): Promise<Due> {
  const counts = countsOf(underWay);
  const roomMax = Math.min(room, TAKEN_AT_ONCE_MAX);
  const ids: Id<"webhook_deliveries">[] = [];
  let lane = from;
  for (let lanes = 0; lanes < LANES_MAX && ids.length < roomMax; lanes++) {
    const first = await firstBehind(ctx, lane);
    if (first === null) return { ids, lane: "" };
    lane = first.endpointId;
    const found = await dueOf(ctx, first, { counts, room: roomMax - ids.length, nowMs });
    ids.push(...found);
    counts.set(first.tenantId, countIn(counts, first.tenantId) + found.length);
  }
  return { ids, lane };
}

type Counts = Map<string, number>;

function countsOf(underWay: UnderWay): Counts {
  const counts: Counts = new Map();
  for (const id of underWay.flatMap(({ endpointId, tenantId }) => [endpointId, tenantId])) {
    counts.set(id, countIn(counts, id) + 1);
  }
  return counts;
}

function countIn(counts: Counts, id: string): number {
  return counts.get(id) ?? 0;
}

/** @param first - The endpoint's delivery that is due before the others. */
async function dueOf(
  ctx: QueryCtx,
  first: Doc<"webhook_deliveries">,
  { counts, room, nowMs }: { counts: Counts; room: number; nowMs: number },
): Promise<Id<"webhook_deliveries">[]> {
  if (!isDue(first, nowMs)) return [];
  const { endpointId, tenantId } = first;
  const max = Math.min(
    (await endpointMax(ctx, first, nowMs)) - countIn(counts, endpointId),
    OF_TENANT_MAX - countIn(counts, tenantId),
    room,
  );
  if (max <= 0) return [];
  const found = await ctx.db
    .query("webhook_deliveries")
    .withIndex("by_lane", (q) => q.eq("lane", endpointId).gt("dueAtMs", 0).lte("dueAtMs", nowMs))
    .take(max);
  return found.map(({ _id }) => _id);
}

async function firstBehind(ctx: QueryCtx, lane: string): Promise<Doc<"webhook_deliveries"> | null> {
  return await ctx.db
    .query("webhook_deliveries")
    .withIndex("by_lane", (q) => q.gt("lane", lane as Id<"webhook_endpoints">))
    .first();
}

/** How many requests an endpoint may have under way: none while it rests, one while it only fails. */
async function endpointMax(
  ctx: QueryCtx,
  { endpointId: _id, tenantId }: Doc<"webhook_deliveries">,
  nowMs: number,
): Promise<number> {
  const health = await healthOf(ctx, { _id, tenantId });
  if (health === null) return OF_ENDPOINT_MAX;
  if (health.restsUntilMs > nowMs) return 0;
  return health.failures < RESTS_FROM_FAILURES ? OF_ENDPOINT_MAX : 1;
}

/** Takes those that are still due. What cannot be delivered any more is given up; what cannot be now waits. */
export async function claim(
  ctx: MutationCtx,
  { ids, leaseToken }: { ids: readonly Id<"webhook_deliveries">[]; leaseToken: string },
  nowMs: number,
): Promise<Work[]> {
  const taken: Work[] = [];
  for (const id of ids) {
    const delivery = await ctx.db.get("webhook_deliveries", id);
    if (delivery === null || !isDue(delivery, nowMs)) continue;
    const found = await workOf(ctx, delivery, nowMs);
    if (found === "later") {
      const waits = { state: "pending", leaseToken: undefined } as const;
      const dueAtMs = nowMs + SUSPENDED_LOOK_MS;
      await ctx.db.patch("webhook_deliveries", id, { ...waits, dueAtMs });
      continue;
    }
    if ("obstacle" in found) {
      await giveUp(ctx, delivery, { reason: found.obstacle, nowMs });
      continue;
    }
    const lease = { state: "delivering", leaseToken, dueAtMs: nowMs + LEASE_MS } as const;
    await ctx.db.patch("webhook_deliveries", id, lease);
    taken.push(found);
  }
  return taken;
}

/** Also what a worker has had for longer than it may: that one is taken for dead. */
function isDue({ dueAtMs }: Doc<"webhook_deliveries">, nowMs: number): boolean {
  return dueAtMs !== undefined && dueAtMs <= nowMs;
}

async function workOf(
  ctx: QueryCtx,
  { _id: deliveryId, tenantId, endpointId, eventId }: Doc<"webhook_deliveries">,
  nowMs: number,
): Promise<Work | { obstacle: string } | "later"> {
  const tenant = await ctx.db.get("tenants", tenantId);
  if (tenant === null || tenant.status === "deleted")
    return { obstacle: "The tenant was deleted." };
  if (!isInService(tenant)) return "later";
  const endpoint = await ctx.db.get("webhook_endpoints", endpointId);
  if (endpoint === null) return { obstacle: "The endpoint was removed." };
  if (endpoint.status === "disabled") return { obstacle: "The endpoint is disabled." };
  const event = await ctx.db.get("webhook_events", eventId);
  if (event === null) return { obstacle: "The event is not kept any more." };
  const secrets = (await Secrets.holding(ctx, endpoint, nowMs)).flatMap(
    ({ _id: id, credential }) => (credential === undefined ? [] : [{ id, sealed: credential }]),
  );
  const { url } = endpoint;
  return { deliveryId, tenantId, endpointId, eventId, url, payload: event.payload, secrets };
}
