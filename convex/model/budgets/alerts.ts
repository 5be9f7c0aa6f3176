/**
 * Alerts: once per period and threshold, after sums have moved. A job looks, in a query; only where something is to be
 * told does a mutation mark the counter. The mark only rises: a threshold that was told of is not told of again in the
 * period, even if the limit was raised in between.
 */
import { fromStored, toStored, withGranted } from "../../../src/budgets/amounts";
import { v, type Infer } from "convex/values";
import { MINUTE_MS } from "../../../src/core/limits";
import { periodAt } from "../../../src/core/periods";
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { toUsdText } from "../../lib/usd";
import { vBudgetDimension, vLimits, vSpending, vStoredSpending } from "../../validators";
import { timeZoneOf } from "../periods";
import type { Dimension } from "../rollups/sums";
import { emit } from "../webhooks/emit";
import { counterOf, hasReached, sumsOf } from "./standing";
import { ofSubject } from "./subjects";
import { toldOf } from "./told";

/** A period may have ended since its sums moved: all policies are looked at every ten minutes. */
const LATE_MS = 15 * MINUTE_MS;
/** Of each, the counters of two periods are read with their shards. */
export const POLICIES_PER_QUERY = 32;

/** Whose sums have moved. */
export const vMoved = v.object({
  tenantId: v.id("tenants"),
  dimension: vBudgetDimension,
  key: v.string(),
});
export type Moved = Infer<typeof vMoved>;

/** What is to be told of a policy, as it stood when that was found out. */
export const vAlert = v.object({
  policyId: v.id("budget_policies"),
  period: v.string(),
  percents: v.array(v.number()),
  limit: vLimits,
  settled: vStoredSpending,
  reserved: vSpending,
});
export type Alert = Infer<typeof vAlert>;

/** Has it looked at which thresholds were reached. */
export async function noteMoved(
  ctx: MutationCtx,
  subjects: readonly (Pick<Moved, "tenantId"> & SumKey)[],
): Promise<void> {
  const moved = subjects.filter(isBounded);
  if (moved.length > 0) await ctx.scheduler.runAfter(0, internal.jobs.budgets.alert, { moved });
}

type SumKey = { dimension: Dimension; key: string };

const BOUNDED: ReadonlySet<Dimension> = new Set(vBudgetDimension.members.map(({ value }) => value));

function isBounded(subject: Pick<Moved, "tenantId"> & SumKey): subject is Moved {
  return BOUNDED.has(subject.dimension);
}

/** The policies of the subjects. */
export async function policiesOf(
  ctx: QueryCtx,
  moved: readonly Moved[],
): Promise<Id<"budget_policies">[]> {
  const found = await Promise.all(moved.map((subject) => ofSubject(ctx, subject, subject)));
  return found.flat().map(({ _id }) => _id);
}

/** A page of all policies that count, for those of which nobody was told when their sums moved. */
export async function activePage(
  ctx: QueryCtx,
  cursor: string | null,
): Promise<{ policyIds: Id<"budget_policies">[]; cursor: string; isDone: boolean }> {
  const { page, continueCursor, isDone } = await ctx.db
    .query("budget_policies")
    .withIndex("by_opening", (q) => q.eq("status", "active"))
    .paginate({ cursor, numItems: POLICIES_PER_QUERY });
  return { policyIds: page.map(({ _id }) => _id), cursor: continueCursor, isDone };
}

/** What is to be told of the policies, at most `POLICIES_PER_QUERY`. */
export async function due(
  ctx: QueryCtx,
  policyIds: readonly Id<"budget_policies">[],
  nowMs: number,
): Promise<Alert[]> {
  const found: Alert[] = [];
  for (const id of policyIds) {
    const policy = await ctx.db.get("budget_policies", id);
    if (policy === null) continue;
    const { window, status, alertPercents } = policy;
    if (status !== "active" || window === "message" || alertPercents.length === 0) continue;
    const timeZone = await timeZoneOf(ctx, policy);
    const moments = [nowMs, nowMs - LATE_MS];
    for (const period of new Set(moments.map((atMs) => periodAt(window, timeZone, atMs)))) {
      const alert = await alertOf(ctx, policy, period);
      if (alert !== null) found.push(alert);
    }
  }
  return found;
}

async function alertOf(
  ctx: QueryCtx,
  policy: Doc<"budget_policies">,
  period: string,
): Promise<Alert | null> {
  const counter = await counterOf(ctx, policy, period);
  const untold = policy.alertPercents.filter((percent) => percent > (counter?.alertedPercent ?? 0));
  if (counter === null || untold.length === 0) return null;
  const { spent, reserved } = await sumsOf(ctx, counter);
  const limit = withGranted(policy.limit, counter.increase);
  const percents = untold.filter((percent) => hasReached(limit, spent, percent));
  if (percents.length === 0) return null;
  return { policyId: policy._id, period, percents, limit, settled: toStored(spent), reserved };
}

/** Tells of the thresholds that nobody told of meanwhile. */
export async function tell(
  ctx: MutationCtx,
  { policyId, period, percents, ...stood }: Alert,
  nowMs: number,
): Promise<void> {
  const policy = await ctx.db.get("budget_policies", policyId);
  const counter = policy === null ? null : await counterOf(ctx, policy, period);
  if (policy === null || counter === null) return;
  const untold = percents.filter((percent) => percent > counter.alertedPercent);
  if (untold.length === 0) return;
  await ctx.db.patch("budget_counters", counter._id, { alertedPercent: Math.max(...untold) });
  const { tenantId } = policy;
  for (const percent of untold) {
    const event = { kind: "alerted", policyId, period, percent, ...stood, at: nowMs } as const;
    await ctx.db.insert("budget_events", { tenantId, ...event });
    const { limit, settled } = stood;
    const { pico, tokens } = fromStored(settled);
    const spent = { spentUsd: toUsdText(pico), spentTokens: tokens };
    const data = { ...toldOf(policy, { period, limit }), percent, ...spent };
    await emit(ctx, policy, { event: { type: "budget.alert", data }, nowMs });
  }
}
