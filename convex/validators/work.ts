/** Runs, their steps and attempts. */
import { v, type Infer } from "convex/values";
import { vConsensusStrategy, vFallbackModel, vProvider, vReasoningEffort } from "./agents";

/** Whether a tool call may be made. `cancelled`: its run was, before anybody said. */
export const vApprovalState = v.union(
  v.literal("pending"),
  v.literal("approved"),
  v.literal("denied"),
  v.literal("expired"),
  v.literal("cancelled"),
);
export type ApprovalState = Infer<typeof vApprovalState>;

export const vApprovalDecision = v.union(v.literal("approve"), v.literal("deny"));
export type ApprovalDecision = Infer<typeof vApprovalDecision>;

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
  v.object({ kind: v.literal("tools"), hasEffects: v.optional(v.literal(true)), ...working }),
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

/**
 * What a message does that comes while the agent is still answering: it waits for its turn, ends what is unfinished
 * and goes first, or is not taken.
 */
export const vWhenBusy = v.union(v.literal("queue"), v.literal("interrupt"), v.literal("reject"));
export type WhenBusy = Infer<typeof vWhenBusy>;

/** Who drives a message's run first: a worker of ours, or whoever sent it, in a call of their own. */
export const vDrivenBy = v.union(v.literal("scheduler"), v.literal("caller"));
export type DrivenBy = Infer<typeof vDrivenBy>;

/** `Given` of `src/completions/given.ts` as JSON: here, or as a file of the session where it is long. */
export const vGiven = v.union(
  v.object({ kind: v.literal("here"), json: v.string() }),
  v.object({ kind: v.literal("file"), storageId: v.id("_storage") }),
);
export type StoredGiven = Infer<typeof vGiven>;

/** `Shown` of `src/providers/mediaTokens.ts`. */
export const vShown = v.object({ imageCount: v.number(), fileTokensMax: v.number() });

/** Of all that is given to be read: as an estimate counts it, the most that its text can come to, and what is shown. */
export const vGivenSizes = v.object({
  chars: v.number(),
  tokens: v.number(),
  tokensMax: v.number(),
  shown: v.optional(vShown), // absent: in `tokensMax`
});
export type GivenSizes = Infer<typeof vGivenSizes>;

/** A request's own settings, in place of the agent's. */
export const vRequestSettings = v.object({
  maxOutputTokens: v.optional(v.number()), // no more than the agent allows
  temperature: v.optional(v.number()),
  reasoningEffort: v.optional(vReasoningEffort),
});
export type RequestSettings = Infer<typeof vRequestSettings>;

/**
 * `consensus`: the votes of several models on one answer, and their judge, which are parts of it. `compaction`: a model
 * call for a summary of the session's beginning.
 */
export const vStepKind = v.union(
  v.literal("model_call"),
  v.literal("tool_call"),
  v.literal("consensus"),
  v.literal("compaction"),
);

/** What a vote is held by, as its agent had it when it began. */
export const vConsensusPlan = v.object({
  strategy: vConsensusStrategy,
  quorum: v.number(),
  choices: v.optional(v.array(v.string())),
  judge: v.optional(vFallbackModel),
  deadlineAtMs: v.number(),
});
export type ConsensusPlan = Infer<typeof vConsensusPlan>;

/** A model's vote. */
export const vBallot = v.object({
  nth: v.number(), // of the agent's `consensusModels`
  weight: v.number(),
  answer: v.optional(v.string()), // absent: not there yet, or never
  problem: v.optional(v.string()), // why it never will be
});

/** What readers see of a vote, while it is held and afterwards. */
export const vConsensusResult = v.object({
  strategy: vConsensusStrategy,
  outcome: v.union(
    v.literal("open"),
    v.literal("agreed"),
    v.literal("no_agreement"),
    v.literal("no_quorum"),
    v.literal("not_judged"), // the judge could not say which answers are the same
  ),
  votes: v.array(
    v.object({
      provider: vProvider,
      model: v.string(),
      stepId: v.id("run_steps"),
      weight: v.number(),
      status: v.union(v.literal("open"), v.literal("voted"), v.literal("missing")),
      answer: v.optional(v.string()), // its beginning: the whole stands in the step
      problem: v.optional(v.string()),
      group: v.optional(v.number()), // of the answers that are the same
    }),
  ),
  judge: v.optional(vFallbackModel),
  agreement: v.optional(v.number()), // the largest group's share, 0 to 1
});
export type ConsensusResult = Infer<typeof vConsensusResult>;

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

/** The one upstream request of a skill that is called by itself. */
export const vSkillAttempt = v.object({
  attemptId: v.string(), // the key of its cost event
  provider: vProvider,
  model: v.string(),
  promptChars: v.number(), // what an estimate starts from when the worker vanishes
});

export const vPassedOver = v.object({
  provider: vProvider,
  model: v.string(),
  reason: vFailureClass,
  untilMs: v.number(), // when it will be asked again
});
export type PassedOver = Infer<typeof vPassedOver>;

/** One upstream request of a step. */
export const vAttempt = v.object({
  attemptId: v.string(), // unique over all time; the key of its cost event
  // What was called; absent: what the step names, from before it could be more than one.
  provider: v.optional(vProvider),
  model: v.optional(v.string()),
  kind: vAttemptKind,
  status: vAttemptStatus,
  messageId: v.id("messages"), // the reply that it writes; of a summary the message that it is made for
  promptChars: v.number(), // what an estimate starts from when the worker vanishes
  startedAtMs: v.number(),
  firstChunkAtMs: v.optional(v.number()),
  endedAtMs: v.optional(v.number()),
  error: v.optional(vAttemptError),
  gaveUp: v.optional(v.literal(true)), // with it on its model: the next one is a fallback
  // Models that come before this one and were not asked, because they were refused a while ago.
  passedOver: v.optional(v.array(vPassedOver)),
});
export type Attempt = Infer<typeof vAttempt>;
