/**
 * The shapes that are stored: closed sets and the objects that more than one table or function shares.
 *
 * Imports nothing of `convex/`, because `schema.ts` imports it. What doors return stands in `views.ts`.
 */
import { v, type Infer } from "convex/values";

export const vTenantStatus = v.union(
  v.literal("active"),
  v.literal("trial"),
  v.literal("suspended"),
  v.literal("deleted"),
);

export const vPlan = v.union(v.literal("starter"), v.literal("pro"), v.literal("enterprise"));

export const vUserStatus = v.union(v.literal("active"), v.literal("suspended"));

export const vRole = v.union(
  v.literal("owner"),
  v.literal("admin"),
  v.literal("operator"),
  v.literal("member"),
  v.literal("viewer"),
);
export type Role = Infer<typeof vRole>;

export const vAgentStatus = v.union(
  v.literal("active"),
  v.literal("paused"),
  v.literal("archived"),
);
export type AgentStatus = Infer<typeof vAgentStatus>;

export const vProvider = v.union(
  v.literal("anthropic"),
  v.literal("openai"),
  v.literal("google"),
  v.literal("openai_compatible"),
);

export const vConsensusStrategy = v.union(
  v.literal("majority"),
  v.literal("unanimous"),
  v.literal("weighted"),
);

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

/** Key-value pairs of the tenant's own; the product reads none of them. */
export const vMetadata = v.record(
  v.string(),
  v.union(v.string(), v.number(), v.boolean(), v.null()),
);
export type Metadata = Infer<typeof vMetadata>;

export const vReasoning = v.object({
  enabled: v.boolean(),
  steps: v.optional(v.array(v.string())),
});

/** A piece of a reply, in the order of arrival; neighbours of one kind are merged. */
export const vChunkPart = v.object({
  kind: v.union(v.literal("text"), v.literal("reasoning")),
  text: v.string(),
});
export type ChunkPart = Infer<typeof vChunkPart>;

export const vRunFailureReason = v.union(
  v.literal("provider_failed"),
  v.literal("budget_exceeded"),
  v.literal("price_unknown"),
  v.literal("misconfigured"),
  v.literal("limit_reached"),
  v.literal("effect_unknown"),
  v.literal("workers_lost"),
  v.literal("internal"),
);

const progress = { step: v.number(), leasesLost: v.number() };
const working = {
  ...progress,
  leaseToken: v.string(),
  leaseTtlMs: v.number(),
  leaseExpiresAtMs: v.number(),
  cancelRequestedAtMs: v.union(v.number(), v.null()),
};

/** Exactly `RunState` of `src/core/runState.ts`, which alone decides what may follow what. */
export const vRunState = v.union(
  v.object({ kind: v.literal("queued"), notBeforeMs: v.number(), ...progress }),
  v.object({ kind: v.literal("leased"), ...working }),
  v.object({ kind: v.literal("calling"), ...working }),
  v.object({ kind: v.literal("tools"), ...working }),
  v.object({ kind: v.literal("awaiting_approval"), sinceMs: v.number(), ...progress }),
  v.object({ kind: v.literal("completed"), endedAtMs: v.number() }),
  v.object({
    kind: v.literal("failed"),
    endedAtMs: v.number(),
    reason: vRunFailureReason,
    detail: v.string(),
  }),
  v.object({ kind: v.literal("cancelled"), endedAtMs: v.number() }),
);

export const vStepStatus = v.union(
  v.literal("running"),
  v.literal("completed"),
  v.literal("failed"),
  v.literal("cancelled"),
);

export const vFinishReason = v.union(
  v.literal("end"),
  v.literal("length"),
  v.literal("tool_calls"),
  v.literal("filtered"),
  v.literal("aborted"),
  v.literal("other"),
);

/** The second and later requests of a step are retries, or fallbacks to another model. */
export const vAttemptKind = v.union(
  v.literal("primary"),
  v.literal("retry"),
  v.literal("fallback"),
);

/**
 * How an upstream request ended. `aborted`: we closed it. `truncated`: it broke off after content.
 * `lost`: its worker vanished, so nobody knows.
 */
export const vAttemptStatus = v.union(
  v.literal("running"),
  v.literal("ok"),
  v.literal("error"),
  v.literal("aborted"),
  v.literal("truncated"),
  v.literal("lost"),
);
export type AttemptStatus = Infer<typeof vAttemptStatus>;

export const vFailureClass = v.union(
  v.literal("invalid_request"),
  v.literal("authentication"),
  v.literal("permission"),
  v.literal("not_found"),
  v.literal("rate_limited"),
  v.literal("overloaded"),
  v.literal("server"),
  v.literal("timeout"),
  v.literal("network"),
  v.literal("content_filtered"),
  v.literal("spend_limit"),
  v.literal("cut_stream"),
);

/** Why an attempt failed, for people: no secrets, no stack. */
export const vAttemptError = v.object({
  failureClass: vFailureClass,
  status: v.union(v.number(), v.null()),
  message: v.string(),
});
export type AttemptError = Infer<typeof vAttemptError>;

/** One upstream request of a step. */
export const vAttempt = v.object({
  attemptId: v.string(), // unique over all time; the key of its cost event
  kind: vAttemptKind,
  status: vAttemptStatus,
  messageId: v.id("messages"), // the reply that it writes
  promptChars: v.number(), // what an estimate starts from when the worker vanishes
  startedAtMs: v.number(),
  firstChunkAtMs: v.optional(v.number()),
  endedAtMs: v.optional(v.number()),
  error: v.optional(vAttemptError),
});
export type Attempt = Infer<typeof vAttempt>;

const count = v.optional(v.number());

/** Tokens by class without overlap, as in `src/pricing/usage.ts`; a class that is absent is zero. */
export const vTokenCounts = v.object({
  inputFresh: count,
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite30m: count,
  cacheWrite1h: count,
  cacheWrite12h: count,
  cacheWriteUnknown: count,
  output: count,
  audioInput: count,
  audioCacheRead: count,
  audioOutput: count,
  imageInput: count,
  imageOutput: count,
});

export const vToolUnits = v.object({
  webSearch: count,
  webFetch: count,
  fileSearch: count,
  grounding: count,
});

export const vUsage = v.object({
  tokens: vTokenCounts,
  reasoningTokens: v.number(), // part of tokens.output, never on top of it
  toolUnits: vToolUnits,
});

export const vUsageSource = v.union(
  v.literal("provider"),
  v.literal("estimated_partial"),
  v.literal("estimated"),
);

export const vReconciliation = v.union(
  v.literal("ok"),
  v.literal("mismatch"),
  v.literal("unknown"),
);

/** A usage with what is needed to trust it, as a worker hands it over. */
export const vUsageReport = v.object({
  usage: vUsage,
  source: vUsageSource,
  reconciliation: vReconciliation,
  notes: v.array(v.string()),
  raw: v.optional(v.string()), // the provider's own usage object, as JSON text
});
export type StoredUsageReport = Infer<typeof vUsageReport>;

/** What the provider said about the call, as far as it got. */
export const vCallFacts = v.object({
  servedModel: v.optional(v.string()),
  servedTier: v.optional(v.string()),
  servedSpeed: v.optional(v.string()),
  servedRegion: v.optional(v.string()),
  providerRequestId: v.optional(v.string()),
  providerMessageId: v.optional(v.string()),
});
export type StoredCallFacts = Infer<typeof vCallFacts>;

/** Tokens as the seeds count them: everything the model read, and everything it made. */
export const vTokenTotals = v.object({
  promptTokens: v.number(),
  completionTokens: v.number(),
  totalTokens: v.number(),
});
export type TokenTotals = Infer<typeof vTokenTotals>;

/** `tokens × unitPico`, before the modifiers. */
export const vCostLine = v.object({
  class: v.string(),
  tokens: v.number(),
  unitPico: v.int64(),
  amountPico: v.int64(),
});

export const vCostFee = v.object({
  unit: v.string(),
  count: v.number(),
  unitPico: v.int64(),
  amountPico: v.int64(),
});

/** An exact factor, such as 11/10 for a region that costs a tenth more. */
export const vCostModifier = v.object({ name: v.string(), num: v.int64(), den: v.int64() });
