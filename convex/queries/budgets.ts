/** Reading budgets: where they stand, and what became known of them. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { checkedNow } from "../lib/checks";
import { caller, requireScope } from "../model/access";
import * as Effective from "../model/budgets/effective";
import * as Events from "../model/budgets/events";
import * as Policies from "../model/budgets/policies";
import { toView } from "../model/budgets/standing";
import { vBudgetDimension } from "../validators";
import { vBudgetCheck, vBudgetEventView, vBudgetView, vEffectiveBudgets } from "../views/budgets";

/** The moment that the present period is told from, as for `costs.summary`; what is none is refused as `invalid_argument`. */
const nowMs = v.optional(v.number());

/**
 * The tenant's budgets and where they stand now: limit (with what was granted on top), spent, reserved for calls under
 * way, remaining, percent, and when they are whole again. Those of one subject with `dimension` (and `key`, but for the
 * tenant's). Pages of at most 50. Needs `budgets:read`.
 *
 * @param nowMs - The moment that the present period is told from, as for `costs.summary`.
 *
 * @throws not_found - The subject does not exist or is another tenant's.
 */
export const list = query({
  args: {
    ...caller,
    dimension: v.optional(vBudgetDimension),
    key: v.optional(v.string()),
    nowMs,
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vBudgetView),
  handler: async (ctx, { tenantId, apiKey, dimension, key = "", paginationOpts, ...at }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:read" });
    const subject = dimension === undefined ? null : { dimension, key };
    const page = { subject, paginationOpts, nowMs: checkedNow(at.nowMs) };
    return await Policies.listPage(ctx, scope, page);
  },
});

/**
 * One budget, as `list` shows it. Needs `budgets:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, policyId: v.id("budget_policies"), nowMs },
  returns: vBudgetView,
  handler: async (ctx, { tenantId, apiKey, policyId, ...at }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:read" });
    const policy = await Policies.getOrFail(ctx, scope, policyId);
    return await toView(ctx, policy, checkedNow(at.nowMs));
  },
});

/**
 * Every budget that counts a call of the agent (with its own model unless another is given; of a key or user if one
 * is), the most specific first, and which one binds: of which the least is left, in proportion to its limit. Needs
 * `budgets:read`.
 *
 * @throws not_found - The agent, key or user does not exist or is another tenant's.
 */
export const effective = query({
  args: { ...caller, ...Effective.vCalling.fields, nowMs },
  returns: vEffectiveBudgets,
  handler: async (ctx, { tenantId, apiKey, nowMs: at, ...calling }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:read" });
    return await Effective.effective(ctx, scope, { calling, nowMs: checkedNow(at) });
  },
});

/**
 * What would become of a call that reads and makes at most so many tokens: allowed, refused and by which budget, or
 * made with another model. Nothing is held for it. What the agent allows for a message is its run's business and not
 * considered. Needs `budgets:read`.
 *
 * @throws not_found - The agent, key or user does not exist or is another tenant's.
 * @throws invalid_argument - A number of tokens is out of range.
 */
export const check = query({
  args: { ...caller, ...Effective.vCalling.fields, ...Effective.vEstimate.fields, nowMs },
  returns: vBudgetCheck,
  handler: async (ctx, { tenantId, apiKey, nowMs: at, promptTokens, outputTokens, ...calling }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:read" });
    const estimate = { promptTokens, outputTokens };
    return await Effective.check(ctx, scope, { calling, estimate, nowMs: checkedNow(at) });
  },
});

/**
 * What became known of the tenant's budgets, or of one: refusals, alerts, increases, pauses. The newest first, in pages
 * of at most 100; kept for 30 days. Needs `budgets:read`.
 *
 * @throws not_found - The budget does not exist or is another tenant's.
 */
export const events = query({
  args: {
    ...caller,
    policyId: v.optional(v.id("budget_policies")),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vBudgetEventView),
  handler: async (ctx, { tenantId, apiKey, policyId, paginationOpts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "budgets:read" });
    return await Events.listPage(ctx, scope, { policyId, paginationOpts });
  },
});
