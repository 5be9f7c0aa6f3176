/**
 * What doors return: the rows as callers may see them.
 *
 * Amounts stand twice: as a number of USD under the seeds' names, for display, and under the name with
 * `Usd` as an exact decimal string. Times are milliseconds since 1970.
 */
import { v, type Infer } from "convex/values";
import {
  vActor,
  vAgentStatus,
  vAttachment,
  vAttemptError,
  vAttemptKind,
  vAttemptStatus,
  vChange,
  vChunkPart,
  vBallot,
  vConsensus,
  vConsensusPlan,
  vConsensusResult,
  vConsensusStrategy,
  vFeedback,
  vFinishReason,
  vPassedOver,
  vKeyStatus,
  vMessageRole,
  vMessageStatus,
  vOpenRecord,
  vPermission,
  vProvider,
  vReconciliation,
  vReasoning,
  vRunFailureReason,
  vSessionStatus,
  vStepKind,
  vStepStatus,
  vTokenTotals,
  vCostEventKind,
  vCostSource,
  vAgentLimits,
  vAgentTool,
  vReasoningEffort,
  vFallbackModel,
  vToolCall,
} from "./validators";

export const vAgentView = v.object({
  _id: v.id("agents"),
  tenantId: v.id("tenants"),
  slug: v.optional(v.string()), // clients name `agent:<slug>` as their model
  name: v.string(),
  description: v.optional(v.string()),
  status: vAgentStatus,
  model: v.string(),
  provider: vProvider,
  systemPrompt: v.string(),
  temperature: v.optional(v.number()),
  maxTokens: v.number(),
  reasoningEffort: v.optional(vReasoningEffort),
  maxContextTokens: v.optional(v.number()),
  mode: v.string(),
  skills: v.array(v.string()),
  tools: v.optional(v.array(vAgentTool)),
  channels: v.array(v.string()),
  maxCostPerMessage: v.optional(v.number()),
  maxCostPerMessageUsd: v.optional(v.string()),
  monthlyBudget: v.optional(v.number()),
  monthlyBudgetUsd: v.optional(v.string()),
  limits: v.optional(vAgentLimits),
  fallbackModels: v.optional(v.array(vFallbackModel)),
  summaryModel: v.optional(vFallbackModel),
  consensusEnabled: v.boolean(),
  consensusModels: v.optional(v.array(v.string())),
  consensusStrategy: v.optional(vConsensusStrategy),
  consensus: v.optional(vConsensus),
  metadata: v.optional(vOpenRecord),
  version: v.number(), // grows by 1 with each change
  createdBy: v.id("users"),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type AgentView = Infer<typeof vAgentView>;

export const vAgentStats = v.object({
  messageCount: v.number(), // said to and by the agent
  sessionCount: v.number(),
  runCount: v.number(), // ended, however they did
  promptTokens: v.number(),
  completionTokens: v.number(),
  totalTokens: v.number(),
  totalCost: v.number(),
  totalCostUsd: v.string(),
  avgCostPerMessage: v.number(),
  lastActiveAt: v.union(v.number(), v.null()),
  activeAgents: v.number(), // of the whole tenant, as are the next two
  pausedAgents: v.number(),
  archivedAgents: v.number(),
});
export type AgentStats = Infer<typeof vAgentStats>;

export const vSessionView = v.object({
  _id: v.id("sessions"),
  tenantId: v.id("tenants"),
  agentId: v.id("agents"),
  userId: v.optional(v.id("users")),
  externalId: v.optional(v.string()),
  status: vSessionStatus,
  title: v.optional(v.string()),
  metadata: v.optional(vOpenRecord),
  source: v.optional(v.string()),
  messageCount: v.number(),
  totalCost: v.number(),
  totalCostUsd: v.string(),
  totalTokens: v.number(),
  branchedFrom: v.optional(v.object({ sessionId: v.id("sessions"), turn: v.number() })),
  pinnedMessageIds: v.optional(v.array(v.id("messages"))), // what models read in any case
  summaryId: v.optional(v.id("summaries")), // the one in force
  compactsNext: v.optional(v.boolean()), // the next turn begins with a summary
  activeRunId: v.optional(v.id("runs")),
  createdAt: v.number(),
  lastActivityAt: v.number(),
  completedAt: v.optional(v.number()),
});
export type SessionView = Infer<typeof vSessionView>;

/** What an agent wrote down in a session. */
export const vNoteView = v.object({ name: v.string(), text: v.string(), updatedAt: v.number() });
export type NoteView = Infer<typeof vNoteView>;

const vCost = v.object({ amount: v.number(), amountUsd: v.string(), currency: v.literal("usd") });

export const vMessageView = v.object({
  _id: v.id("messages"),
  tenantId: v.id("tenants"),
  agentId: v.id("agents"),
  sessionId: v.id("sessions"),
  runId: v.optional(v.id("runs")),
  role: vMessageRole,
  content: v.string(),
  tokenCount: v.optional(v.number()), // about: what it takes of a model's window, by OpenAI's count
  status: vMessageStatus,
  error: v.optional(v.string()),
  channel: v.optional(v.string()),
  model: v.optional(v.string()),
  provider: v.optional(vProvider),
  usage: v.optional(vTokenTotals),
  cost: v.optional(vCost),
  reasoning: v.optional(vReasoning),
  attachments: v.optional(v.array(vAttachment)),
  skillsUsed: v.optional(v.array(v.string())),
  consensus: v.optional(vConsensusResult), // of a reply that several models have voted on
  toolCalls: v.optional(v.array(vToolCall.omit("signature"))), // what the reply asked tools, and was told
  feedback: v.optional(vFeedback),
  editedFrom: v.optional(v.id("messages")), // in a branch: what this replaces
  copiedFrom: v.optional(v.id("messages")), // in a branch: where it was said first, and what it cost
  responseTimeMs: v.optional(v.number()),
  createdAt: v.number(),
  completedAt: v.optional(v.number()),
});
export type MessageView = Infer<typeof vMessageView>;

/** A message under the names of the seeds' "Conversations Table". */
export const vConversationView = v.object({
  _id: v.id("messages"),
  agentId: v.id("agents"),
  sessionId: v.id("sessions"),
  channel: v.optional(v.string()),
  role: vMessageRole,
  content: v.string(),
  timestamp: v.number(),
  model: v.optional(v.string()),
  provider: v.optional(vProvider),
  tokensUsed: v.optional(v.number()),
  cost: v.optional(v.number()),
  costUsd: v.optional(v.string()),
  responseTime: v.optional(v.number()), // milliseconds
  attachments: v.optional(v.array(vAttachment)),
  skillsUsed: v.optional(v.array(v.string())),
  feedback: v.optional(vFeedback),
  editedFrom: v.optional(v.id("messages")),
  copiedFrom: v.optional(v.id("messages")),
  status: vMessageStatus,
  error: v.optional(v.string()),
});
export type ConversationView = Infer<typeof vConversationView>;

export const vChunksView = v.object({
  /** The message that is followed, of a run the one that it is writing; null when it is writing none. */
  messageId: v.union(v.id("messages"), v.null()),
  status: v.union(vMessageStatus, v.null()),
  chunks: v.array(
    v.object({ seq: v.number(), messageId: v.id("messages"), parts: v.array(vChunkPart) }),
  ),
  /** Pass it as `afterSeq` next time. */
  lastSeq: v.number(),
  /** True when the message, or the run, has ended and these chunks reach to its end: stop following. */
  isDone: v.boolean(),
});
export type ChunksView = Infer<typeof vChunksView>;

export const vRunView = v.object({
  _id: v.id("runs"),
  tenantId: v.id("tenants"),
  agentId: v.id("agents"),
  sessionId: v.id("sessions"),
  userId: v.optional(v.id("users")),
  turn: v.number(),
  state: v.object({
    kind: v.union(
      v.literal("queued"),
      v.literal("leased"),
      v.literal("calling"),
      v.literal("tools"),
      v.literal("awaiting_approval"),
      v.literal("completed"),
      v.literal("failed"),
      v.literal("cancelled"),
    ),
    reason: v.optional(vRunFailureReason),
    detail: v.optional(v.string()),
    refusedById: v.optional(v.id("budget_policies")), // the budget that it failed by; that may be gone
    cancelRequested: v.boolean(),
    endedAt: v.optional(v.number()),
  }),
  userMessageId: v.id("messages"),
  messageId: v.optional(v.id("messages")),
  model: v.optional(v.string()),
  provider: v.optional(vProvider),
  totalCost: v.number(),
  totalCostUsd: v.string(),
  totalTokens: v.number(),
  createdAt: v.number(),
  startedAt: v.optional(v.number()),
});
export type RunView = Infer<typeof vRunView>;

export const vStepView = v.object({
  _id: v.id("run_steps"),
  runId: v.id("runs"),
  index: v.number(),
  kind: vStepKind,
  parentStepId: v.optional(v.id("run_steps")), // the step that it is a part of
  toolCall: v.optional(v.object({ toolCallId: v.string(), name: v.string() })),
  plan: v.optional(vConsensusPlan), // of a `consensus`: what its votes are held by
  ballot: v.optional(vBallot), // of a model call that is a vote
  groups: v.optional(v.array(v.number())), // of the judge's: of which each answer is
  compactsUpToTurn: v.optional(v.number()), // of a summary: the last turn in it
  status: vStepStatus,
  provider: vProvider,
  model: v.string(),
  attempts: v.array(
    v.object({
      attemptId: v.string(),
      provider: vProvider,
      model: v.string(),
      kind: vAttemptKind,
      status: vAttemptStatus,
      startedAt: v.number(),
      firstChunkAt: v.optional(v.number()),
      endedAt: v.optional(v.number()),
      error: v.optional(vAttemptError),
      // Models that come before this one and were left alone, until then, because they had been refused.
      passedOver: v.optional(v.array(vPassedOver.omit("untilMs").extend({ until: v.number() }))),
    }),
  ),
  finishReason: v.optional(vFinishReason),
  warnings: v.optional(v.array(v.string())),
  totalCost: v.number(),
  totalCostUsd: v.string(),
  totalTokens: v.number(),
  startedAt: v.number(),
  endedAt: v.optional(v.number()),
});
export type StepView = Infer<typeof vStepView>;

export const vSent = v.object({
  runId: v.id("runs"),
  sessionId: v.id("sessions"),
  messageId: v.id("messages"), // the user's, as it was stored
});
export type Sent = Infer<typeof vSent>;

const vPricedLine = v.object({ unitUsd: v.string(), amountUsd: v.string() });

/** One upstream request as it was billed; the numbers under the seeds' names, the exact amounts beside them. */
export const vCostEventView = v.object({
  _id: v.id("cost_events"),
  attemptId: v.string(),
  kind: vCostEventKind,
  agentId: v.id("agents"),
  sessionId: v.optional(v.id("sessions")),
  messageId: v.optional(v.id("messages")),
  runId: v.optional(v.id("runs")),
  userId: v.optional(v.id("users")), // who sent the message
  keyId: v.optional(v.id("api_keys")), // with which key
  channel: v.optional(v.string()),
  eventCount: v.optional(v.number()), // of a summary: how many rows it stands for
  attemptKind: vAttemptKind,
  status: vAttemptStatus,
  provider: vProvider,
  model: v.string(),
  servedModel: v.optional(v.string()),
  promptTokens: v.number(),
  completionTokens: v.number(),
  totalTokens: v.number(),
  inputCost: v.number(),
  outputCost: v.number(),
  totalCost: v.number(),
  totalCostUsd: v.string(),
  totalCostPico: v.string(), // whole picoUSD (1e-12 USD) as decimal digits
  currency: v.literal("usd"),
  lines: v.array(
    v.object({
      class: v.string(),
      model: v.optional(v.string()), // another one than the one that answered
      tokens: v.number(),
      ...vPricedLine.fields,
    }),
  ),
  fees: v.array(v.object({ unit: v.string(), count: v.number(), ...vPricedLine.fields })),
  usageSource: vCostSource,
  reconciliation: vReconciliation, // mismatch: the provider's own figures, or its amount, do not fit
  reportedCostUsd: v.optional(v.string()), // what the provider itself says that it cost
  adjusts: v.optional(v.string()), // of an adjustment: the `attemptId` that it belongs to
  reason: v.optional(v.string()), // of a correction
  notes: v.array(v.string()),
  priceVersion: v.union(v.string(), v.null()), // null: no price is known, and the total is a lower bound
  unpriced: v.array(v.string()), // used and without any known price: unless empty, the total is a lower bound
  timestamp: v.number(),
  period: v.string(), // the hour that it counts for, in the tenant's time zone; of a summary, the day
});
export type CostEventView = Infer<typeof vCostEventView>;

export const vActivityView = v.object({
  _id: v.id("activity_log"),
  tenantId: v.id("tenants"),
  actor: vActor,
  action: v.string(), // "agents.update"
  entityTable: v.string(),
  entityId: v.string(),
  changes: v.array(vChange),
  ip: v.optional(v.string()),
  userAgent: v.optional(v.string()),
  requestId: v.optional(v.string()),
  createdAt: v.number(),
});
export type ActivityView = Infer<typeof vActivityView>;

/** A key as it may be seen: the key itself was shown once, when it was made. */
export const vKeyView = v.object({
  _id: v.id("api_keys"),
  tenantId: v.id("tenants"),
  name: v.string(),
  keyId: v.string(), // the characters behind "ak_live_"
  scopes: v.array(vPermission),
  status: vKeyStatus,
  createdBy: v.id("users"),
  createdAt: v.number(),
  expiresAt: v.number(),
  lastUsedAt: v.optional(v.number()), // to the minute
  revokedAt: v.optional(v.number()),
  replaces: v.optional(v.id("api_keys")),
});
export type KeyView = Infer<typeof vKeyView>;

/** A key that was just made: `key` is shown this once. */
export const vNewKey = v.object({ _id: v.id("api_keys"), keyId: v.string(), key: v.string() });
