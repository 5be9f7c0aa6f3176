/**
 * Retention of the ledger. Old events are not dropped but drawn together: one row per agent, model and day stands
 * for what it replaces, so that the sum of the ledger is what it was, and so is every roll-up.
 */
import { DAY_MS } from "../../../src/core/limits";
import { periodOf } from "../../../src/core/periods";
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { CallerScope, TenantScope } from "../access";
import * as Activity from "../activity";
import { modelKey } from "../rollups/sums";
import { eventOf, unpricedIn, type CostEvent } from "./ledger";
import { plusStored } from "./storedUsage";
import { checkTouched, withMoments, type Touched } from "./touched";

const record = Activity.recorderOf("tenants", { noun: "costs" });

/**
 * An attempt must not be reported once its event is gone, for it would be booked again: no worker and no call
 * lives for a fraction of this.
 */
export const KEPT_DAYS_MIN = 30;
/** Events are some kilobytes each, and each may touch a row of its own. */
const BATCH_EVENTS = 200;

export type Cleaned = { summarizedCount: number; isDone: boolean };

/**
 * Draws together what was booked before a moment: a batch now, the rest in the background.
 *
 * @throws invalid_argument - The moment is less than `KEPT_DAYS_MIN` days ago.
 */
export async function cleanup(
  ctx: MutationCtx,
  scope: CallerScope,
  { beforeMs, nowMs }: { beforeMs: number; nowMs: number },
): Promise<Cleaned> {
  if (!(beforeMs <= nowMs - KEPT_DAYS_MIN * DAY_MS)) {
    const reason = `must be at least ${KEPT_DAYS_MIN} days ago`;
    fail({ kind: "invalid_argument", field: "before", reason });
  }
  const cleaned = await summarizeSome(ctx, scope, { beforeMs });
  if (cleaned.summarizedCount > 0) {
    const after = { before: new Date(beforeMs).toISOString() };
    await record(ctx, scope, { action: "cleanup", id: scope.tenantId, after, nowMs });
  }
  return cleaned;
}

/**
 * One batch, and the wake-up of the next one, or of the check of what was touched. Repeating it does no harm.
 *
 * @param touched - The first and the last moment of what earlier batches have drawn together.
 */
export async function summarizeSome(
  ctx: MutationCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  { beforeMs, touched: earlier }: { beforeMs: number; touched?: Touched | undefined },
): Promise<Cleaned> {
  const old = await oldest(ctx, tenantId, beforeMs);
  const touched = withMoments(earlier, old);
  for (const event of old) {
    await addToSummary(ctx, event);
    await ctx.db.delete("cost_events", event._id);
  }
  const isDone = old.length < BATCH_EVENTS;
  if (!isDone) {
    const rest = { tenantId, beforeMs, ...omitUndefined({ touched }) };
    await ctx.scheduler.runAfter(0, internal.jobs.costs.summarizeRest, rest);
  } else {
    // No sum is to be another one than before.
    await checkTouched(ctx, { tenantId }, touched);
  }
  return { summarizedCount: old.length, isDone };
}

/** Events before the moment that are no summaries, the oldest of each kind first. */
async function oldest(
  ctx: MutationCtx,
  tenantId: Id<"tenants">,
  beforeMs: number,
): Promise<Doc<"cost_events">[]> {
  const found: Doc<"cost_events">[] = [];
  for (const kind of ["attempt", "adjustment"] as const) {
    const rest = BATCH_EVENTS - found.length;
    if (rest === 0) break;
    const events = ctx.db
      .query("cost_events")
      .withIndex("by_kind", (q) =>
        q.eq("tenantId", tenantId).eq("kind", kind).lt("timestamp", beforeMs),
      );
    found.push(...(await events.take(rest)));
  }
  return found;
}

async function addToSummary(ctx: MutationCtx, event: Doc<"cost_events">): Promise<void> {
  const one = asSummary(event);
  const summary = await eventOf(ctx, one, one.attemptId);
  if (summary === null) {
    await ctx.db.insert("cost_events", one);
    return;
  }
  await ctx.db.patch("cost_events", summary._id, {
    eventCount: (summary.eventCount ?? 0) + 1,
    usage: plusStored(summary.usage, one.usage),
    unpriced: [...new Set([...summary.unpriced, ...one.unpriced])],
    unpricedChange: unpricedIn(summary) + unpricedIn(one),
    inputCostPico: summary.inputCostPico + one.inputCostPico,
    outputCostPico: summary.outputCostPico + one.outputCostPico,
    feesPico: summary.feesPico + one.feesPico,
    totalCostPico: summary.totalCostPico + one.totalCostPico,
  });
}

/** The summary of the event alone: the sums that it is part of, and nothing of what made them. */
function asSummary(event: Doc<"cost_events">): CostEvent {
  const { tenantId, agentId, provider, model, usage, unpriced } = event;
  const { inputCostPico, outputCostPico, feesPico, totalCostPico } = event;
  const day = periodOf("day", event.period);
  const dayMs = Date.parse(day);
  return {
    tenantId,
    attemptId: `summary/${day}/${agentId}/${provider}/${model}`,
    kind: "summary",
    eventCount: 1,
    agentId,
    attemptKind: "primary",
    status: "ok",
    provider,
    model,
    modelKey: modelKey(event),
    usage,
    usageSource: "summary",
    reconciliation: "unknown",
    notes: [],
    lines: [],
    fees: [],
    modifiers: [],
    tierApplied: { serviceTier: "standard", longContextTokens: null },
    unpriced,
    unpricedChange: unpricedIn(event),
    inputCostPico,
    outputCostPico,
    feesPico,
    totalCostPico,
    currency: "usd",
    priceVersion: null,
    startedAtMs: dayMs,
    timestamp: dayMs,
    period: day,
  };
}
