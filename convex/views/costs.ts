/** What was spent, as doors show it: amounts as numbers under the seeds' names, exactly as decimal texts beside them. */
import { paginationResultValidator } from "convex/server";
import { v, type Infer } from "convex/values";
import { vDimension, vPeriodUnit, vUsage } from "../validators";
import { vCostEventView } from "../views";

/** What was spent, on what. `costPico` is a whole number of 10^-12 USD, as a text. */
export const vSpend = v.object({
  costUsd: v.string(),
  costPico: v.string(),
  inputCostUsd: v.string(),
  outputCostUsd: v.string(),
  feesUsd: v.string(),
  promptTokens: v.number(),
  completionTokens: v.number(),
  costEvents: v.number(),
  unpricedEvents: v.number(), // with something in them that has no known price: their cost is a lower bound
});
export type Spend = Infer<typeof vSpend>;

/** Null, unless more is booked at the moment than can be added up: then what came since this moment is not all in it. */
const vCountedUntil = v.union(v.number(), v.null());

const vForecast = v.object({
  cost: v.number(),
  costUsd: v.string(),
  elapsedMs: v.number(), // of the month, in which the month's cost so far was spent
  monthMs: v.number(),
});
export type Forecast = Infer<typeof vForecast>;

export const vCostSummary = v.object({
  today: v.number(),
  month: v.number(),
  total: v.number(),
  /** This month's dearest, at most 100; the rest is in `queries.costs.byModel`. */
  modelBreakdown: v.array(
    v.object({
      model: v.string(),
      provider: v.string(),
      cost: v.number(),
      ...vSpend.fields,
    }),
  ),
  /** The first three, exactly and with what they were for. */
  exact: v.object({ today: vSpend, month: vSpend, total: vSpend }),
  /** Which days and months these are. */
  periods: v.object({ today: v.string(), month: v.string(), timeZone: v.string() }),
  /** This month's cost if the rest of it goes on as it went so far on average; null on the month's first day. */
  forecast: v.union(vForecast, v.null()),
  /** What of this month has no known price, by model. */
  unpricedModels: v.array(
    v.object({ provider: v.string(), model: v.string(), unpricedEvents: v.number() }),
  ),
  countedUntil: vCountedUntil,
});
export type CostSummary = Infer<typeof vCostSummary>;

/** What one key of a dimension spent. */
export const vSpender = v.object({
  key: v.string(), // an id, a channel, a provider, or "provider/model"
  name: v.optional(v.string()), // of an agent, session, user or key that is still there
  cost: v.number(),
  ...vSpend.fields,
  share: v.union(v.number(), v.null()), // of the whole, from 0 to 1; null where the whole is nothing
  lastActiveAt: v.number(),
});
export type Spender = Infer<typeof vSpender>;

export const vSpenders = v.object({
  ...paginationResultValidator(vSpender).fields,
  unit: vPeriodUnit,
  period: v.string(),
  whole: vSpend, // the tenant's
  countedUntil: vCountedUntil,
});
export type Spenders = Infer<typeof vSpenders>;

export const vCostHistory = v.object({
  dimension: vDimension,
  key: v.string(),
  unit: vPeriodUnit,
  timeZone: v.string(),
  /** One for each period of the range, in order; where nothing was spent, with zeros. */
  points: v.array(v.object({ period: v.string(), cost: v.number(), ...vSpend.fields })),
  whole: vSpend, // of all points
  countedUntil: vCountedUntil,
});
export type CostHistory = Infer<typeof vCostHistory>;

/** All that is known of a row of the ledger. Times are milliseconds since 1970. */
export const vCostEventDetail = v.object({
  ...vCostEventView.fields,
  usage: vUsage, // by class; of an adjustment, what is added
  modifiers: v.array(v.object({ name: v.string(), factor: v.string() })), // on the lines, such as "11/10"
  tierApplied: v.object({
    serviceTier: v.string(),
    longContextTokens: v.union(v.number(), v.null()),
  }),
  feesUsd: v.string(),
  endpoint: v.optional(v.string()),
  stepId: v.optional(v.id("run_steps")),
  requestedTier: v.optional(v.string()),
  servedTier: v.optional(v.string()),
  servedSpeed: v.optional(v.string()),
  servedRegion: v.optional(v.string()),
  providerRequestId: v.optional(v.string()),
  providerMessageId: v.optional(v.string()),
  rawUsage: v.optional(v.string()), // the provider's own words, as JSON
  startedAt: v.number(), // chooses the price
  firstChunkAt: v.optional(v.number()),
  endedAt: v.optional(v.number()),
  adjustments: v.array(vCostEventView), // of an attempt, in the order in which they were made
  /** What it came to, with them. */
  standing: v.object({
    totalCost: v.number(),
    totalCostUsd: v.string(),
    totalCostPico: v.string(),
  }),
});
export type CostEventDetail = Infer<typeof vCostEventDetail>;
