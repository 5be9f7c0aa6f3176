/**
 * Proves that the ledger, its sums and the budgets' counters agree, and prints where they do not. By hand:
 *
 *   npx convex run jobs/checks:check '{"tenantId": "…"}'   a tenant's last 35 days, or from `fromMs` to `toMs`
 *   npx convex run jobs/checks:checkAll '{}'               every tenant's last hours, as the cron does each hour
 */
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { internalAction, type ActionCtx } from "../_generated/server";
import { pagesOf } from "../lib/pages";
import { HOURS_MAX, SUMMARISED_DIMENSIONS, vDifference, type KeySums } from "../model/costs/check";
import { fromWide, NO_SUMS, plus, toWide, type Dimension } from "../model/rollups/sums";
import { vDimension } from "../validators";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../src/core/limits";
import { periodOf } from "../../src/core/periods";
import { checkBudgets } from "./budgetChecks";

/** As far back as single events are kept for certain, and some. */
const DAYS_BY_HAND = 35;
/** What the cron looks at: the hour that it is in, and those to which late calls may have added. */
const HOURS_BY_CRON = 3;
const KEYS_PER_QUERY = 100;
const TRIES = 3;
/** Of the ten minutes that an action has; another one goes on. */
const LIFE_MS = 5 * MINUTE_MS;

const DIMENSIONS = vDimension.members.map(({ value }) => value);
/** Few keys each. Those of the others are compared in the hours that they have something in. */
const DIMENSIONS_BY_CRON: readonly Dimension[] = ["tenant", "agent", "provider", "model"];

export const vChecked = v.object({
  periods: v.number(), // that were compared with their events
  unsettled: v.array(v.string()), // what changed whenever it was compared: the next check comes by again
  differences: v.array(vDifference),
});
export type Checked = Infer<typeof vChecked>;

type Span = { tenantId: Id<"tenants">; fromMs: number; toMs: number };
type Period = { tenantId: Id<"tenants">; unit: "hour" | "day"; period: string };

/** Compares all that a tenant has booked between two moments, hour by hour, with every sum that it is part of. */
export const check = internalAction({
  args: {
    tenantId: v.id("tenants"),
    fromMs: v.optional(v.number()),
    toMs: v.optional(v.number()),
  },
  returns: vChecked,
  handler: async (ctx, { tenantId, fromMs, toMs = Date.now() }): Promise<Checked> =>
    await checkSpan(
      ctx,
      { tenantId, fromMs: fromMs ?? toMs - DAYS_BY_HAND * DAY_MS, toMs },
      DIMENSIONS,
    ),
});

/** How many tenants were looked at; of how many something could not be compared, or nothing could. */
const vPass = v.object({ tenants: v.number(), unsettled: v.number(), failed: v.number() });
type Pass = Infer<typeof vPass>;

/**
 * Compares the last hours of every tenant, from the one after `cursor` on, and prints what differs. When its time is up
 * another one goes on, which counts anew.
 */
export const checkAll = internalAction({
  args: { cursor: v.optional(v.string()) },
  returns: vPass,
  handler: async (ctx, { cursor = null }): Promise<Pass> => {
    const untilMs = Date.now() + LIFE_MS;
    const pass: Pass = { tenants: 0, unsettled: 0, failed: 0 };
    for (let at = cursor; ;) {
      const next = await ctx.runQuery(internal.jobs.checking.nextTenant, { cursor: at });
      if (next.tenantId !== null) await checkLastHours(ctx, next.tenantId, pass);
      if (next.isDone) return pass;
      at = next.cursor;
      if (Date.now() > untilMs) {
        await ctx.scheduler.runAfter(0, internal.jobs.checks.checkAll, { cursor: at });
        return pass;
      }
    }
  },
});

/** As `checkAll` of one tenant, between two moments: whatever has changed much of its ledger is followed by this. */
export const checkAfter = internalAction({
  args: { tenantId: v.id("tenants"), fromMs: v.number(), toMs: v.number() },
  returns: vPass,
  handler: async (ctx, span): Promise<Pass> => {
    const pass: Pass = { tenants: 0, unsettled: 0, failed: 0 };
    await checkAndPrint(ctx, span, pass);
    return pass;
  },
});

async function checkLastHours(ctx: ActionCtx, tenantId: Id<"tenants">, pass: Pass): Promise<void> {
  const toMs = Date.now();
  await checkAndPrint(ctx, { tenantId, fromMs: toMs - HOURS_BY_CRON * HOUR_MS, toMs }, pass);
}

/** Whatever is wrong with one tenant, the next one's turn comes. */
async function checkAndPrint(ctx: ActionCtx, span: Span, pass: Pass): Promise<void> {
  const { tenantId } = span;
  pass.tenants++;
  try {
    const { differences, unsettled } = await checkSpan(ctx, span, DIMENSIONS_BY_CRON);
    for (const difference of differences) {
      console.error(`tenant ${tenantId}: sums differ: ${JSON.stringify(difference)}`);
    }
    if (unsettled.length === 0) return;
    pass.unsettled++;
    console.warn(`tenant ${tenantId}: changed whenever it was compared: ${unsettled.join(", ")}`);
  } catch (error) {
    pass.failed++;
    console.error(`tenant ${tenantId} could not be checked:`, error);
  }
}

async function checkSpan(
  ctx: ActionCtx,
  { tenantId, fromMs, toMs }: Span,
  within: readonly Dimension[],
): Promise<Checked> {
  const checked: Checked = { periods: 0, unsettled: [], differences: [] };
  const [days, months] = [new Set<string>(), new Set<string>()];
  for (let startMs = fromMs; startMs < toMs; startMs += HOURS_MAX * HOUR_MS) {
    const endMs = Math.min(toMs, startMs + HOURS_MAX * HOUR_MS);
    const span = { tenantId, fromMs: startMs, toMs: endMs };
    for (const hour of await ctx.runQuery(internal.jobs.checking.hoursBetween, span)) {
      const day = periodOf("day", hour);
      months.add(periodOf("month", hour));
      if (await ctx.runQuery(internal.jobs.checking.isSummarised, { tenantId, day })) days.add(day);
      else await checkPeriod(ctx, { tenantId, unit: "hour", period: hour }, checked);
    }
  }
  for (const day of days) await checkPeriod(ctx, { tenantId, unit: "day", period: day }, checked);
  for (const month of months) {
    for (const dimension of within) {
      const pages = pagesOf(async (cursor) => {
        const at = { tenantId, dimension, month, cursor };
        return await ctx.runQuery(internal.jobs.checking.differencesWithin, at);
      });
      for await (const { differences } of pages) checked.differences.push(...differences);
    }
  }
  await checkBudgets(ctx, tenantId, checked);
  return checked;
}

/** Compares the events of a period with its sums; again if something was booked in it meanwhile. */
async function checkPeriod(ctx: ActionCtx, at: Period, checked: Checked): Promise<void> {
  const mark = async () => await ctx.runQuery(internal.jobs.checking.markOf, at);
  for (let before = await mark(), tries = 1; ; tries++) {
    const differences = await differencesIn(ctx, at);
    const after = await mark();
    if (after === before) {
      checked.periods++;
      checked.differences.push(...differences);
      return;
    }
    if (tries === TRIES) {
      checked.unsettled.push(at.period);
      return;
    }
    before = after;
  }
}

async function differencesIn(ctx: ActionCtx, at: Period): Promise<Checked["differences"]> {
  const expected = await sumsOf(ctx, at);
  const all = [...expected.values()].filter(
    ({ dimension }) => at.unit === "hour" || SUMMARISED_DIMENSIONS.includes(dimension),
  );
  const differences: Checked["differences"] = [];
  for (let from = 0; from < all.length; from += KEYS_PER_QUERY) {
    const some = { ...at, expected: all.slice(from, from + KEYS_PER_QUERY) };
    differences.push(...(await ctx.runQuery(internal.jobs.checking.differencesFrom, some)));
  }
  return differences;
}

/** What the ledger says; nothing for keys that have a sum and no event. */
async function sumsOf(ctx: ActionCtx, at: Period): Promise<Map<string, KeySums>> {
  const sums = new Map<string, KeySums>();
  const add = ({ dimension, key, sums: more }: KeySums) => {
    const name = `${dimension} ${key}`;
    const before = fromWide(sums.get(name)?.sums ?? NO_SUMS);
    sums.set(name, { dimension, key, sums: toWide(plus(before, fromWide(more))) });
  };
  const events = pagesOf(async (cursor) => {
    return await ctx.runQuery(internal.jobs.checking.sumsOfEvents, { ...at, cursor });
  });
  for await (const page of events) page.sums.forEach(add);
  for (const dimension of DIMENSIONS) {
    const counted = pagesOf(async (cursor) => {
      return await ctx.runQuery(internal.jobs.checking.keysCounted, { ...at, dimension, cursor });
    });
    for await (const { keys } of counted) {
      for (const key of keys) add({ dimension, key, sums: NO_SUMS });
    }
  }
  return sums;
}
