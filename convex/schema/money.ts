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
  vProvider,
  vReconciliation,
  vUsage,
} from "../validators";

export const moneyTables = {
  // The ledger: one row per billed upstream attempt, unique by `attemptId`, adjustment rows for estimates that
  // the truth came in for, and what callers report. Written by `model/costs/` in one transaction with every sum
  // it is part of; read by reports. Append-only, until retention draws old rows together: then a summary of
  // the agent, model and day has the sums of the rows that it replaces.
  cost_events: defineTable({
    tenantId: v.id("tenants"),
    attemptId: v.string(), // of an adjustment: that of the attempt, with "/adjusted"
    kind: vCostEventKind,
    eventCount: v.optional(v.number()), // of a summary: how many rows it stands for
    agentId: v.id("agents"),
    sessionId: v.optional(v.id("sessions")),
    messageId: v.optional(v.id("messages")),
    runId: v.optional(v.id("runs")),
    stepId: v.optional(v.id("run_steps")),
    channel: v.optional(v.string()),
    endpoint: v.optional(v.string()), // of a reported one: what was called

    attemptKind: vAttemptKind,
    status: vAttemptStatus,
    provider: vProvider,
    model: v.string(), // as requested
    servedModel: v.optional(v.string()), // as priced, when the provider said so
    servedTier: v.optional(v.string()),
    servedSpeed: v.optional(v.string()),
    servedRegion: v.optional(v.string()),
    providerRequestId: v.optional(v.string()),
    providerMessageId: v.optional(v.string()),

    usage: vUsage, // of an adjustment: what is added, and may be negative
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
    inputCostPico: v.int64(),
    outputCostPico: v.int64(),
    feesPico: v.int64(),
    totalCostPico: v.int64(), // the sum of the three
    currency: v.literal("usd"),
    priceVersion: v.union(v.string(), v.null()), // null: the model is not in the price book

    startedAtMs: v.number(), // chooses the price
    firstChunkAtMs: v.optional(v.number()),
    endedAtMs: v.optional(v.number()),
    timestamp: v.number(), // when it was booked: the day and month that it counts for
  })
    .index("by_attempt", ["tenantId", "attemptId"])
    .index("by_agent", ["tenantId", "agentId", "timestamp"]) // the seeds' by_agent_and_timestamp, too
    .index("by_session", ["tenantId", "sessionId", "timestamp"])
    .index("by_run", ["tenantId", "runId", "timestamp"])
    .index("by_tenant_and_timestamp", ["tenantId", "timestamp"])
    .index("by_kind", ["tenantId", "kind", "timestamp"]) // for retention
    .index("by_model", ["tenantId", "model", "timestamp"])
    .index("by_provider", ["tenantId", "provider", "timestamp"]),

  // Sums over the tenant's work, by what (`dimension`, `key`) and when (`period`). Each sum is the total
  // over its shards: a writer adds to one shard drawn at random, so that runs which end together rarely
  // meet, and one that lost the race draws again when Convex retries it. Written by `model/totals.ts` in
  // the transaction of what is counted, read by summaries. Kept like the ledger.
  tenant_totals: defineTable({
    tenantId: v.id("tenants"),
    dimension: v.union(v.literal("tenant"), v.literal("agent"), v.literal("model")),
    key: v.string(), // "" for the tenant, the agent's id, or "provider/model"
    period: v.string(), // "total", a month "2026-11" or a day "2026-11-20"; UTC
    shard: v.number(),
    sessions: v.number(), // opened
    messages: v.number(), // said, by anyone
    runs: v.number(), // ended
    costEvents: v.number(),
    promptTokens: v.number(),
    completionTokens: v.number(),
    inputCostPico: v.int64(),
    outputCostPico: v.int64(),
    feesPico: v.int64(),
    totalCostPico: v.int64(),
    lastActiveAt: v.number(),
  })
    .index("by_key", ["tenantId", "dimension", "key", "period", "shard"])
    .index("by_last_active", ["tenantId", "dimension", "period", "lastActiveAt"]),
};
