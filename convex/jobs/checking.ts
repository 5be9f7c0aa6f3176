/** What `jobs/checks.ts` compares, each in one snapshot. */
import { v } from "convex/values";
import { internalQuery } from "../_generated/server";
import * as Check from "../model/costs/check";
import { differencesOfBudgets as budgetDifferences } from "../model/budgets/check";
import { vDimension } from "../validators";

const vUnit = v.union(v.literal("hour"), v.literal("day"));
const vPeriod = { tenantId: v.id("tenants"), unit: vUnit, period: v.string() };
const vPage = { cursor: v.union(v.string(), v.null()) };
const vMore = { cursor: v.string(), isDone: v.boolean() };

/** Tenants, a page at a time. */
export const tenants = internalQuery({
  args: vPage,
  returns: v.object({ tenantIds: v.array(v.id("tenants")), ...vMore }),
  handler: async (ctx, { cursor }) => {
    const { page, ...more } = await ctx.db.query("tenants").paginate({ cursor, numItems: 100 });
    const { continueCursor, isDone } = more;
    return { tenantIds: page.map(({ _id }) => _id), cursor: continueCursor, isDone };
  },
});

export const hoursBetween = internalQuery({
  args: { tenantId: v.id("tenants"), fromMs: v.number(), toMs: v.number() },
  returns: v.array(v.string()),
  handler: async (ctx, { tenantId, ...span }): Promise<string[]> =>
    await Check.hoursBetween(ctx, { tenantId }, span),
});

export const isSummarised = internalQuery({
  args: { tenantId: v.id("tenants"), day: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { tenantId, day }): Promise<boolean> =>
    await Check.isSummarised(ctx, { tenantId }, day),
});

export const markOf = internalQuery({
  args: vPeriod,
  returns: v.string(),
  handler: async (ctx, { tenantId, ...at }): Promise<string> =>
    await Check.markOf(ctx, { tenantId }, at),
});

export const sumsOfEvents = internalQuery({
  args: { ...vPeriod, ...vPage },
  returns: v.object({ sums: v.array(Check.vKeySums), ...vMore }),
  handler: async (ctx, { tenantId, ...at }) => await Check.sumsOfEvents(ctx, { tenantId }, at),
});

export const keysCounted = internalQuery({
  args: { ...vPeriod, dimension: vDimension, ...vPage },
  returns: v.object({ keys: v.array(v.string()), ...vMore }),
  handler: async (ctx, { tenantId, ...at }) => await Check.keysCounted(ctx, { tenantId }, at),
});

export const differencesFrom = internalQuery({
  args: { ...vPeriod, expected: v.array(Check.vKeySums) },
  returns: v.array(Check.vDifference),
  handler: async (ctx, { tenantId, ...at }): Promise<Check.Difference[]> =>
    await Check.differencesFrom(ctx, { tenantId }, at),
});

export const differencesWithin = internalQuery({
  args: { tenantId: v.id("tenants"), dimension: vDimension, month: v.string(), ...vPage },
  returns: v.object({ differences: v.array(Check.vDifference), ...vMore }),
  handler: async (ctx, { tenantId, ...at }) => await Check.differencesWithin(ctx, { tenantId }, at),
});

export const differencesOfBudgets = internalQuery({
  args: { tenantId: v.id("tenants"), nowMs: v.number(), ...vPage },
  returns: v.object({ differences: v.array(Check.vDifference), ...vMore }),
  handler: async (ctx, { tenantId, ...at }) => await budgetDifferences(ctx, { tenantId }, at),
});
