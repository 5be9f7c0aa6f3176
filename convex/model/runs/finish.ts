/**
 * What a worker reports at the end of an attempt, committed at once: the ledger, the reply, the step, the
 * run's state, the sums and the session's next turn.
 *
 * The cost is booked whoever reports it; all else needs the lease.
 */
import { v, type Infer } from "convex/values";
import type { RunFailureReason, RunEvent } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import {
  vAttemptError,
  vCallFacts,
  vChunkPart,
  vFinishReason,
  vRunFailureReason,
  vThoughts,
  vToolCall,
  vUsageReport,
  type AttemptStatus,
} from "../../validators";
import { scopeOfRun } from "../access";
import * as Chunks from "../chunks";
import * as Handed from "../completions/handed";
import * as Requests from "../completions/requests";
import * as Costs from "../costs/attempts";
import { repliesOf } from "../context";
import * as Cooldowns from "../providers/cooldowns";
import { tokenCountOf } from "../tokens";
import { circlingCall } from "./circles";
import {
  endAttempt,
  endReply,
  endRun,
  ensureReply,
  NO_REPLY,
  openStep,
  withdrawAttempt,
} from "./end";
import { TOOL_ROUNDS_DEFAULT } from "./limits";
import { apply, reload, wake, type Lease } from "./state";

export const vOutcome = v.union(
  v.object({ kind: v.literal("completed"), finishReason: vFinishReason }),
  v.object({ kind: v.literal("cancelled") }),
  v.object({
    kind: v.literal("failed"),
    reason: vRunFailureReason,
    detail: v.string(), // for the tenant: what happened and what to change
    error: v.optional(vAttemptError), // absent when it was not the provider's doing
    wasCut: v.boolean(), // content had arrived
  }),
  /** Nothing had arrived, and the provider may answer the next time. */
  v.object({ kind: v.literal("retry"), delayMs: v.number(), error: vAttemptError }),
  /** Nothing had arrived, and the agent has another model to call. */
  v.object({ kind: v.literal("fallback"), error: vAttemptError }),
);
export type Outcome = Infer<typeof vOutcome>;

export const vReport = v.object({
  stepId: v.id("run_steps"),
  attemptId: v.string(),
  outcome: vOutcome,
  text: v.string(),
  reasoning: v.string(),
  /** Whole ones, when the reply ended with them: the run goes on with their results. */
  toolCalls: v.array(vToolCall),
  /** What led to them, to be given back with them. */
  thoughts: v.optional(vThoughts),
  /** The number that the next piece would have. */
  nextSeq: v.number(),
  /** What had not been flushed yet, so that followers of the chunks miss nothing. */
  rest: v.array(v.object({ seq: v.number(), parts: v.array(vChunkPart) })),
  /** Null when the provider never took the call up. */
  usage: v.union(vUsageReport, v.null()),
  facts: vCallFacts,
  warnings: v.array(v.string()),
  /** The wait that the provider asked for. */
  retryAfterMs: v.optional(v.number()),
  firstChunkAtMs: v.optional(v.number()),
  endedAtMs: v.number(),
});
export type Report = Infer<typeof vReport>;

/** With which account the call was made, and the cool-down that it was to try. */
export const vCalledWith = v.object({
  account: v.union(v.id("providers"), v.null()),
  /** Of the key that it had then. */
  mark: v.optional(v.string()),
  probes: v.optional(v.id("provider_cooldowns")),
});
export type CalledWith = Infer<typeof vCalledWith>;

/** Why a run ends without a reply; `detail` is for the tenant. Of a budget's refusal: by which. */
export type Failure = {
  reason: RunFailureReason;
  detail: string;
  refusedById?: Id<"budget_policies">;
};

/**
 * Commits what became of an attempt.
 *
 * Safe to repeat, as a worker does that did not hear the answer.
 *
 * @returns False when the lease was lost: then only the cost was booked.
 */
export async function finish(
  ctx: MutationCtx,
  lease: Lease,
  { report, calledWith, nowMs }: { report: Report; calledWith?: CalledWith; nowMs: number },
): Promise<boolean> {
  const found = await scopeOfRun(ctx, lease.runId);
  if (found === null) return false;
  const { scope, run } = found;
  const { attemptId, outcome } = report;
  const step = await ctx.db.get("run_steps", report.stepId);
  const attempt = step?.attempts.find((one) => one.attemptId === attemptId);
  if (step?.runId !== run._id || attempt === undefined) return false;
  const { messageId } = attempt;

  const ended = omitUndefined({
    status: statusOf(outcome),
    firstChunkAtMs: report.firstChunkAtMs,
    endedAtMs: report.endedAtMs,
    error: "error" in outcome ? outcome.error : undefined,
    gaveUp: outcome.kind === "fallback" ? (true as const) : undefined,
  });
  const billed = { run, step, attempt: { ...attempt, ...ended }, status: ended.status };
  await Costs.record(ctx, scope, {
    billed: { ...billed, report: report.usage, facts: report.facts, endedAtMs: report.endedAtMs },
    nowMs,
  });

  if (calledWith !== undefined) {
    const { provider = step.provider, model = step.model } = attempt;
    const { probes, ...account } = calledWith;
    const called = { provider, model, ...account };
    await Cooldowns.learn(ctx, scope, { called, probes, report, nowMs });
  }

  const calls = Handed.callsOf(await Requests.of(ctx, run), report.toolCalls);
  const made = await roundOf(ctx, run, { ...report, isHanded: calls !== null });
  const event = eventOf(made, lease.leaseToken);
  const transition = await apply(ctx, run, { event, nowMs });
  if (!transition.ok) return false;
  const { state } = transition;

  const bookedStep = await openStep(ctx, run);
  if (bookedStep !== null) await endAttempt(ctx, bookedStep, { attemptId, ended });
  for (const piece of report.rest) await Chunks.append(ctx, run, { messageId, ...piece });
  if (state.kind === "queued") {
    await wake(ctx, run._id, { delayMs: state.notBeforeMs - nowMs, nowMs });
    return true;
  }

  await ctx.db.patch("run_steps", step._id, {
    ...(outcome.kind === "completed" && { finishReason: outcome.finishReason }),
    ...(report.warnings.length > 0 && { warnings: report.warnings }),
  });
  if (event.kind === "call_finished") {
    await endReply(ctx, run, { messageId, reply: report, nowMs });
    await keepCalls(ctx, messageId, report);
    await ctx.db.patch("run_steps", step._id, { status: "completed", endedAt: nowMs });
    // What comes next is another message.
    await ctx.db.patch("runs", run._id, { messageId: undefined, chunkCount: report.nextSeq });
    return true;
  }
  const error =
    state.kind === "failed"
      ? state.detail
      : state.kind === "cancelled"
        ? "The run was cancelled."
        : undefined;
  await endReply(ctx, run, { messageId, reply: report, error, nowMs });
  if (event.kind === "completed" && calls !== null) {
    await keepCalls(ctx, messageId, { ...report, toolCalls: calls });
  }
  await endRun(ctx, scope, { run: await reload(ctx, run._id), state, nowMs });
  return true;
}

/** The reply's calls, each with its result if it has any, and what led to them. */
async function keepCalls(
  ctx: MutationCtx,
  messageId: Id<"messages">,
  { text: content, toolCalls, thoughts }: Pick<Report, "text" | "toolCalls" | "thoughts">,
): Promise<void> {
  const tokenCount = tokenCountOf({ content, toolCalls, ...omitUndefined({ thoughts }) });
  await ctx.db.patch("messages", messageId, {
    toolCalls,
    tokenCount,
    ...omitUndefined({ thoughts }),
  });
}

/**
 * Ends a run that its worker cannot go on with, before the call was made that it has begun, if it has.
 *
 * @returns False when the lease was lost.
 */
export async function giveUp(
  ctx: MutationCtx,
  lease: Lease,
  { failure, nowMs }: { failure: Failure; nowMs: number },
): Promise<boolean> {
  const found = await scopeOfRun(ctx, lease.runId);
  if (found === null) return false;
  const { scope, run } = found;
  const { refusedById, ...why } = failure;
  const event = { kind: "failed", leaseToken: lease.leaseToken, ...why } as const;
  const transition = await apply(ctx, run, { event, nowMs });
  if (!transition.ok) return false;
  if (refusedById !== undefined) await ctx.db.patch("runs", run._id, { refusedById });
  await withdrawAttempt(ctx, run, nowMs);
  // There may be no reply to write to yet, and yet the failure must be seen where the reply would be.
  const messageId = await ensureReply(ctx, run, nowMs);
  await endReply(ctx, run, { messageId, reply: NO_REPLY, error: failure.detail, nowMs });
  await endRun(ctx, scope, { run: await reload(ctx, run._id), state: transition.state, nowMs });
  return true;
}

/** What the run makes of the report: a reply that calls tools is not the end, unless there were too many of them. */
async function roundOf(
  ctx: QueryCtx,
  run: Doc<"runs">,
  { outcome, toolCalls, isHanded }: Report & { isHanded: boolean },
): Promise<Outcome | { kind: "tools_called" }> {
  if (outcome.kind !== "completed" || toolCalls.length === 0 || isHanded) return outcome;
  const rounds = await repliesOf(ctx, run);
  const failed = { kind: "failed", reason: "limit_reached", wasCut: false } as const;
  const circling = circlingCall(rounds, toolCalls);
  if (circling !== undefined) {
    const detail = `The agent goes round in circles: it asked for the same call of ${circling} again and again.`;
    return { ...failed, detail };
  }
  const agent = await ctx.db.get("agents", run.agentId);
  const roundsMax = agent?.limits?.toolRounds ?? TOOL_ROUNDS_DEFAULT;
  if (rounds.length < roundsMax) return { kind: "tools_called" };
  const detail = `The agent called tools in ${roundsMax} replies without coming to an end.`;
  return { ...failed, detail };
}

function eventOf(outcome: Outcome | { kind: "tools_called" }, leaseToken: string): RunEvent {
  switch (outcome.kind) {
    case "tools_called":
      return { kind: "call_finished", leaseToken };
    case "completed":
    case "cancelled":
      return { kind: outcome.kind, leaseToken };
    case "failed":
      return { kind: "failed", leaseToken, reason: outcome.reason, detail: outcome.detail };
    case "retry":
      return { kind: "released", leaseToken, delayMs: outcome.delayMs };
    case "fallback":
      return { kind: "released", leaseToken, delayMs: 0 };
  }
}

export function statusOf(outcome: Outcome): AttemptStatus {
  switch (outcome.kind) {
    case "completed":
      return "ok";
    case "cancelled":
      return "aborted";
    case "failed":
      return outcome.wasCut ? "truncated" : "error";
    case "retry":
    case "fallback":
      return "error";
  }
}
