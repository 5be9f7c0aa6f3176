/** Writing the ledger from outside, and keeping it small. Runs book what they cost by themselves. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Cleanup from "../model/costs/cleanup";
import * as Corrections from "../model/costs/corrections";
import * as Reported from "../model/costs/reported";
import * as Rerate from "../model/costs/rerate";

/**
 * Books what a call made elsewhere has cost, and returns the event's id: it counts in the sums of the tenant, agent,
 * model, and of the session and message if they are given (`conversationId` is a message's id). Amounts are USD, as a
 * number or a decimal with at most 12 places. With an `idempotencyKey` it is safe to repeat. Needs `costs:write`.
 *
 * @param totalTokens, totalCost - Only held against the sum of their parts.
 * @param responseTime - In milliseconds.
 *
 * @throws not_found - The agent, session or message does not exist or is another tenant's.
 * @throws invalid_argument - A count is no whole number, an amount no amount, the sum more than 1,000,000 USD, a total
 *   not the sum of its parts, or the session or message another agent's.
 * @throws idempotency_key_reused - The key came before with another report.
 */
export const create = mutation({
  args: { ...caller, ...Reported.vReportedCost.fields },
  returns: v.id("cost_events"),
  handler: async (ctx, { tenantId, apiKey, ...cost }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:write" });
    return await Reported.report(ctx, scope, { cost, nowMs: Date.now() });
  },
});

/**
 * Draws the events that were booked before a moment (milliseconds since 1970) together into one row per agent, model
 * and day. No sum changes: neither a roll-up nor that of the ledger. What a single call cost is not to be had any
 * more. Some are done at once and counted, the rest follows in the background. Needs `costs:delete`.
 *
 * @throws invalid_argument - The moment is less than 30 days ago.
 */
export const cleanup = mutation({
  args: { ...caller, before: v.number() },
  returns: v.object({ summarizedCount: v.number(), isDone: v.boolean() }),
  handler: async (ctx, { tenantId, apiKey, before: beforeMs }): Promise<Cleanup.Cleaned> => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:delete" });
    return await Cleanup.cleanup(ctx, scope, { beforeMs, nowMs: Date.now() });
  },
});

/**
 * Makes of what was booked for an attempt (`id`, of its event) what is true of it, for a reason that is kept: either what
 * was used (`tokens` by class and `toolUnits`, priced as of the call's beginning; of `servedModel`, if another one
 * answered), or what it came to on the provider's bill (`totalCost`, USD). No row changes: the difference is a row of its
 * own, in the period of the attempt and in all its sums. Both are the whole truth and nothing to add, so it is safe to
 * repeat. An attempt may be corrected several times. Needs `costs:manage`.
 *
 * That fewer tokens were used than count against the plan only the deployment's operators say
 * (`jobs/tenants:correctCost`), but for what callers have reported themselves.
 *
 * @throws not_found - The event does not exist, was drawn into a summary, or is another tenant's.
 * @throws invalid_argument - It is no attempt, neither or both of usage and amount are given, a count is no whole number
 *   from 0 to 100,000,000, the amount none from 0 to 1,000,000 USD, or the reason blank.
 * @throws limit_reached - The attempt has 100 adjustments.
 * @throws conflict - Fewer tokens would count against the plan.
 */
export const correct = mutation({
  args: { ...caller, ...Corrections.vCorrection.fields },
  returns: Corrections.vCorrected,
  handler: async (ctx, { tenantId, apiKey, ...correction }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:manage" });
    return await Corrections.correct(ctx, scope, { correction, nowMs: Date.now() });
  },
});

/**
 * Prices what began from one moment on and before another (milliseconds since 1970) anew: by the tenant's own prices and
 * the price book as they are now, for the moments at which the calls began. Differences are rows of their own; amounts
 * of callers, of bills and of lost calls stay. Some are done at once and counted, the rest follows in the background;
 * asking again takes up what was interrupted, and does nothing twice. Needs `costs:manage`.
 *
 * @throws invalid_argument - The period ends before it begins, or a moment is none.
 */
export const rerate = mutation({
  args: { ...caller, from: v.number(), to: v.number() },
  returns: v.object({
    examinedCount: v.number(),
    adjustedCount: v.number(),
    isDone: v.boolean(),
  }),
  handler: async (ctx, { tenantId, apiKey, from: fromMs, to: toMs }): Promise<Rerate.Rerated> => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:manage" });
    return await Rerate.rerate(ctx, scope, { period: { fromMs, toMs }, nowMs: Date.now() });
  },
});
