/** Agents, sessions and messages. */
import { v, type Infer } from "convex/values";
import { FILE_USES, UNSEEN_REASONS } from "../../src/context/files";
import { STRATEGIES } from "../../src/core/consensus";
import { APPROVING_ROLES, TOOL_NAMES } from "../../src/core/tools";
import { vOpenRecord } from "./administration";

export const vAgentStatus = v.union(
  v.literal("active"),
  v.literal("paused"),
  v.literal("archived"),
);
export type AgentStatus = Infer<typeof vAgentStatus>;

export const PROVIDERS = ["anthropic", "openai", "google", "openai_compatible"] as const;
export const vProvider = v.union(...PROVIDERS.map((name) => v.literal(name)));

export const vConsensusStrategy = v.union(...STRATEGIES.map((strategy) => v.literal(strategy)));

/** How several models come to one answer; who they are stands in `consensusModels`. One of the first two is needed. */
export const vConsensus = v.object({
  choices: v.optional(v.array(v.string())), // the answers there are, compared as they are
  judge: v.optional(v.string()), // "provider/model": says which free answers are the same
  weights: v.optional(v.array(v.number())), // of the models in their order, for the strategy "weighted"
  quorum: v.optional(v.number()), // votes that have to be there; absent: more than half
  deadlineSeconds: v.optional(v.number()), // absent: 120
});
export type Consensus = Infer<typeof vConsensus>;

export const vSessionStatus = v.union(
  v.literal("active"),
  v.literal("completed"),
  v.literal("abandoned"),
);
export type SessionStatus = Infer<typeof vSessionStatus>;

export const vMessageRole = v.union(v.literal("user"), v.literal("assistant"), v.literal("system"));

/**
 * `streaming`: a worker is writing it; its text so far is in `message_chunks`. `interrupted`: it ended
 * before the model was done (failed, cancelled, worker lost); `content` is what had arrived.
 */
export const vMessageStatus = v.union(
  v.literal("streaming"),
  v.literal("complete"),
  v.literal("interrupted"),
);

export const vReasoning = v.object({
  enabled: v.boolean(),
  steps: v.optional(v.array(v.string())),
});

/** A piece of a reply, in the order of arrival; neighbours of one kind are merged, but of answers that are kept. */
export const vChunkPart = v.object({
  kind: v.union(v.literal("text"), v.literal("reasoning")),
  text: v.string(),
});
export type ChunkPart = Infer<typeof vChunkPart>;

/** A model to call in place of the agent's own one, when that cannot be had. */
export const vFallbackModel = v.object({ provider: vProvider, model: v.string() });
export type FallbackModel = Infer<typeof vFallbackModel>;

export const vReasoningEffort = v.union(
  v.literal("none"),
  v.literal("low"),
  v.literal("medium"),
  v.literal("high"),
  v.literal("xhigh"),
  v.literal("max"),
);

export const vToolName = v.union(...TOOL_NAMES.map((name) => v.literal(name)));

export const vApprovingRole = v.union(...APPROVING_ROLES.map((role) => v.literal(role)));

/** Whether somebody must approve each call of a tool, who (an operator, unless it says so), and for how long it waits. */
export const vApprovalSetting = v.object({
  required: v.boolean(),
  role: v.optional(vApprovingRole), // that, or one above it
  expiresAfterMinutes: v.optional(v.number()),
});

/** A tool that an agent may call. */
export const vAgentTool = v.object({
  name: vToolName,
  approval: v.optional(vApprovalSetting), // absent: where the tool has effects
  allowedHosts: v.optional(v.array(v.string())), // of one that goes out: where to, as `isHostPattern` has it
});
export type AgentTool = Infer<typeof vAgentTool>;

/** What the model is told, and the whole of it where that was too long. */
export const vToolCallResult = v.object({
  text: v.string(),
  isError: v.boolean(),
  file: v.optional(v.object({ fileId: v.id("files"), sizeBytes: v.number() })),
});

/** A reply's call of a tool, and what came of it. They stand in one place, so that no model ever sees one alone. */
export const vToolCall = v.object({
  toolCallId: v.string(),
  name: v.string(), // as the model wrote it
  argumentsJson: v.string(),
  signature: v.optional(v.string()), // the provider's token for the thought behind it
  result: v.optional(vToolCallResult), // absent while it is under way
});
export type ToolCall = Infer<typeof vToolCall>;

/** What a model thought before it called tools, as its provider wants it back. It means nothing to anybody else. */
export const vThoughts = v.object({
  account: v.string(), // which one was called: no other can unseal them
  parts: v.array(
    v.object({
      block: v.string(), // in the provider's own words
      afterChars: v.number(), // of the reply's text
      afterToolCalls: v.number(),
    }),
  ),
});
export type Thoughts = Infer<typeof vThoughts>;

/** A file that came with a message. */
export const vAttachment = v.object({
  fileId: v.id("files"),
  name: v.string(),
  contentType: v.string(),
  sizeBytes: v.number(),
});
export type Attachment = Infer<typeof vAttachment>;

/** What becomes of an attachment when a model reads its message; `name`: it is told why it cannot see the file. */
export const vFileUse = v.union(...FILE_USES.map((use) => v.literal(use)));
export const vUnseenReason = v.union(...UNSEEN_REASONS.map((reason) => v.literal(reason)));

/** What a reader thought of a reply. */
export const vFeedback = v.object({
  rating: v.union(v.literal("good"), v.literal("bad")),
  comment: v.optional(v.string()),
  userId: v.id("users"),
  createdAt: v.number(),
});

/** How far a run of an agent's may go. What is absent has a default, or no limit (tokens). */
export const vAgentLimits = v.object({
  toolRounds: v.optional(v.number()), // replies that call tools
  minutes: v.optional(v.number()), // of its own time: not what people take to approve
  tokens: v.optional(v.number()), // read and written: no call is made once they are used
});
export type AgentLimits = Infer<typeof vAgentLimits>;

/** All that can be said of an agent: as its row has it, and each of its versions. */
export const vAgentSettings = v.object({
  name: v.string(),
  description: v.optional(v.string()),
  status: vAgentStatus,
  model: v.string(),
  provider: vProvider,
  systemPrompt: v.string(),
  temperature: v.optional(v.number()), // absent: the provider's default; new models refuse any
  maxTokens: v.number(), // of one reply
  reasoningEffort: v.optional(vReasoningEffort), // absent: the provider's default
  maxContextTokens: v.optional(v.number()), // of what is read for one; absent: what the model's window has room for
  mode: v.string(), // "focus", "creative", "research" or a mode of the tenant's own; one that is gone is focus
  skills: v.array(v.string()),
  tools: v.optional(v.array(vAgentTool)),
  channels: v.array(v.string()),
  maxCostPerMessagePico: v.optional(v.int64()),
  monthlyBudgetPico: v.optional(v.int64()),
  limits: v.optional(vAgentLimits),
  fallbackModels: v.optional(v.array(vFallbackModel)), // in the order in which they are tried
  summaryModel: v.optional(vFallbackModel), // absent: its own
  consensusEnabled: v.boolean(),
  consensusModels: v.optional(v.array(v.string())),
  consensusStrategy: v.optional(vConsensusStrategy),
  consensus: v.optional(vConsensus),
  metadata: v.optional(vOpenRecord),
});
export type AgentSettings = Infer<typeof vAgentSettings>;
