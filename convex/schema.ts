/**
 * All tables. Each says who writes it, who reads it and how its rows end.
 *
 * `tenantId` is the first field of every tenant table's indexes and never changes on a row. The
 * exceptions are marked: they find a person before any tenant is known, or serve a sweeper.
 *
 * **Contention.** Convex retries a mutation that lost a race four times and then fails it, so nothing
 * that many runs write at once is one row. A run, its steps and its messages are written by the one
 * worker that holds its lease, and a session has one run at a time; what all runs of a tenant add to,
 * `tenant_totals`, is spread over `TOTALS_SHARDS` rows per sum. Nobody writes `tenants`, `users`,
 * `memberships` or `agents` on the way of a run, although every call reads them.
 *
 * Money is `v.int64()` in picoUSD (1e-12 USD) and its field's name ends in `Pico`.
 */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vAgentStatus,
  vAttempt,
  vAttemptKind,
  vAttemptStatus,
  vChunkPart,
  vConsensusStrategy,
  vCostFee,
  vCostLine,
  vCostModifier,
  vFinishReason,
  vMessageRole,
  vMessageStatus,
  vMetadata,
  vPlan,
  vProvider,
  vReasoning,
  vReconciliation,
  vRole,
  vRunState,
  vSessionStatus,
  vStepStatus,
  vTenantStatus,
  vTokenTotals,
  vUsage,
  vUsageSource,
  vUserStatus,
} from "./validators";

export default defineSchema({
  // ── Who ────────────────────────────────────────────────────────────────────────────────────────

  // One row per customer. Written by set-up and administration, and by agent mutations (`agentCounts`);
  // read by every call through `requireScope`. Deleting sets `status`; the row stays for its ledger.
  tenants: defineTable({
    name: v.string(),
    slug: v.string(), // unique, URL-safe
    status: vTenantStatus,
    plan: vPlan,
    maxAgents: v.number(), // active and paused ones
    maxMonthlyTokens: v.number(),
    maxStorageGB: v.number(),
    monthlyBudgetPico: v.optional(v.int64()),
    billingEmail: v.string(),
    stripeCustomerId: v.optional(v.string()),
    // Kept beside the limit it is checked against, because counting would read every agent's prompt.
    agentCounts: v.object({ active: v.number(), paused: v.number(), archived: v.number() }),
    metadata: v.optional(vMetadata),
    createdAt: v.number(),
    updatedAt: v.number(),
    deletedAt: v.optional(v.number()),
  })
    .index("by_slug", ["slug"])
    .index("by_status", ["status"])
    .index("by_stripe_customer", ["stripeCustomerId"]),

  // One row per person, across tenants. Written by set-up and sign-up, read by `requireScope`.
  // Suspended, never deleted: messages and agents name their makers.
  users: defineTable({
    name: v.string(),
    email: v.optional(v.string()),
    status: vUserStatus,
    defaultTenantId: v.optional(v.id("tenants")), // where calls without `tenantId` go
    createdAt: v.number(),
    updatedAt: v.number(),
  }).index("by_email", ["email"]),

  // A way for a person to sign in: one row per account at an issuer. Written by set-up and sign-up,
  // read by `requireScope`. Deleted when the person unlinks it. Not a tenant's: found before any is known.
  identities: defineTable({
    tokenIdentifier: v.string(), // unique; Convex makes it of issuer and subject
    issuer: v.string(),
    subject: v.string(),
    userId: v.id("users"),
    createdAt: v.number(),
  })
    .index("by_token_identifier", ["tokenIdentifier"])
    .index("by_user", ["userId"]),

  // Who may act for a tenant, and as what: the only source of permissions. Written by set-up and
  // invitations, read by `requireScope`. Deleted when the person leaves.
  memberships: defineTable({
    tenantId: v.id("tenants"),
    userId: v.id("users"),
    role: vRole,
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_tenant_and_user", ["tenantId", "userId"])
    .index("by_user", ["userId"]), // a person's tenants, before any is chosen

  // ── Agents and conversations ───────────────────────────────────────────────────────────────────

  // Written by agent mutations, read by lists and by each run when it starts. Archived, never deleted:
  // runs and costs keep naming the agent that made them.
  agents: defineTable({
    tenantId: v.id("tenants"),
    name: v.string(),
    description: v.optional(v.string()),
    status: vAgentStatus,
    model: v.string(),
    provider: vProvider,
    systemPrompt: v.string(),
    temperature: v.optional(v.number()), // absent: the provider's default; new models refuse any
    maxTokens: v.number(), // of one reply
    mode: v.string(), // "focus", "creative", "research" or a mode of the tenant's own
    skills: v.array(v.string()),
    channels: v.array(v.string()),
    maxCostPerMessagePico: v.optional(v.int64()),
    monthlyBudgetPico: v.optional(v.int64()),
    consensusEnabled: v.boolean(),
    consensusModels: v.optional(v.array(v.string())),
    consensusStrategy: v.optional(vConsensusStrategy),
    metadata: v.optional(vMetadata),
    searchText: v.string(), // name and description, for `search_text`
    createdBy: v.id("users"),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_tenant_and_status", ["tenantId", "status", "createdAt"])
    .searchIndex("search_text", {
      searchField: "searchText",
      filterFields: ["tenantId", "status"],
    }),

  // A conversation with an agent. Written when it is opened, by each send and by the end of each run
  // (one at a time per session, so that its counters may live here); read by lists and by sends.
  // Completed or abandoned, not deleted.
  sessions: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    userId: v.optional(v.id("users")), // absent: an anonymous visitor
    externalId: v.optional(v.string()), // the caller's own name for it, unique per agent
    status: vSessionStatus,
    title: v.optional(v.string()),
    metadata: v.optional(vMetadata),
    source: v.optional(v.string()), // "web-chat", "telegram", "api"
    messageCount: v.number(),
    totalCostPico: v.int64(),
    totalTokens: v.number(),
    turnCount: v.number(), // turns begun; the next send gets this number
    activeRunId: v.optional(v.id("runs")), // the run whose turn it is; later ones wait for it
    createdAt: v.number(),
    lastActivityAt: v.number(),
    completedAt: v.optional(v.number()),
  })
    .index("by_last_activity", ["tenantId", "lastActivityAt"])
    .index("by_agent", ["tenantId", "agentId", "lastActivityAt"])
    .index("by_tenant_and_status", ["tenantId", "status", "lastActivityAt"])
    .index("by_agent_and_status", ["tenantId", "agentId", "status", "lastActivityAt"])
    .index("by_agent_and_external_id", ["tenantId", "agentId", "externalId"]),

  // What was said. The user's are written by send, once. The assistant's are begun by a run's first
  // attempt (`streaming`, empty) and completed by the worker that holds the lease, or by the reaper.
  // Read by lists and as the context of later runs. They end with their session.
  messages: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    sessionId: v.id("sessions"),
    runId: v.optional(v.id("runs")), // the run it belongs to: asked by it, or answered with it
    turn: v.number(), // messages are in order of (turn, position), whatever their times are
    position: v.number(), // 0 is the user's
    role: vMessageRole,
    content: v.string(),
    status: vMessageStatus,
    error: v.optional(v.string()), // why it was interrupted, for people
    channel: v.optional(v.string()),
    model: v.optional(v.string()),
    provider: v.optional(vProvider),
    usage: v.optional(vTokenTotals), // of all attempts at this message
    costPico: v.optional(v.int64()), // likewise: the sum of the cost events that name it
    reasoning: v.optional(vReasoning),
    responseTimeMs: v.optional(v.number()), // from the run's first attempt to the end
    createdAt: v.number(),
    completedAt: v.optional(v.number()),
    chunksExpireAtMs: v.optional(v.number()), // set at its end, until its chunks are deleted
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_session", ["tenantId", "sessionId", "turn", "position"])
    .index("by_agent", ["tenantId", "agentId", "createdAt"])
    .index("by_chunks_expiry", ["chunksExpireAtMs"]), // for the sweeper, over all tenants

  // A streamed piece of a message: one row per flush, appended by the worker that holds the lease,
  // read by followers with a cursor. Swept a while after the message ended; its text is in the message.
  message_chunks: defineTable({
    tenantId: v.id("tenants"),
    runId: v.id("runs"),
    messageId: v.id("messages"),
    seq: v.number(), // from 0, growing over the whole run, without gaps
    parts: v.array(vChunkPart),
  }).index("by_message", ["tenantId", "messageId", "seq"]),

  // ── Work ───────────────────────────────────────────────────────────────────────────────────────

  // One turn of an agent: from a user's message to its terminal state. Written by send, then only
  // through `nextRunState` by its worker, by cancel and by the reaper. Kept as long as its session.
  runs: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    sessionId: v.id("sessions"),
    userId: v.optional(v.id("users")),
    turn: v.number(),
    state: vRunState,
    userMessageId: v.id("messages"),
    messageId: v.optional(v.id("messages")), // the reply being written, or the last one written
    messageCount: v.number(), // messages of this turn so far; the next one's position
    chunkCount: v.number(), // chunks of messages that ended; the next attempt's seq starts here
    idempotencyKey: v.optional(v.string()), // unique per tenant
    channel: v.optional(v.string()), // the session's source
    opensSession: v.boolean(), // sent without a session: part of what the key stands for
    model: v.optional(v.string()), // as the last attempt called it
    provider: v.optional(vProvider),
    totalCostPico: v.int64(),
    totalTokens: v.number(),
    createdAt: v.number(),
    startedAt: v.optional(v.number()),
    // The reaper looks at the run when this has passed: its lease ran out, or its wake-up was lost.
    // Absent while it waits for its turn, for a person, or for nothing any more.
    reapAtMs: v.optional(v.number()),
    wakeJobId: v.optional(v.id("_scheduled_functions")), // the job that is to claim it next
  })
    .index("by_session", ["tenantId", "sessionId", "turn"])
    .index("by_session_and_state", ["tenantId", "sessionId", "state.kind", "turn"])
    .index("by_idempotency_key", ["tenantId", "idempotencyKey"])
    .index("by_reap_time", ["reapAtMs"]), // for the reaper, over all tenants

  // One model call (later also tool call) of a run with all its upstream attempts. Written by the run's
  // worker and reaper, read by people who want to know what happened. Kept as long as the run.
  run_steps: defineTable({
    tenantId: v.id("tenants"),
    runId: v.id("runs"),
    index: v.number(),
    kind: v.literal("model_call"),
    status: vStepStatus,
    provider: vProvider,
    model: v.string(),
    attempts: v.array(vAttempt), // at most RETRY_POLICY.attemptsMax and one per lost lease
    finishReason: v.optional(vFinishReason),
    warnings: v.optional(v.array(v.string())), // settings that the model does not take
    totalCostPico: v.int64(),
    totalTokens: v.number(),
    startedAt: v.number(),
    endedAt: v.optional(v.number()),
  }).index("by_run", ["tenantId", "runId", "index"]),

  // ── Money ──────────────────────────────────────────────────────────────────────────────────────

  // The ledger: one row per billed upstream attempt, unique by `attemptId`, and adjustment rows for
  // estimates that the truth came in for. Written by `model/costs.ts` in one transaction with every sum
  // it is part of; read by reports. Append-only: never patched, never deleted.
  cost_events: defineTable({
    tenantId: v.id("tenants"),
    attemptId: v.string(), // of an adjustment: that of the attempt, with "/adjusted"
    kind: v.union(v.literal("attempt"), v.literal("adjustment")),
    agentId: v.id("agents"),
    sessionId: v.optional(v.id("sessions")),
    messageId: v.optional(v.id("messages")),
    runId: v.optional(v.id("runs")),
    stepId: v.optional(v.id("run_steps")),
    channel: v.optional(v.string()),

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
    usageSource: vUsageSource,
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
    .index("by_agent", ["tenantId", "agentId", "timestamp"])
    .index("by_session", ["tenantId", "sessionId", "timestamp"])
    .index("by_run", ["tenantId", "runId", "timestamp"])
    .index("by_tenant_and_timestamp", ["tenantId", "timestamp"])
    .index("by_model", ["tenantId", "model", "timestamp"]),

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
    .index("by_period", ["tenantId", "dimension", "period"]),
});
