/**
 * Re-rating: what was booked in a period is priced anew, by the prices that are known now for the moments at which the
 * calls began. It is asked for by people and never happens by itself; each difference is an adjustment of its own.
 */
import { internal } from "../../_generated/api";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { CallerScope, TenantScope } from "../access";
import * as Activity from "../activity";
import { rangesOfBooking, RANGES_MAX } from "../budgets/matching";
import { adjustmentsOf, adjustTo, standingOf } from "./adjust";
import { priced } from "./pricing";
import { checkTouched, withMoments, type Touched } from "./touched";

const record = Activity.recorderOf("tenants", { noun: "costs" });

/** Each may touch its run, step, message and session, and leave a tally; with many budgets, fewer are done at once. */
const BATCH_EVENTS = 50;
/** What is read of each to see whether its price is another one: adjustments, prices, and which budgets count it. */
const RANGES_OF_EVENT = 20;
/** So that the sums are folded as fast as they are added to. */
const BATCH_EVERY_MS = 500;

export type Rerated = { examinedCount: number; adjustedCount: number; isDone: boolean };
type Period = { fromMs: number; toMs: number };

/**
 * Prices anew what began from one moment on and before another: a batch now, the rest in the background. What has been
 * done is not done again, so that a re-rating that was interrupted is taken up by asking for it once more.
 *
 * @throws invalid_argument - The period ends before it begins.
 */
export async function rerate(
  ctx: MutationCtx,
  scope: CallerScope,
  { period, nowMs }: { period: Period; nowMs: number },
): Promise<Rerated> {
  const { fromMs, toMs } = period;
  if (!(fromMs < toMs)) {
    fail({ kind: "invalid_argument", field: "to", reason: "must be later than from" });
  }
  const after = { from: momentText("from", fromMs), to: momentText("to", toMs) };
  await record(ctx, scope, { action: "rerate", id: scope.tenantId, after, nowMs });
  return await rerateSome(ctx, scope, { ...period, cursor: null, nowMs });
}

/** One batch, and the wake-up of the next one, or of the check of what was touched. */
export async function rerateSome(
  ctx: MutationCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  {
    cursor,
    touched: earlier,
    nowMs,
    ...period
  }: Period & { cursor: string | null; touched?: Touched | undefined; nowMs: number },
): Promise<Rerated> {
  const {
    page,
    continueCursor,
    isDone: isLast,
  } = await ctx.db
    .query("cost_events")
    .withIndex("by_kind", (q) =>
      q
        .eq("tenantId", tenantId)
        .eq("kind", "attempt")
        .gte("timestamp", period.fromMs)
        .lt("timestamp", period.toMs),
    )
    .paginate({ cursor, numItems: BATCH_EVENTS });
  const { examinedCount, adjusted } = await rerateAsMany(ctx, { tenantId }, { page, nowMs });
  const touched = withMoments(earlier, adjusted);
  const isWhole = examinedCount === page.length;
  const isDone = isWhole && isLast;
  if (isDone) {
    await checkTouched(ctx, { tenantId }, touched);
  } else {
    // Of a page that is not done the next batch finds what was: there is nothing to adjust in that any more.
    const from = { cursor: isWhole ? continueCursor : cursor, ...omitUndefined({ touched }) };
    const rest = { tenantId, ...period, ...from };
    await ctx.scheduler.runAfter(BATCH_EVERY_MS, internal.jobs.costs.rerateRest, rest);
  }
  return { examinedCount, adjustedCount: adjusted.length, isDone };
}

/** As many of them, in order, as fit into the transaction: one at least does, whatever counts it. */
async function rerateAsMany(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { page, nowMs }: { page: readonly Doc<"cost_events">[]; nowMs: number },
): Promise<{ examinedCount: number; adjusted: Doc<"cost_events">[] }> {
  const adjusted: Doc<"cost_events">[] = [];
  let examinedCount = 0;
  let room = RANGES_MAX - page.length * RANGES_OF_EVENT;
  for (const booked of page) {
    const ranges = await rangesOfBooking(ctx, scope, booked);
    if (ranges > room) break;
    examinedCount++;
    if (!(await rerateOne(ctx, scope, { booked, nowMs }))) continue;
    room -= ranges;
    adjusted.push(booked);
  }
  return { examinedCount, adjusted };
}

async function rerateOne(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { booked, nowMs }: { booked: Doc<"cost_events">; nowMs: number },
): Promise<boolean> {
  const earlier = await adjustmentsOf(ctx, booked);
  const latest = earlier.at(-1) ?? booked;
  if (!PRICED_BY_US.has(latest.usageSource)) return false;
  const { usage } = standingOf([booked, ...earlier]);
  const { provider, model, startedAtMs: atMs } = booked;
  const { usageSource, otherUsage: others, reportedCostPico } = latest;
  // What the provider says that it cost is held against the new prices.
  const reconciliation = reportedCostPico === undefined ? latest.reconciliation : "ok";
  const report = { usage, reconciliation, notes: ["priced anew"] };
  const part = await priced(ctx, scope, {
    report: { ...report, ...omitUndefined({ others, reportedCostPico }) },
    facts: latest,
    call: { provider, model, atMs },
  });
  const truth = { usage, usageSource, ...omitUndefined({ otherUsage: others }), ...part };
  return (await adjustTo(ctx, scope, { booked, truth, nowMs })) !== null;
}

/** The amounts of others are theirs: a caller's report, a bill, what was held for a call that nobody knows more of. */
const PRICED_BY_US: ReadonlySet<Doc<"cost_events">["usageSource"]> = new Set([
  "provider",
  "estimated_partial",
  "estimated",
  "corrected",
] as const);

function momentText(field: string, atMs: number): string {
  const moment = new Date(atMs);
  if (Number.isNaN(moment.getTime())) {
    fail({ kind: "invalid_argument", field, reason: "give milliseconds since 1970" });
  }
  return moment.toISOString();
}
