/** Writing the ledger from outside, and keeping it small. Runs book what they cost by themselves. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Cleanup from "../model/costs/cleanup";
import * as Reported from "../model/costs/reported";

/**
 * Books what a call made elsewhere has cost, and returns the event's id: it counts in the sums of the tenant, agent,
 * model, and of the session and message if they are given (`conversationId` is a message's id). Amounts are USD, as a
 * number or a decimal with at most 12 places. With an `idempotencyKey` it is safe to repeat. Needs `costs:write`.
 *
 * @param totalTokens, totalCost - Only held against the sum of their parts.
 * @param responseTime - In milliseconds.
 *
 * @throws not_found - The agent, session or message does not exist or is another tenant's.
 * @throws invalid_argument - A count is no whole number, an amount no amount, a total not the sum of its parts,
 *   or the session or message another agent's.
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
