/** What `jobs/checks.ts` compares, each in one snapshot. */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "../_generated/server";
import * as Check from "../model/costs/check";
import { differencesWithin as within } from "../model/costs/checkRollups";
import * as Walk from "../model/costs/checkWalk";
import * as Budgets from "../model/budgets/check";
import { staleReservations as stale } from "../model/budgets/stale";
import { vDimension } from "../validators";

const vUnit = v.union(v.literal("hour"), v.literal("day"));
const vPeriod = { tenantId: v.id("tenants"), unit: vUnit, period: v.string() };
const vPage = { cursor: v.union(v.string(), v.null()) };
const vMore = { cursor: v.string(), isDone: v.boolean() };

/** Tenants, one at a time: whoever checks them may have to end after any of them. */
export const nextTenant = internalQuery({
  args: vPage,
  returns: v.object({ tenantId: v.union(v.id("tenants"), v.null()), ...vMore }),
  handler: async (ctx, { cursor }) => {
    const { page, ...more } = await ctx.db.query("tenants").paginate({ cursor, numItems: 1 });
    const { continueCursor, isDone } = more;
    return { tenantId: page[0]?._id ?? null, cursor: continueCursor, isDone };
  },
});

export const olderSpan = internalQuery({
  args: { tenantId: v.id("tenants"), beforeMs: v.number() },
  returns: v.union(v.object({ fromMs: v.number(), toMs: v.number() }), v.null()),
  handler: async (ctx, { tenantId, ...before }): Promise<Walk.Span | null> =>
    await Walk.olderSpan(ctx, { tenantId }, before),
});

export const noteChecked = internalMutation({
  args: { tenantId: v.id("tenants"), toMs: v.number() },
  returns: v.null(),
  handler: async (ctx, { tenantId, toMs }): Promise<null> => {
    await Walk.noteChecked(ctx, { tenantId }, { toMs, nowMs: Date.now() });
    return null;
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
  handler: async (ctx, { tenantId, ...at }) => await within(ctx, { tenantId }, at),
});

export const differencesOfBudgets = internalQuery({
  args: {
    tenantId: v.id("tenants"),
    held: v.union(v.array(Budgets.vHeld), v.null()),
    nowMs: v.number(),
    ...vPage,
  },
  returns: v.object({
    differences: v.array(Check.vDifference),
    isHeldKnown: v.boolean(),
    ...vMore,
  }),
  handler: async (ctx, { tenantId, ...at }) =>
    await Budgets.differencesOfBudgets(ctx, { tenantId }, at),
});

export const heldPage = internalQuery({
  args: { tenantId: v.id("tenants"), ...vPage },
  returns: v.object({ held: v.array(Budgets.vHeld), mark: v.string(), ...vMore }),
  handler: async (ctx, { tenantId, cursor }) => await Budgets.heldPage(ctx, { tenantId }, cursor),
});

export const staleReservations = internalQuery({
  args: { tenantId: v.id("tenants"), nowMs: v.number(), ...vPage },
  returns: v.object({ differences: v.array(Check.vDifference), ...vMore }),
  handler: async (ctx, { tenantId, ...at }) => await stale(ctx, { tenantId }, at),
});
