/**
 * Proves that the ledger, its sums and the budgets' counters agree, and prints where they do not. By hand:
 *
 *   npx convex run jobs/checks:check '{"tenantId": "…"}'   a tenant's last 35 days, or from `fromMs` to `toMs`
 *   npx convex run jobs/checks:checkAll '{}'               every tenant's last hours, and some of its older ones in turn,
 *                                                          as the cron does each hour
 */
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { internalAction, type ActionCtx } from "../_generated/server";
import type { Span } from "../model/costs/checkWalk";
import type { Dimension } from "../model/rollups/sums";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/core/limits";
import { checkSpans, DIMENSIONS, vChecked, type Checked } from "./checkSpans";

/** As far back as single events are kept for certain, and some. */
const DAYS_BY_HAND = 35;
/** What the cron looks at each time: the hour that it is in, and those to which late calls may have added. */
const HOURS_BY_CRON = 3;
/** Of a long span, what is looked at before it is seen whether there is time for more. */
const DAYS_AT_ONCE = 7;
/** Of the ten minutes that an action has; another one goes on. */
const LIFE_MS = 5 * MINUTE_MS;

/** Few keys each. Those of the others are compared in the hours that they have something in. */
const DIMENSIONS_BY_CRON: readonly Dimension[] = ["tenant", "agent", "provider", "model"];

type OfTenant = { tenantId: Id<"tenants">; spans: readonly Span[] };

/** Compares all that a tenant has booked between two moments, hour by hour, with every sum that it is part of. */
export const check = internalAction({
  args: {
    tenantId: v.id("tenants"),
    fromMs: v.optional(v.number()),
    toMs: v.optional(v.number()),
  },
  returns: vChecked,
  handler: async (ctx, { tenantId, fromMs, toMs = Date.now() }): Promise<Checked> => {
    const span = { fromMs: fromMs ?? toMs - DAYS_BY_HAND * DAY_MS, toMs };
    return await checkSpans(ctx, { tenantId, spans: [span] }, DIMENSIONS);
  },
});

/** How many tenants were looked at; of how many something differs, something could not be compared, or nothing could. */
const vPass = v.object({
  tenants: v.number(),
  differing: v.number(),
  unsettled: v.number(),
  failed: v.number(),
});
type Pass = Infer<typeof vPass>;

/**
 * Compares the last hours of every tenant, from the one after `cursor` on, and the next ones of its older hours, and
 * prints what differs. When its time is up another one goes on, which counts anew.
 */
export const checkAll = internalAction({
  args: { cursor: v.optional(v.string()) },
  returns: vPass,
  handler: async (ctx, { cursor = null }): Promise<Pass> => {
    const untilMs = Date.now() + LIFE_MS;
    const pass: Pass = { tenants: 0, differing: 0, unsettled: 0, failed: 0 };
    for (let at = cursor; ;) {
      const next = await ctx.runQuery(internal.jobs.checking.nextTenant, { cursor: at });
      if (next.tenantId !== null) await checkTenant(ctx, next.tenantId, pass);
      if (next.isDone) return pass;
      at = next.cursor;
      if (Date.now() > untilMs) {
        await ctx.scheduler.runAfter(0, internal.jobs.checks.checkAll, { cursor: at });
        return pass;
      }
    }
  },
});

/** Whatever is wrong with one tenant, the next one's turn comes. */
async function checkTenant(ctx: ActionCtx, tenantId: Id<"tenants">, pass: Pass): Promise<void> {
  pass.tenants++;
  try {
    const spans = await spansOfPass(ctx, tenantId);
    const { differences, unsettled } = await checkAndPrint(ctx, { tenantId, spans });
    if (differences.length > 0) pass.differing++;
    if (unsettled.length > 0) pass.unsettled++;
  } catch (error) {
    pass.failed++;
    console.error(`tenant ${tenantId} could not be checked:`, error);
  }
}

/** The last hours, and the next ones of the walk over all before. */
async function spansOfPass(ctx: ActionCtx, tenantId: Id<"tenants">): Promise<Span[]> {
  const toMs = Date.now();
  const last = { fromMs: toMs - HOURS_BY_CRON * HOUR_MS, toMs };
  const before = { tenantId, beforeMs: last.fromMs };
  const older = await ctx.runQuery(internal.jobs.checking.olderSpan, before);
  if (older === null) return [last];
  await ctx.runMutation(internal.jobs.checking.noteChecked, { tenantId, toMs: older.toMs });
  return [older, last];
}

/**
 * As `checkAll` of one tenant between two moments: whatever has changed much of its ledger is followed by this. When its
 * time is up another one goes on.
 */
export const checkAfter = internalAction({
  args: { tenantId: v.id("tenants"), fromMs: v.number(), toMs: v.number() },
  returns: v.null(),
  handler: async (ctx, { tenantId, fromMs, toMs }): Promise<null> => {
    const untilMs = Date.now() + LIFE_MS;
    for (let at = fromMs; at < toMs; at += DAYS_AT_ONCE * DAY_MS) {
      if (Date.now() > untilMs) {
        const rest = { tenantId, fromMs: at, toMs };
        await ctx.scheduler.runAfter(0, internal.jobs.checks.checkAfter, rest);
        break;
      }
      const some = { fromMs: at, toMs: Math.min(toMs, at + DAYS_AT_ONCE * DAY_MS) };
      await checkAndPrint(ctx, { tenantId, spans: [some] });
    }
    return null;
  },
});

async function checkAndPrint(ctx: ActionCtx, of: OfTenant): Promise<Checked> {
  const checked = await checkSpans(ctx, of, DIMENSIONS_BY_CRON);
  const { differences, unsettled } = checked;
  for (const difference of differences) {
    console.error(`tenant ${of.tenantId}: sums differ: ${JSON.stringify(difference)}`);
  }
  if (unsettled.length > 0) {
    const periods = unsettled.join(", ");
    console.warn(`tenant ${of.tenantId}: changed whenever it was compared: ${periods}`);
  }
  return checked;
}
