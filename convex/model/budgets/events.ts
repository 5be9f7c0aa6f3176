/** What became known of budgets, and how long it and what lies behind it are kept. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { fromStored } from "../../../src/budgets/amounts";
import { DAY_MS } from "../../../src/core/limits";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { toUsdText } from "../../lib/usd";
import type { Limits } from "../../validators";
import type { BudgetEventView } from "../../views/budgets";
import type { TenantScope } from "../access";
import { getOrFail } from "./policies";

export const PAGE_SIZE_MAX = 100;
/** Of events, of reservations that have come to their end, and of counters whose period has. */
const KEPT_MS = 30 * DAY_MS;
const BATCH = 200;
/** Each with up to 256 shards. */
const COUNTERS_PER_BATCH = 8;

/** The newest first, of one budget or all. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    policyId,
    paginationOpts,
  }: { policyId?: Id<"budget_policies"> | undefined; paginationOpts: PaginationOptions },
): Promise<PaginationResult<BudgetEventView>> {
  if (policyId !== undefined) await getOrFail(ctx, scope, policyId);
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const { tenantId } = scope;
  const events = ctx.db.query("budget_events");
  const some =
    policyId === undefined
      ? events.withIndex("by_time", (q) => q.eq("tenantId", tenantId))
      : events.withIndex("by_policy", (q) => q.eq("tenantId", tenantId).eq("policyId", policyId));
  const result = await some.order("desc").paginate({ ...paginationOpts, numItems });
  const page = await Promise.all(result.page.map(async (event) => await toView(ctx, event)));
  return { ...result, page };
}

/** Deletes some of what is kept no longer, of all tenants. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<{ hasMore: boolean }> {
  const beforeMs = nowMs - KEPT_MS;
  const events = await ctx.db
    .query("budget_events")
    .withIndex("by_age", (q) => q.lt("at", beforeMs))
    .take(BATCH);
  for (const { _id } of events) await ctx.db.delete("budget_events", _id);
  let isFull = events.length === BATCH;
  for (const state of ["settled", "released", "expired"] as const) {
    const ended = await ctx.db
      .query("budget_reservations")
      .withIndex("by_expiry", (q) =>
        q.eq("state", state).eq("retryAtMs", undefined).lt("expiresAtMs", beforeMs),
      )
      .take(BATCH);
    for (const { _id } of ended) await ctx.db.delete("budget_reservations", _id);
    isFull ||= ended.length === BATCH;
  }
  const counters = await ctx.db
    .query("budget_counters")
    .withIndex("by_end", (q) => q.gte("endsAtMs", 0).lt("endsAtMs", beforeMs))
    .take(COUNTERS_PER_BATCH);
  for (const counter of counters) await deleteCounter(ctx, counter);
  return { hasMore: isFull || counters.length === COUNTERS_PER_BATCH };
}

/** Deletes some of the counters of a policy that is gone. */
export async function clear(
  ctx: MutationCtx,
  of: Pick<Doc<"budget_counters">, "tenantId" | "policyId">,
): Promise<{ hasMore: boolean }> {
  const counters = await ctx.db
    .query("budget_counters")
    .withIndex("by_policy", (q) => q.eq("tenantId", of.tenantId).eq("policyId", of.policyId))
    .take(COUNTERS_PER_BATCH);
  for (const counter of counters) await deleteCounter(ctx, counter);
  return { hasMore: counters.length === COUNTERS_PER_BATCH };
}

async function deleteCounter(
  ctx: MutationCtx,
  { _id, tenantId }: Doc<"budget_counters">,
): Promise<void> {
  const shards = ctx.db
    .query("budget_shards")
    .withIndex("by_counter", (q) => q.eq("tenantId", tenantId).eq("counterId", _id));
  for await (const shard of shards) await ctx.db.delete("budget_shards", shard._id);
  await ctx.db.delete("budget_counters", _id);
}

async function toView(
  ctx: QueryCtx,
  { _creationTime, limit, settled, reserved, amount, ...event }: Doc<"budget_events">,
): Promise<BudgetEventView> {
  const policy = await ctx.db.get("budget_policies", event.policyId);
  return {
    ...event,
    budget: policy?.name ?? null,
    ...omitUndefined({
      limit: amounts(limit),
      spent: amounts(settled && fromStored(settled)),
      reserved: amounts(reserved),
      amount: amounts(amount),
    }),
  };
}

function amounts(of: Limits | undefined) {
  if (of === undefined) return undefined;
  const { tokens, pico } = of;
  return omitUndefined({ usd: pico === undefined ? undefined : toUsdText(pico), tokens });
}
