/** Money: the ledger and its sums. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vAttemptKind,
  vAttemptStatus,
  vCostEventKind,
  vCostFee,
  vCostLine,
  vCostModifier,
  vCostSource,
  vDimension,
  vModelUsage,
  vPeriodUnit,
  vProvider,
  vReconciliation,
  vSums,
  vWideSums,
  vUsage,
} from "../validators";

export const moneyTables = {
  // The ledger: one row per billed upstream attempt, unique by `attemptId`, adjustment rows that make of what was booked
  // what is true (a late report, a correction, other prices), and what callers report. Written by `model/costs/` in one transaction with every sum
  // it is part of; read by reports. Append-only, until retention draws old rows together: then a summary of
  // the agent, model and day has the sums of the rows that it replaces.
  cost_events: defineTable({
    tenantId: v.id("tenants"),
    attemptId: v.string(), // of an adjustment: "adjusted/1/" and so on, and that of the attempt
    kind: vCostEventKind,
    adjusts: v.optional(v.string()), // of an adjustment: the attempt's `attemptId`
    reason: v.optional(v.string()), // of an adjustment: what the person gave who made it
    eventCount: v.optional(v.number()), // of a summary: how many rows it stands for
    agentId: v.id("agents"),
    sessionId: v.optional(v.id("sessions")),
    messageId: v.optional(v.id("messages")),
    userId: v.optional(v.id("users")), // who sent the message
    keyId: v.optional(v.id("api_keys")), // with which key
    runId: v.optional(v.id("runs")),
    stepId: v.optional(v.id("run_steps")),
    channel: v.optional(v.string()),
    endpoint: v.optional(v.string()), // of a reported one: what was called

    attemptKind: vAttemptKind,
    status: vAttemptStatus,
    provider: vProvider,
    model: v.string(), // as requested
    modelKey: v.optional(v.string()), // that it is summed by, whichever of its names was asked for
    servedModel: v.optional(v.string()), // as priced, when the provider said so
    requestedTier: v.optional(v.string()), // holds where it is not said what was served
    servedTier: v.optional(v.string()),
    servedSpeed: v.optional(v.string()),
    servedRegion: v.optional(v.string()),
    providerRequestId: v.optional(v.string()),
    providerMessageId: v.optional(v.string()),

    usage: vUsage, // of an adjustment: what is added, and may be negative
    otherUsage: v.optional(v.array(vModelUsage)), // what of it was another model's
    usageSource: vCostSource,
    reconciliation: vReconciliation,
    notes: v.array(v.string()), // what did not fit, and what the price book had to assume
    rawUsage: v.optional(v.string()),

    lines: v.array(vCostLine), // tokens by class
    fees: v.array(vCostFee), // uses of the provider's own tools
    modifiers: v.array(vCostModifier), // factors on the lines
    tierApplied: v.object({
      serviceTier: v.string(),
      longContextTokens: v.union(v.number(), v.null()),
    }),
    unpriced: v.array(v.string()), // used and without any price: unless empty, the total is a lower bound
    unpricedChange: v.optional(v.number()), // of an adjustment: -1 if everything of its attempt has a price now; of a summary, of how many rows not
    inputCostPico: v.int64(),
    outputCostPico: v.int64(),
    feesPico: v.int64(),
    totalCostPico: v.int64(), // the sum of the three
    reportedCostPico: v.optional(v.int64()), // what the provider itself says; ours stands, unless we know no price
    currency: v.literal("usd"),
    priceVersion: v.union(v.string(), v.null()), // null: the model is not in the price book

    startedAtMs: v.number(), // chooses the price
    firstChunkAtMs: v.optional(v.number()),
    endedAtMs: v.optional(v.number()),
    timestamp: v.number(), // the moment that it counts for: when the attempt began, however late it was booked
    period: v.string(), // the hour, in the tenant's time zone, that it counts for; of a summary, the day
  })
    .index("by_attempt", ["tenantId", "attemptId"])
    .index("by_adjusted", ["tenantId", "adjusts"])
    .index("by_run", ["tenantId", "runId", "timestamp"])
    .index("by_tenant_and_timestamp", ["tenantId", "timestamp"])
    .index("by_kind", ["tenantId", "kind", "timestamp"]) // for retention
    // What a sum is of: by the period that it counts for, as roll-ups have it, and within that by time.
    .index("by_period", ["tenantId", "period", "timestamp"])
    .index("by_agent", ["tenantId", "agentId", "period", "timestamp"]) // the seeds' by_agent_and_timestamp, too
    .index("by_session", ["tenantId", "sessionId", "period", "timestamp"])
    .index("by_user", ["tenantId", "userId", "period", "timestamp"])
    .index("by_key", ["tenantId", "keyId", "period", "timestamp"])
    .index("by_channel", ["tenantId", "channel", "period", "timestamp"])
    .index("by_provider", ["tenantId", "provider", "period", "timestamp"])
    .index("by_model", ["tenantId", "modelKey", "period", "timestamp"]),

  // What one transaction adds to the tenant's sums. Inserted by `model/rollups/tallies.ts` in the transaction of what
  // is counted; drawn into roll-ups and deleted by `model/rollups/fold.ts` a few seconds later; readers of sums add
  // those that are left.
  tallies: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    sessionId: v.optional(v.id("sessions")),
    userId: v.optional(v.id("users")),
    keyId: v.optional(v.id("api_keys")),
    channel: v.optional(v.string()),
    model: v.optional(v.object({ provider: vProvider, model: v.string() })), // that was called
    atMs: v.number(), // when it was written
    period: v.string(), // the hour, in the tenant's time zone, that it counts for
    sums: vSums,
    retryAtMs: v.optional(v.number()), // it could not be folded, and is tried again then
  })
    .index("by_tenant", ["tenantId", "atMs"])
    .index("by_fold_time", ["retryAtMs", "atMs"]), // for the fold, over all tenants

  // Sums over the tenant's work, by what (`dimension`, `key`) and when (`unit`, `period`; in the tenant's time zone). Written by
  // `model/rollups/fold.ts` alone, read by summaries together with the open tallies. Kept like the ledger.
  rollups: defineTable({
    tenantId: v.id("tenants"),
    dimension: vDimension,
    key: v.string(), // "" for the tenant, an id, a channel, a provider, or "provider/model"
    unit: vPeriodUnit,
    period: v.string(), // "", "2026-11", "2026-11-20" or "2026-11-20T13", as in `src/core/periods.ts`
    ...vWideSums.fields,
    lastActiveAt: v.number(),
  })
    .index("by_key", ["tenantId", "dimension", "key", "unit", "period"])
    .index("by_cost", [
      "tenantId",
      "dimension",
      "unit",
      "period",
      "carries.totalCostPico",
      "totalCostPico",
    ])
    .index("by_last_active", ["tenantId", "dimension", "unit", "lastActiveAt"]),
};
