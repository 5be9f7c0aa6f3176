/** Setting and raising budgets: what bounds spending. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as External from "../model/budgets/external";
import * as Increases from "../model/budgets/increases";
import * as Policies from "../model/budgets/policies";
import { vBudgetChanges, vNewBudget } from "../model/budgets/policyFields";

/**
 * Bounds what the tenant, an agent, a provider, a model, an API key or a user may spend in each hour, day, ISO week, month
 * (of the tenant's time zone) or in all, in USD, in tokens or in both, and returns the budget's id. `key` is the
 * subject's id, the provider, or "provider/model". Calls that would not fit are refused (`block`, the default), refused
 * and their agent paused until the window ends or the budget is raised (`pause`; of agents and the tenant), made with
 * `degradeTo` instead (`degrade`), or just counted (`warn`). What the present window has seen already counts; until it
 * is carried in (`status` "opening", a moment) calls wait. Alerts come at 50, 75, 90 and 100 % unless
 * `alertPercents` says otherwise. Needs `budgets:write`.
 *
 * @throws not_found - The agent, key or user does not exist or is another tenant's.
 * @throws invalid_argument - A text, number or amount is out of bounds, or things do not go together.
 * @throws limit_reached - The subject has 16 budgets.
 */
export const create = mutation({
  args: { ...caller, ...vNewBudget.fields },
  returns: v.id("budget_policies"),
  handler: async (ctx, { tenantId, apiKey, ...budget }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:write" });
    return await Policies.create(ctx, scope, { budget, nowMs: Date.now() });
  },
});

/**
 * Changes what is given and leaves the rest; null takes a limit or `degradeTo` away. Subject and window stay: make
 * another budget for those. A budget that is not `enabled` neither counts nor bounds; enabled again, it counts what was
 * spent in between. Agents that it has paused are resumed. Needs `budgets:write`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - It is kept by a setting, which the reason names.
 * @throws invalid_argument - As for `create`.
 */
export const update = mutation({
  args: { ...caller, policyId: v.id("budget_policies"), ...vBudgetChanges.fields },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, policyId, ...changes }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:write" });
    await Policies.update(ctx, scope, { policyId, changes, nowMs: Date.now() });
    return null;
  },
});

/**
 * Takes a budget away. Agents that it has paused are resumed; its events stay for 30 days. Needs `budgets:write`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - It is kept by a setting, which the reason names.
 */
export const remove = mutation({
  args: { ...caller, policyId: v.id("budget_policies") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, policyId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:write" });
    await Policies.remove(ctx, scope, { policyId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Grants more for the present period of a budget, once: `amount` in USD, `amountTokens`, or both, of what it bounds. The next period
 * is as before. Of any budget, those that a setting keeps too, but not the plan's: the deployment's operators raise that.
 * Agents that it has paused are resumed. Needs `budgets:write`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws invalid_argument - Nothing is granted, or of what the budget does not bound; the reason is blank; or the limit
 *   would come to more than 9,223,372 USD.
 * @throws conflict - It is disabled, or the plan's.
 */
export const increase = mutation({
  args: { ...caller, policyId: v.id("budget_policies"), ...Increases.vIncrease.fields },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, policyId, ...more }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:write" });
    await Increases.increase(ctx, scope, { policyId, more, nowMs: Date.now() });
    return null;
  },
});

/**
 * Holds what a call that is made elsewhere may come to at most (`tokens`, and `cost` in USD) in every budget that bounds
 * it, before it is made. Settle or release it by the same `key`; after `expiresAfterMinutes` (15 unless given, at most a
 * day) all of it is booked. A refusal is returned, with a sentence that names the budget and where it stands. Needs
 * `costs:write`.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - A text, number or amount is out of bounds.
 * @throws conflict - The key was used before, whatever became of it: take a new one for each reservation.
 */
export const reserve = mutation({
  args: { ...caller, ...External.vNewReservation.fields },
  returns: External.vReserved,
  handler: async (ctx, { tenantId, apiKey, ...asked }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:write" });
    return await External.reserve(ctx, scope, { asked, nowMs: Date.now() });
  },
});

/**
 * Books what the call of a reservation has cost (USD), and gives back the rest of what was held. Of one that has expired,
 * and so was booked as a whole, the difference is booked. Needs `costs:write`.
 *
 * @throws not_found - The tenant has no reservation of that key.
 * @throws invalid_argument - A count is no whole number, an amount no amount, or their sum more than 1,000,000 USD.
 * @throws conflict - It was settled or released before; or it has expired, and what it was booked at stands in a summary
 *   alone, which nothing is taken out of.
 */
export const settle = mutation({
  args: { ...caller, ...External.vSettlement.fields },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...spent }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:write" });
    await External.settle(ctx, scope, { spent, nowMs: Date.now() });
    return null;
  },
});

/**
 * Gives back what was held for a call that was not made. Needs `costs:write`.
 *
 * @throws not_found - The tenant has no reservation of that key.
 * @throws conflict - It was settled or released before, or has expired.
 */
export const release = mutation({
  args: { ...caller, key: v.string() },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, key }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:write" });
    await External.release(ctx, scope, { key, nowMs: Date.now() });
    return null;
  },
});
