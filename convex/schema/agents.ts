/** Agents and what is said to them. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vAgentSettings,
  vAttachment,
  vChunkPart,
  vConsensusResult,
  vFeedback,
  vMessageRole,
  vMessageStatus,
  vOpenRecord,
  vProvider,
  vReasoning,
  vSessionStatus,
  vThoughts,
  vTokenTotals,
  vToolCall,
} from "../validators";

export const agentTables = {
  // Written by agent mutations, read by lists and by each run when it starts. Archived, never deleted:
  // runs and costs keep naming the agent that made them.
  agents: defineTable({
    tenantId: v.id("tenants"),
    ...vAgentSettings.fields,
    slug: v.optional(v.string()), // unique in the tenant: clients name `agent:<slug>` as their model; absent: by id only
    searchText: v.string(), // name and description, for `search_text`
    version: v.optional(v.number()), // the newest one in `agent_versions`; absent: 1, from before there were any
    createdBy: v.id("users"),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_tenant_and_status", ["tenantId", "status", "createdAt"])
    .index("by_created_by", ["tenantId", "createdBy", "createdAt"])
    .index("by_model", ["tenantId", "model", "createdAt"])
    .index("by_slug", ["tenantId", "slug"])
    .searchIndex("search_text", {
      searchField: "searchText",
      filterFields: ["tenantId", "status"],
    }),

  // What an agent was at each change, whole, so that any of them can be restored. Written by agent mutations,
  // read by the history. Append-only; goes with the agent.
  agent_versions: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    version: v.number(), // from 1
    settings: vAgentSettings,
    changedFields: v.array(v.string()),
    restoredFrom: v.optional(v.number()),
    createdBy: v.id("users"),
    createdAt: v.number(),
  }).index("by_agent", ["tenantId", "agentId", "version"]),

  // A way of working that a tenant has made for its agents, beside the built-in ones. Written by `model/modes.ts`, read
  // by each turn of an agent in it. Removed by people; agents that are in it work in focus from then on.
  modes: defineTable({
    tenantId: v.id("tenants"),
    name: v.string(), // as agents name it; never changes
    description: v.optional(v.string()),
    prompt: v.string(),
    temperature: v.optional(v.number()),
    maxTokens: v.optional(v.number()),
    historyShare: v.number(),
    createdBy: v.id("users"),
    createdAt: v.number(),
    updatedAt: v.number(),
  }).index("by_name", ["tenantId", "name"]),

  // A conversation with an agent. Written when it is opened, by each send and by the end of each run
  // (one at a time per session, so that its counters may live here); read by lists and by sends.
  // Completed, abandoned, or deleted by people: first its row, then in batches what was in it.
  sessions: defineTable({
    tenantId: v.id("tenants"),
    agentId: v.id("agents"),
    userId: v.optional(v.id("users")), // absent: an anonymous visitor
    externalId: v.optional(v.string()), // the caller's own name for it, unique per agent
    status: vSessionStatus,
    title: v.optional(v.string()),
    metadata: v.optional(vOpenRecord),
    source: v.optional(v.string()), // "web-chat", "telegram", "api"
    messageCount: v.number(),
    totalCostPico: v.int64(),
    totalCostCarry: v.optional(v.int64()), // what that does not hold
    totalTokens: v.number(),
    turnCount: v.number(), // turns begun; the next send gets this number
    // The session that this one begins like, and the last turn taken over; that session may be gone.
    branchedFrom: v.optional(v.object({ sessionId: v.id("sessions"), turn: v.number() })),
    pinnedMessageIds: v.optional(v.array(v.id("messages"))), // what models read in any case, in the order of pinning
    summaryId: v.optional(v.id("summaries")), // the one in force: models read it in place of the turns up to its own
    compactsNext: v.optional(v.boolean()), // somebody wants a summary; the next turn begins with it
    uncompactedUntilTurn: v.optional(v.number()), // after a summary was undone: none is made unasked before
    activeRunId: v.optional(v.id("runs")), // the run whose turn it is; later ones wait for it
    createdAt: v.number(),
    lastActivityAt: v.number(),
    completedAt: v.optional(v.number()),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_last_activity", ["tenantId", "lastActivityAt"])
    .index("by_agent", ["tenantId", "agentId", "lastActivityAt"])
    .index("by_user", ["tenantId", "userId", "lastActivityAt"])
    .index("by_source", ["tenantId", "source", "lastActivityAt"])
    .index("by_tenant_and_status", ["tenantId", "status", "lastActivityAt"])
    .index("by_agent_and_status", ["tenantId", "agentId", "status", "lastActivityAt"])
    .index("by_agent_and_external_id", ["tenantId", "agentId", "externalId"])
    .searchIndex("search_title", {
      searchField: "title",
      filterFields: ["tenantId", "agentId", "status"],
    }),

  // What stands for a session's beginning when a model reads it. Written by the run whose step it was, or copied by a
  // branch; marked when it is undone; read by each turn and by people. They end with their session.
  summaries: defineTable({
    tenantId: v.id("tenants"),
    sessionId: v.id("sessions"),
    runId: v.optional(v.id("runs")),
    previousId: v.optional(v.id("summaries")), // in force before it: what it goes on from, and where undoing leads
    upToTurn: v.number(),
    text: v.string(),
    tokenCount: v.number(),
    provider: vProvider,
    model: v.string(),
    createdAt: v.number(),
    undoneAt: v.optional(v.number()),
  }).index("by_session", ["tenantId", "sessionId", "upToTurn"]),

  // A deleted session of which something is left. Written by the deletion and moved on by each batch of it; read
  // by the next one, and by the sweeper for those that have lost it. Deleted with the last batch.
  session_removals: defineTable({
    tenantId: v.id("tenants"),
    sessionId: v.id("sessions"),
    steppedAt: v.number(), // when it last moved
  })
    .index("by_tenant", ["tenantId"])
    .index("by_step_time", ["steppedAt"]), // for the sweeper, over all tenants

  // What an agent wants to remember of a session, a row for each name. Written by its tool `notes` under its run's
  // lease, read by it and by people; at most 50 per session. A branch begins with copies. They end with their session.
  session_notes: defineTable({
    tenantId: v.id("tenants"),
    sessionId: v.id("sessions"),
    name: v.string(),
    text: v.string(),
    turn: v.number(), // in which it was last written
    createdAt: v.number(),
    updatedAt: v.number(),
  }).index("by_session", ["tenantId", "sessionId"]),

  // What was said. The user's are written by send, once. The assistant's are begun by a run's first
  // attempt (`streaming`, empty) and completed by the worker that holds the lease, or by the reaper.
  // Feedback on them is people's, by `messages.rate`. A branch begins with copies of another session's.
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
    // Of all that a model reads of it, by `src/context/tokens.ts`; absent: from before tokens were counted.
    tokenCount: v.optional(v.number()),
    status: vMessageStatus,
    error: v.optional(v.string()), // why it was interrupted, for people
    channel: v.optional(v.string()),
    model: v.optional(v.string()),
    provider: v.optional(vProvider),
    usage: v.optional(vTokenTotals), // of all attempts at this message
    costPico: v.optional(v.int64()), // likewise: the sum of the cost events that name it
    costCarry: v.optional(v.int64()), // what that does not hold
    reasoning: v.optional(vReasoning),
    attachments: v.optional(v.array(vAttachment)),
    skillsUsed: v.optional(v.array(v.string())), // ids of skills
    consensus: v.optional(vConsensusResult), // of a reply that several models have voted on
    toolCalls: v.optional(v.array(vToolCall)), // of a reply that called tools before it went on in the next one
    thoughts: v.optional(vThoughts), // what led to these calls; for the model alone
    feedback: v.optional(vFeedback),
    editedFrom: v.optional(v.id("messages")), // the message of another branch that this one replaces
    // The first of which this is a copy, by a branch. Copies have no run, usage or cost: those are the original's.
    copiedFrom: v.optional(v.id("messages")),
    responseTimeMs: v.optional(v.number()), // from the run's first attempt to the end
    createdAt: v.number(),
    completedAt: v.optional(v.number()),
    chunksExpireAtMs: v.optional(v.number()), // set at its end, until its chunks are deleted
  })
    // Without `copiedFrom` a message is listed once, however many branches have it.
    .index("by_tenant", ["tenantId", "copiedFrom", "createdAt"])
    .index("by_session", ["tenantId", "sessionId", "turn", "position"])
    .index("by_session_and_created", ["tenantId", "sessionId", "createdAt"])
    .index("by_agent", ["tenantId", "agentId", "copiedFrom", "createdAt"])
    .index("by_channel", ["tenantId", "channel", "createdAt"])
    .searchIndex("search_content", {
      searchField: "content",
      filterFields: ["tenantId", "sessionId"],
    })
    .index("by_chunks_expiry", ["chunksExpireAtMs"]), // for the sweeper, over all tenants

  // A streamed piece of a message: one row per flush, appended by the worker that holds the lease,
  // read by followers with a cursor. Swept a while after the message ended; its text is in the message.
  message_chunks: defineTable({
    tenantId: v.id("tenants"),
    runId: v.id("runs"),
    messageId: v.id("messages"),
    seq: v.number(), // from 0, growing over the whole run, without gaps
    parts: v.array(vChunkPart),
  })
    .index("by_message", ["tenantId", "messageId", "seq"])
    .index("by_run", ["tenantId", "runId", "seq"]),
};
