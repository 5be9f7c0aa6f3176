/** What doors return of budgets. Amounts are USD, as the nearest number and, with `Usd` in the name, exactly. */
import { v, type Infer } from "convex/values";
import {
  vBudgetAction,
  vBudgetDimension,
  vBudgetEventKind,
  vBudgetSource,
  vBudgetStatus,
  vBudgetWindow,
  vModelName,
} from "../validators";

/** Where a budget stands in the present period. What is not bounded has no limit. */
const vCostStanding = v.object({
  spent: v.number(),
  spentUsd: v.string(),
  reserved: v.number(), // held for calls under way: the most that they can come to
  reservedUsd: v.string(),
  limit: v.optional(v.number()), // with the increase
  limitUsd: v.optional(v.string()),
  increase: v.optional(v.number()), // granted for this period only
  increaseUsd: v.optional(v.string()),
  remaining: v.optional(v.number()), // below zero: what was under way came to more
  remainingUsd: v.optional(v.string()),
});

const vTokenStanding = v.object({
  spent: v.number(),
  reserved: v.number(),
  limit: v.optional(v.number()),
  increase: v.optional(v.number()),
  remaining: v.optional(v.number()),
});

export const vBudgetView = v.object({
  _id: v.id("budget_policies"),
  tenantId: v.id("tenants"),
  name: v.string(),
  dimension: vBudgetDimension,
  key: v.string(), // "" for the tenant, an id, a provider, or "provider/model"
  window: vBudgetWindow,
  action: vBudgetAction,
  degradeTo: v.optional(vModelName),
  alertPercents: v.array(v.number()),
  source: vBudgetSource, // other than "manual": kept by a setting, and changed there
  status: vBudgetStatus,
  period: v.string(), // in the tenant's time zone; "" for all of time, and for a message
  resetsAtMs: v.union(v.number(), v.null()), // null: never
  percent: v.number(), // spent of the limit: of cost or of tokens, whichever is further on
  cost: vCostStanding,
  tokens: vTokenStanding,
  createdBy: v.optional(v.id("users")),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type BudgetView = Infer<typeof vBudgetView>;

/** The budgets that count a call, the most specific first. */
export const vEffectiveBudgets = v.object({
  budgets: v.array(vBudgetView),
  bindingId: v.union(v.id("budget_policies"), v.null()), // of which the least is left; null: nothing bounds the call
});
export type EffectiveBudgets = Infer<typeof vEffectiveBudgets>;

/** What would become of a call. */
export const vBudgetCheck = v.object({
  ...vEffectiveBudgets.fields,
  decision: v.union(
    v.literal("allow"),
    v.literal("refuse"),
    v.literal("degrade"), // to `degradeTo`
    v.literal("wait"), // a moment: what was spent before is being carried in, or what is free divided anew
    v.literal("price_unknown"), // and a budget bounds what it costs
  ),
  byId: v.union(v.id("budget_policies"), v.null()), // whose decision it is; null: allowed
  degradeTo: v.optional(vModelName),
  requestedTokens: v.number(),
  requestedCost: v.union(v.number(), v.null()), // the most that it can come to; null: nobody knows
  requestedCostUsd: v.union(v.string(), v.null()),
});
export type BudgetCheck = Infer<typeof vBudgetCheck>;

const vAmounts = v.object({ usd: v.optional(v.string()), tokens: v.optional(v.number()) });

/** What became known of a budget. */
export const vBudgetEventView = v.object({
  _id: v.id("budget_events"),
  tenantId: v.id("tenants"),
  policyId: v.id("budget_policies"),
  budget: v.union(v.string(), v.null()), // its name now; null: it is gone
  kind: vBudgetEventKind,
  period: v.string(),
  agentId: v.optional(v.id("agents")),
  userId: v.optional(v.id("users")),
  keyId: v.optional(v.id("api_keys")),
  reservationKey: v.optional(v.string()),
  percent: v.optional(v.number()),
  limit: v.optional(vAmounts),
  spent: v.optional(vAmounts),
  reserved: v.optional(vAmounts),
  amount: v.optional(vAmounts),
  model: v.optional(vModelName),
  reason: v.optional(v.string()),
  at: v.number(),
});
export type BudgetEventView = Infer<typeof vBudgetEventView>;
