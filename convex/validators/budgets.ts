/** Budgets: what is bounded, over how long, and what happens at the bound. */
import { v, type Infer } from "convex/values";
import { vProvider } from "./agents";

/** Whose spending is bounded; the names are those of roll-ups. */
export const vBudgetDimension = v.union(
  v.literal("tenant"),
  v.literal("agent"),
  v.literal("provider"),
  v.literal("model"),
  v.literal("key"),
  v.literal("user"),
);
export type BudgetDimension = Infer<typeof vBudgetDimension>;

/** Over how long; a `message` is all that an agent does for one. */
export const vBudgetWindow = v.union(
  v.literal("message"),
  v.literal("hour"),
  v.literal("day"),
  v.literal("week"),
  v.literal("month"),
  v.literal("total"),
);
export type BudgetWindow = Infer<typeof vBudgetWindow>;

/**
 * What happens to a call that does not fit: nothing (`warn`), another model is called in its place (`degrade`), it is
 * refused (`block`), or refused and its agent paused until the window ends or the limit is raised (`pause`).
 */
export const vBudgetAction = v.union(
  v.literal("warn"),
  v.literal("degrade"),
  v.literal("block"),
  v.literal("pause"),
);
export type BudgetAction = Infer<typeof vBudgetAction>;

/** Who keeps the policy: people, or the setting that it stands for. */
export const vBudgetSource = v.union(
  v.literal("manual"),
  v.literal("plan"), // the tenant's `maxMonthlyTokens`
  v.literal("tenant"), // the tenant's `monthlyBudget`
  v.literal("agent"), // an agent's `monthlyBudget`
  v.literal("agent_message"), // an agent's `maxCostPerMessage`
);
export type BudgetSource = Infer<typeof vBudgetSource>;

/**
 * `opening`: what comes is counted, what was spent before has still to be carried in. `disabled`: neither counts nor
 * bounds.
 */
export const vBudgetStatus = v.union(
  v.literal("opening"),
  v.literal("active"),
  v.literal("disabled"),
);

export const vModelName = v.object({ provider: vProvider, model: v.string() });

/** Tokens and cost, side by side: what is held, used and shared out. */
export const vSpending = v.object({ tokens: v.number(), pico: v.int64() });
export type Spending = Infer<typeof vSpending>;

/** What was spent, of any size: what `pico` does not hold is carried, as of roll-ups. */
export const vStoredSpending = v.object({ ...vSpending.fields, carry: v.optional(v.int64()) });

/** A limit; what is absent is not bounded. */
export const vLimits = v.object({ tokens: v.optional(v.number()), pico: v.optional(v.int64()) });
export type Limits = Infer<typeof vLimits>;

/** How a counter's limit is divided among its shards, as in `src/budgets/escrow.ts`. */
export const vDivision = v.object({ limit: vLimits, shardCount: v.number(), share: vLimits });

/** The part of a counter in which a reservation is held. */
export const vHold = v.object({
  policyId: v.id("budget_policies"),
  counterId: v.id("budget_counters"),
  shardId: v.id("budget_shards"),
});
export type Hold = Infer<typeof vHold>;

/**
 * `reserved` becomes `settled` with the ledger row of what it was for, `released` when nothing was used, and `expired`
 * when nobody ever said: then the whole of it is booked.
 */
export const vReservationState = v.union(
  v.literal("reserved"),
  v.literal("settled"),
  v.literal("released"),
  v.literal("expired"),
);

export const vBudgetEventKind = v.union(
  v.literal("refused"),
  v.literal("degraded"),
  v.literal("paused"),
  v.literal("resumed"),
  v.literal("alerted"),
  v.literal("increased"),
  v.literal("expired"),
);
