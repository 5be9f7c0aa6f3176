/** Work: the runs that answer messages, step by step. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vApprovalState,
  vApprovingRole,
  vAttempt,
  vBallot,
  vConsensusPlan,
  vFallbackModel,
  vFinishReason,
  vGiven,
  vGivenSizes,
  vProvider,
  vRequestSettings,
  vRunState,
  vStepKind,
  vStepStatus,
} from "../validators";

export const workTables = {
  // One turn of an agent: from a user's message to its terminal state. Written by send, then only
  // through `nextRunState` by its worker, by cancel and by the reaper. Kept as long as its session.
  runs: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    sessionId: v.id("sessions"),
    userId: v.optional(v.id("users")),
    keyId: v.optional(v.id("api_keys")), // that it was sent with
    turn: v.number(),
    state: vRunState,
    userMessageId: v.id("messages"),
    messageId: v.optional(v.id("messages")), // the reply being written, or the last one written
    messageCount: v.number(), // messages of this turn so far; the next one's position
    chunkCount: v.number(), // chunks of messages that ended; the next attempt's seq starts here
    idempotencyKey: v.optional(v.string()), // unique per tenant
    isAttended: v.optional(v.literal(true)), // driven by whoever waits for the answer: it is made for nobody else
    requestId: v.optional(v.id("run_requests")), // what its caller brought; the row may be gone once the run has ended
    channel: v.optional(v.string()), // the session's source
    opensSession: v.boolean(), // sent without a session: part of what the key stands for
    model: v.optional(v.string()), // as the last attempt called it
    provider: v.optional(vProvider),
    totalCostPico: v.int64(),
    totalCostCarry: v.optional(v.int64()), // what that does not hold
    totalTokens: v.number(),
    createdAt: v.number(),
    startedAt: v.optional(v.number()),
    waitedMs: v.optional(v.number()), // for people to approve; not the run's own time
    // The reaper looks at the run when this has passed: its lease ran out, or its wake-up was lost.
    // Absent while it waits for its turn, for a person, or for nothing any more.
    reapAtMs: v.optional(v.number()),
    refusedById: v.optional(v.id("budget_policies")), // the budget that it failed by; that may be gone
    wakeJobId: v.optional(v.id("_scheduled_functions")), // the job that is to claim it next
  })
    .index("by_session", ["tenantId", "sessionId", "turn"])
    .index("by_session_and_state", ["tenantId", "sessionId", "state.kind", "turn"])
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_tenant_and_state", ["tenantId", "state.kind", "createdAt"])
    .index("by_idempotency_key", ["tenantId", "idempotencyKey"])
    .index("by_reap_time", ["reapAtMs"]) // for the reaper, over all tenants
    .index("by_end_time", ["state.endedAtMs"]), // for the export of traces, over all tenants

  // What a caller of the compatible API brought with a run: a whole conversation, which models read in place of the
  // session's, tools of the caller's own and settings. Written with the run, read by its workers. It ends with the run,
  // unless a later request may go on from it: then it is kept as long as the run.
  run_requests: defineTable({
    tenantId: v.id("tenants"),
    runId: v.id("runs"),
    model: v.optional(vFallbackModel), // called in place of the agent's, and nothing of the agent's said before it
    given: vGiven,
    sizes: vGivenSizes,
    toolNames: v.array(v.string()), // of the caller's tools: who answers their calls is the caller
    settings: vRequestSettings,
    isKept: v.boolean(),
    echo: v.optional(v.string()), // of one that is kept, what its answer says again of it; JSON
    // It asks for JSON, and the agent has tools: what replies say before the last is no part of its answer.
    tellsLastReplyOnly: v.optional(v.literal(true)),
  }).index("by_run", ["tenantId", "runId"]),

  // A tool call that a person must let through. Written when a run comes to it, then by whoever decides, by its expiry
  // or by the run's cancellation; read by those who may decide. What was decided stays, as long as the run does.
  approvals: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    sessionId: v.id("sessions"),
    runId: v.id("runs"),
    messageId: v.id("messages"), // the reply that asks for the call
    toolCallId: v.string(), // as in the reply; whatever its provider made it, unique in the reply only
    toolName: v.string(),
    argumentsJson: v.string(), // whole: nobody can approve what they cannot see
    role: vApprovingRole, // who may decide: this role, or one above it
    state: vApprovalState,
    expiresAtMs: v.optional(v.number()), // absent once it is decided
    createdAt: v.number(),
    decidedBy: v.optional(v.id("users")),
    decidedAt: v.optional(v.number()),
    comment: v.optional(v.string()), // whoever decided says why; the model is told
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_state", ["tenantId", "state", "createdAt"])
    .index("by_run", ["tenantId", "runId", "state"])
    .index("by_message", ["tenantId", "messageId", "toolCallId"])
    .index("by_expiry", ["expiresAtMs"]), // for the sweeper, over all tenants

  // One model call of a run with all its upstream attempts, votes of several models, one tool call that a model asked
  // for, or a summary of what was said before; what a call asked and was told stands in the message. Written by the run's worker and reaper, read by people who want to
  // know what happened. Kept as long as the run.
  run_steps: defineTable({
    tenantId: v.id("tenants"),
    runId: v.id("runs"),
    index: v.number(),
    kind: vStepKind,
    parentStepId: v.optional(v.id("run_steps")), // the step that it is a part of
    toolCall: v.optional(v.object({ toolCallId: v.string(), name: v.string() })),
    plan: v.optional(vConsensusPlan), // of a `consensus`
    ballot: v.optional(vBallot), // of a model call that is a vote: a part of a `consensus`
    groups: v.optional(v.array(v.number())), // of the judge's call: of which each answer is, in the models' order
    compactsUpToTurn: v.optional(v.number()), // of a compaction: the last turn that its summary is to take in
    status: vStepStatus,
    provider: vProvider, // of a tool call: whose model asked for it
    model: v.string(),
    attempts: v.array(vAttempt), // none of a tool call; at most RETRY_POLICY.attemptsMax and one per lost lease
    finishReason: v.optional(vFinishReason),
    warnings: v.optional(v.array(v.string())), // settings that the model does not take
    totalCostPico: v.int64(),
    totalCostCarry: v.optional(v.int64()), // what that does not hold
    totalTokens: v.number(),
    startedAt: v.number(),
    endedAt: v.optional(v.number()),
  }).index("by_run", ["tenantId", "runId", "index"]),

  // The seats of those who drive scheduled runs (`model/runs/drivers.ts`): a handful of rows, found by their number.
  drivers: defineTable({
    slot: v.number(),
    holder: v.optional(v.object({ token: v.string(), jobId: v.id("_scheduled_functions") })),
  }).index("by_slot", ["slot"]),

  // Runs whose wake-up found no seat: a driver takes them in, those first that stand first with their tenant. Gone
  // with that; a row whose run is not queued any more means nothing.
  parked_runs: defineTable({
    tenantId: v.id("tenants"),
    runId: v.id("runs"),
    rank: v.number(), // its place among those of its tenant
  })
    .index("by_rank", ["rank"]) // for drivers, over all tenants
    .index("by_tenant", ["tenantId", "rank"])
    .index("by_run", ["tenantId", "runId"]),
};
