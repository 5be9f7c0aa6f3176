/**
 * A worker's turn at a summary: a model call of the run that comes before its first reply, when the history has outgrown
 * its room. It is a step like any other: leased, resumed when its worker is lost, and paid for. It writes no message; if
 * it fails, the run goes on with what fits.
 */
import { v, type Infer } from "convex/values";
import {
  lastTurnToSummarise,
  SUMMARISED_MESSAGES_MAX,
  SUMMARY_INSTRUCTIONS,
  summaryTokensMax,
  transcriptOf,
} from "../../../src/context/compaction";
import { calibrated } from "../../../src/context/calibration";
import { countTokens } from "../../../src/context/tokens";
import type { Material, Prompt } from "../../../src/context/prompt";
import { isWorking } from "../../../src/core/runState";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { beginningOf } from "../../lib/texts";
import { vProvider } from "../../validators";
import { scopeOfRun } from "../access";
import { limitsOf, saidIn } from "../context";
import { sentenceOf } from "../budgets/refusals";
import type { TokensMax } from "../budgets/worstCase";
import * as Costs from "../costs/attempts";
import { accountFor, vAccount } from "../providers/providers";
import * as Summaries from "../summaries";
import { addAttempt, nextAttemptId } from "./attempts";
import { endAttempt, endIfCancelled, endRun, openStep } from "./end";
import { statusOf, type Report } from "./finish";
import { boundBy } from "./limits";
import { reserveForPart } from "./reserve";
import { apply, heldRun, reload, type Lease } from "./state";
import type { Begun } from "./work";

/** Of a run: enough for a session of a thousand messages that never had one. */
const COMPACTIONS_PER_RUN_MAX = 5;
/** Models that take a temperature summarise with little of it. */
const TEMPERATURE = 0.3;
/** A summary's model may have been told to write less, and not kept to it. */
const SUMMARY_CHARS_MAX = 20_000;
/** Of the summarising model's room; the rest is for what the estimate misses. */
const TRANSCRIPT_SHARE = 0.8;

/** The call that makes a summary. */
export const vCompaction = v.object({
  upToTurn: v.number(),
  provider: vProvider,
  model: v.string(),
  system: v.string(),
  text: v.string(),
  maxOutputTokens: v.number(),
  temperature: v.optional(v.number()),
});
export type Compaction = Infer<typeof vCompaction>;

/**
 * The summary that comes before the run's next call; null when none does.
 *
 * A step that a lost worker had begun goes on to the turn that it was begun for.
 */
export async function compactionFor(
  ctx: QueryCtx,
  {
    run,
    step,
    agent,
    material,
    prompt,
    nowMs,
  }: {
    run: Doc<"runs">;
    step: Doc<"run_steps"> | null;
    agent: Doc<"agents">;
    material: Material;
    prompt: Prompt;
    nowMs: number;
  },
): Promise<Compaction | null> {
  const session = await ctx.db.get("sessions", run.sessionId);
  if (session === null) return null;
  const wanted = await lastTurnWanted(ctx, { run, step, session, material, prompt });
  if (wanted === null) return null;
  const { provider, model } = agent.summaryModel ?? material.model;
  const { limits, acceptsTemperature } = limitsOf({ provider, model }, nowMs);
  const windowTokens = limits.contextWindowTokens ?? prompt.budget.windowTokens;
  const maxOutputTokens = summaryTokensMax(prompt.budget.inputTokens);
  const tokensMax = Math.floor(
    Math.min(windowTokens - maxOutputTokens, limits.inputTokensMax ?? Infinity) * TRANSCRIPT_SHARE,
  );
  const previous = await Summaries.inForce(ctx, session);
  const messages = await messagesBetween(ctx, session, {
    after: previous?.upToTurn ?? 0,
    upTo: wanted,
  });
  const transcript = transcriptOf(saidIn(messages, { provider, model }), {
    earlier: previous?.text ?? null,
    room: { tokensMax },
  });
  if (transcript === null) return null;
  const promptTokens = calibrated(countTokens(transcript.text), { provider, model });
  const call = { provider, model, promptTokens, outputTokens: maxOutputTokens };
  const bound = await boundBy(ctx, { run, agent }, { calls: [call], nowMs });
  // What the agent's limits leave is for the reply.
  if ("exceeded" in bound) return null;
  return {
    ...transcript,
    provider,
    model,
    system: SUMMARY_INSTRUCTIONS,
    maxOutputTokens: bound.outputTokens,
    ...omitUndefined({ temperature: acceptsTemperature ? TEMPERATURE : undefined }),
  };
}

async function lastTurnWanted(
  ctx: QueryCtx,
  {
    run,
    step,
    session,
    material: { model, earlier },
    prompt: { historyTokens },
  }: {
    run: Doc<"runs">;
    step: Doc<"run_steps"> | null;
    session: Doc<"sessions">;
    material: Material;
    prompt: Prompt;
  },
): Promise<number | null> {
  if (step?.compactsUpToTurn !== undefined) return step.compactsUpToTurn;
  // Between two rounds of tools the turn's beginning stays as it was.
  if (step !== null || run.messageCount > 1) return null;
  const { compactsNext: isAsked = false, uncompactedUntilTurn = 0 } = session;
  if (!isAsked && run.turn <= uncompactedUntilTurn) return null;
  const room = { model, tokensMax: historyTokens };
  const wanted = lastTurnToSummarise(earlier, { room, isAsked });
  if (wanted === null) return null;
  const made = await ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) => q.eq("tenantId", run.tenantId).eq("runId", run._id))
    .take(COMPACTIONS_PER_RUN_MAX);
  const hasFailed = made.some(({ status }) => status !== "completed");
  return hasFailed || made.length === COMPACTIONS_PER_RUN_MAX ? null : wanted;
}

/** Whole turns in order; the last one may lack messages where there are too many of them. */
async function messagesBetween(
  ctx: QueryCtx,
  { tenantId, _id: sessionId }: Doc<"sessions">,
  { after, upTo }: { after: number; upTo: number },
): Promise<Doc<"messages">[]> {
  return await ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", tenantId).eq("sessionId", sessionId).gt("turn", after).lte("turn", upTo),
    )
    .take(SUMMARISED_MESSAGES_MAX);
}

/** Of which model it is asked. */
export const vSummaryModel = v.object({
  provider: vProvider,
  model: v.string(),
  account: v.union(vAccount, v.null()),
});
export type BegunSummary = Begun & { called: Infer<typeof vSummaryModel> };

/**
 * Writes down that a summary is about to be asked for.
 *
 * @returns Null when it must not be: the lease was lost, or the run was cancelled and has now ended. "refused" when no
 *   budget allows it: the run goes on without. Otherwise also the model that it is to be asked of: a budget's cheaper one,
 *   where that is all that fits.
 */
export async function begin(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  {
    call: { upToTurn, provider, model, promptChars, worst },
    nowMs,
  }: {
    call: Pick<Compaction, "upToTurn" | "provider" | "model"> & {
      promptChars: number;
      worst: TokensMax;
    };
    nowMs: number;
  },
): Promise<BegunSummary | "refused" | null> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return null;
  const { scope, run } = found;
  if (!isWorking(run.state)) return null;
  if (await endIfCancelled(ctx, scope, { run, leaseToken, nowMs })) return null;
  const index = run.state.step;
  const step = await openStep(ctx, run);
  const key = nextAttemptId(runId, index, step);
  const asked = { key, provider, model, worst, isOptional: true };
  const verdict = await reserveForPart(ctx, run, { call: asked, nowMs });
  const { ok } = await apply(ctx, run, {
    event: { kind: "call_started", leaseToken, step: index },
    nowMs,
  });
  if (!ok) return fail({ kind: "conflict", entity: "run", reason: "it is not to call now" });
  if (verdict.kind !== "admitted") {
    const why =
      verdict.kind === "refused" ? sentenceOf(verdict.refusal) : "A budget is not ready yet.";
    await refuse(ctx, run, { step, index, call: { provider, model, upToTurn }, why, nowMs });
    const event = { kind: "call_finished", leaseToken } as const;
    await apply(ctx, await reload(ctx, runId), { event, nowMs });
    return "refused";
  }
  const { called } = verdict;
  // What it costs is shown with the message that it is made for.
  const messageId = run.userMessageId;
  const { stepId, attempts, attempt } = await addAttempt(ctx, run, {
    call: { ...called, promptChars, messageId, index },
    step,
    compactsUpToTurn: upToTurn,
    nowMs,
  });
  const { attemptId, kind: attemptKind } = attempt;
  const attemptsMade = attempts.length;
  const begun = { stepId, messageId, attemptId, attemptKind, attemptsMade };
  const account = await accountFor(ctx, scope, called.provider);
  return { ...begun, firstSeq: run.chunkCount, called: { ...called, account } };
}

/** Notes a summary that is not made, as one that has failed: it is not tried again in this run. */
async function refuse(
  ctx: MutationCtx,
  { _id: runId, tenantId }: Doc<"runs">,
  {
    step,
    index,
    call: { upToTurn, ...called },
    why,
    nowMs,
  }: {
    step: Doc<"run_steps"> | null;
    index: number;
    call: Pick<Compaction, "upToTurn" | "provider" | "model">;
    why: string;
    nowMs: number;
  },
): Promise<void> {
  const ended = { status: "failed" as const, warnings: [why], endedAt: nowMs };
  if (step !== null) {
    await ctx.db.patch("run_steps", step._id, ended);
    return;
  }
  await ctx.db.insert("run_steps", {
    tenantId,
    runId,
    index,
    kind: "compaction",
    compactsUpToTurn: upToTurn,
    ...called,
    attempts: [],
    totalCostPico: 0n,
    totalTokens: 0,
    startedAt: nowMs,
    ...ended,
  });
}

/**
 * Commits what came of a summary. Safe to repeat.
 *
 * @returns False when there is nothing more to do for this worker: the lease was lost (then only the cost was booked),
 *   or the run was cancelled.
 */
export async function finish(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  { report, upToTurn, nowMs }: { report: Report; upToTurn: number; nowMs: number },
): Promise<boolean> {
  const found = await scopeOfRun(ctx, runId);
  if (found === null) return false;
  const { scope, run } = found;
  const { attemptId, outcome } = report;
  const step = await ctx.db.get("run_steps", report.stepId);
  const attempt = step?.attempts.find((one) => one.attemptId === attemptId);
  if (step?.runId !== runId || attempt === undefined) return false;
  const ended = {
    status: statusOf(outcome),
    ...omitUndefined({
      firstChunkAtMs: report.firstChunkAtMs,
      error: "error" in outcome ? outcome.error : undefined,
    }),
    endedAtMs: report.endedAtMs,
  };
  const billed = { run, step, attempt: { ...attempt, ...ended }, status: ended.status };
  await Costs.record(ctx, scope, {
    billed: { ...billed, report: report.usage, facts: report.facts, endedAtMs: report.endedAtMs },
    nowMs,
  });
  const kind = outcome.kind === "cancelled" ? "cancelled" : "call_finished";
  const transition = await apply(ctx, run, { event: { kind, leaseToken }, nowMs });
  // The answer to the first report got lost: the step has ended, and the run is where it should be.
  if (!transition.ok) return step.status !== "running" && isWorking(run.state);
  const booked = await openStep(ctx, run);
  if (booked !== null) await endAttempt(ctx, booked, { attemptId, ended });
  if (transition.state.kind === "cancelled") {
    await endRun(ctx, scope, { run: await reload(ctx, runId), state: transition.state, nowMs });
    return false;
  }
  const text = beginningOf(report.text.trim(), SUMMARY_CHARS_MAX);
  const isMade = outcome.kind === "completed" && text !== "";
  const status = isMade ? "completed" : "failed";
  await ctx.db.patch("run_steps", step._id, { status, endedAt: nowMs });
  const session = await ctx.db.get("sessions", run.sessionId);
  if (isMade && session !== null) {
    const { provider, model } = step;
    const made = { runId, upToTurn, text, provider, model, createdAt: nowMs };
    await Summaries.store(ctx, session, made);
  }
  return true;
}
