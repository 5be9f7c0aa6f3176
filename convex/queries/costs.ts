/** Reading what was spent. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Costs from "../model/costs/reports";
import { vCostEventView, vCostSummary } from "../views";

/**
 * What the tenant has spent: today, this month and in all, and this month by model, the dearest first. In
 * USD, as numbers and exactly. Days and months are those of the
 * tenant's time zone. Needs `costs:read`.
 *
 * @param nowMs - The moment that "today" is told from. A client that stays open passes it, rounded to its
 *   minute or so; without it the answer moves on to the next day only when something is spent.
 */
export const summary = query({
  args: { ...caller, nowMs: v.optional(v.number()) },
  returns: vCostSummary,
  handler: async (ctx, { tenantId, apiKey, nowMs }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Costs.summary(ctx, scope, nowMs ?? Date.now());
  },
});

/**
 * What each upstream request of a run cost, line by line, in the order in which they began: retries
 * and requests that broke off included. Amounts in USD. Needs `costs:read`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const events = query({
  args: { ...caller, runId: v.id("runs") },
  returns: v.array(vCostEventView),
  handler: async (ctx, { tenantId, apiKey, runId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Costs.eventsOfRun(ctx, scope, runId);
  },
});
