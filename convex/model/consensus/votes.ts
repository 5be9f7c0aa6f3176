/**
 * A worker's turn at a vote: it opens it, hands each model's answer in as it comes, asks the judge and concludes. All of
 * it happens in the run's state `calling`, under its lease; what a call cost is booked whoever holds the lease.
 */
import { v, type Infer } from "convex/values";
import { isWorking, type RunEvent } from "../../../src/core/runState";
import { tally } from "../../../src/core/consensus";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import {
  vAttemptError,
  vAttemptStatus,
  vCallFacts,
  vConsensusPlan,
  vFinishReason,
  vProvider,
  vUsageReport,
} from "../../validators";
import { scopeOfRun, type TenantScope } from "../access";
import * as Chunks from "../chunks";
import * as Costs from "../costs/attempts";
import { accountFor, vAccount } from "../providers/providers";
import { sentenceOf } from "../budgets/refusals";
import type { TokensMax } from "../budgets/worstCase";
import { nextAttemptId } from "../runs/attempts";
import { endIfCancelled, endReply, endRun, ensureReply, NO_REPLY } from "../runs/end";
import { giveUp, type Failure } from "../runs/finish";
import { reserveForPart } from "../runs/reserve";
import { apply, heldRun, reload, type Lease } from "../runs/state";
import {
  addAttempt,
  ATTEMPTS_MAX,
  beginWhole,
  openWhole,
  partsOf,
  resultOf,
  type VoteStep,
  type Whole,
} from "./journal";
import { checkedVote } from "./plan";
import { textOf } from "./words";

/** Of an answer: with six others and the message it is read in one transaction. */
export const ANSWER_CHARS_MAX = 100_000;

/** A model that is to be asked. */
export const vBallotToCast = v.object({
  stepId: v.id("run_steps"),
  provider: vProvider,
  model: v.string(),
  account: v.union(vAccount, v.null()),
  /** What it said already; null: nothing yet, or nothing any more. */
  answer: v.union(v.string(), v.null()),
  /** Null: it is not to be asked. */
  attemptId: v.union(v.string(), v.null()),
});
export type BallotToCast = Infer<typeof vBallotToCast>;

export const vOpened = v.object({
  plan: vConsensusPlan,
  ballots: v.array(vBallotToCast),
  /** What the judge has said already, or that it could not say; null: it was not asked, or has not answered. */
  judged: v.union(v.object({ groups: v.union(v.array(v.number()), v.null()) }), v.null()),
});
export type Opened = Infer<typeof vOpened>;

/** An attempt that is to be made, and of which model: a budget may have sent it to another than the agent names. */
export const vAsked = v.object({
  stepId: v.id("run_steps"),
  attemptId: v.string(),
  provider: vProvider,
  model: v.string(),
  account: v.union(vAccount, v.null()),
});
export type Asked = Infer<typeof vAsked>;

/** What became of an attempt at a vote, or at judging them. */
export const vVoteReport = v.object({
  stepId: v.id("run_steps"),
  attemptId: v.string(),
  status: vAttemptStatus,
  answer: v.union(v.string(), v.null()),
  problem: v.union(v.string(), v.null()),
  /** What the judge said. */
  groups: v.optional(v.array(v.number())),
  error: v.optional(vAttemptError),
  /** The model will be asked again. */
  goesOn: v.boolean(),
  usage: v.union(vUsageReport, v.null()),
  facts: vCallFacts,
  finishReason: v.optional(vFinishReason),
  warnings: v.array(v.string()),
  firstChunkAtMs: v.optional(v.number()),
  endedAtMs: v.number(),
});
export type VoteReport = Infer<typeof vVoteReport>;

/**
 * Opens the votes, or goes on with those that a lost worker has left open: an attempt for each model that has not said
 * its answer yet.
 *
 * @returns Null when no vote must be held: the lease was lost, the run was cancelled and has now ended, or its agent
 *   says nothing sensible of its votes, and the run has failed.
 */
export async function open(
  ctx: MutationCtx,
  lease: Lease,
  { nowMs, ...asked }: Asking & { nowMs: number },
): Promise<Opened | null> {
  const found = await heldRun(ctx, lease);
  if (found === null) return null;
  const { scope, run } = found;
  const { leaseToken } = lease;
  if (!isWorking(run.state)) return null;
  if (await endIfCancelled(ctx, scope, { run, leaseToken, nowMs })) return null;
  const whole = await openWhole(ctx, run);
  const problem = whole === null ? await problemOf(ctx, run) : null;
  if (problem !== null) {
    const failure = { reason: "misconfigured", detail: problem } as const;
    await giveUp(ctx, lease, { failure, nowMs });
    return null;
  }
  const { step: index } = run.state;
  const event = { kind: "call_started", leaseToken, step: index } as const;
  if (!(await apply(ctx, run, { event, nowMs })).ok) return null;

  const begun = whole ?? (await beginWhole(ctx, run, { index, nowMs }));
  const messageId = await ensureReply(ctx, run, nowMs);
  const { votes, judge } = await partsOf(ctx, begun);
  const isJudged = judge !== null && judge.status !== "running";
  const judged = isJudged ? { groups: judge.groups ?? null } : null;
  const ballots: BallotToCast[] = [];
  const refusals: Failure[] = [];
  for (const step of votes) {
    const { _id: stepId, provider, model, ballot } = step;
    const voted = { stepId, provider, model, answer: ballot.answer ?? null };
    const isHopeful = await endIfHopeless(ctx, step, { plan: begun.plan, nowMs });
    const begunCall = isHopeful
      ? await beginCall(ctx, scope, { run, messageId, step, asked, nowMs })
      : null;
    if (begunCall !== null && "reason" in begunCall) refusals.push(begunCall);
    const isAsked = begunCall !== null && "attemptId" in begunCall;
    ballots.push(
      isAsked ? { ...voted, ...begunCall } : { ...voted, account: null, attemptId: null },
    );
  }
  const [refusal] = refusals;
  if (refusal !== undefined && refusals.length === votes.length) {
    await giveUp(ctx, lease, { failure: refusal, nowMs });
    return null;
  }
  await show(ctx, begun, messageId);
  return { plan: begun.plan, ballots, judged };
}

/** What is to be asked, and the most that it can come to. */
type Asking = { promptChars: number; worst: TokensMax };

/**
 * Writes down the next attempt at a model's vote, or at judging, with what it may come to held in the budgets. Where one
 * of them sends it to another model, the step is that model's from then on: the vote stays what it is.
 *
 * @returns Why no budget allows it; that ends the step.
 */
async function beginCall(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, messageId, step, asked, nowMs }: Calling,
): Promise<Asked | Failure> {
  const { provider, model, index, ballot } = step;
  const key = nextAttemptId(run._id, index, step);
  const call = { key, provider, model, worst: asked.worst };
  const verdict = await reserveForPart(ctx, run, { call, nowMs });
  if (verdict.kind !== "admitted") {
    const failure: Failure =
      verdict.kind === "refused"
        ? { reason: verdict.refusal.kind, detail: sentenceOf(verdict.refusal) }
        : { reason: "budget_exceeded", detail: "A budget is being opened: send it again." };
    await ctx.db.patch("run_steps", step._id, {
      status: "failed",
      endedAt: nowMs,
      ...(ballot !== undefined && { ballot: { ...ballot, problem: failure.detail } }),
    });
    return failure;
  }
  const { called } = verdict;
  await ctx.db.patch("run_steps", step._id, called);
  const { promptChars } = asked;
  const attempt = { messageId, promptChars, nowMs };
  const attemptId = await addAttempt(ctx, { ...step, ...called }, attempt);
  const account = await accountFor(ctx, scope, called.provider);
  return { stepId: step._id, attemptId, ...called, account };
}

type Calling = {
  run: Doc<"runs">;
  messageId: Doc<"messages">["_id"];
  step: Doc<"run_steps">;
  asked: Asking;
  nowMs: number;
};

/** Asks a model again. Null: it must not be. */
export async function again(
  ctx: MutationCtx,
  lease: Lease,
  { stepId, nowMs, ...asked }: Asking & { stepId: Doc<"run_steps">["_id"]; nowMs: number },
): Promise<Asked | null> {
  const found = await heldRun(ctx, lease);
  const step = await ctx.db.get("run_steps", stepId);
  if (found === null || step?.runId !== lease.runId || step.status !== "running") return null;
  return await askedIn(ctx, found, { step, asked, nowMs });
}

async function askedIn(
  ctx: MutationCtx,
  { scope, run }: { scope: TenantScope; run: Doc<"runs"> },
  call: Omit<Calling, "run" | "messageId">,
): Promise<Asked | null> {
  const { messageId } = run;
  if (messageId === undefined) return null;
  const begun = await beginCall(ctx, scope, { run, messageId, ...call });
  return "attemptId" in begun ? begun : null;
}

/** Asks the judge. Null: it must not be. */
export async function askJudge(
  ctx: MutationCtx,
  lease: Lease,
  { nowMs, ...asking }: Asking & { nowMs: number },
): Promise<Asked | null> {
  const found = await heldRun(ctx, lease);
  if (found === null) return null;
  const { run } = found;
  const whole = await openWhole(ctx, run);
  if (whole?.plan.judge === undefined) return null;
  const { votes, judge: asked } = await partsOf(ctx, whole);
  if (asked !== null && asked.status !== "running") return null;
  const { tenantId, _id: parentStepId, runId } = whole;
  const { provider, model } = whole.plan.judge;
  const stepId =
    asked?._id ??
    (await ctx.db.insert("run_steps", {
      tenantId,
      runId,
      index: whole.index + votes.length + 1,
      kind: "model_call",
      parentStepId,
      status: "running",
      provider,
      model,
      attempts: [],
      totalCostPico: 0n,
      totalTokens: 0,
      startedAt: nowMs,
    }));
  const step = await ctx.db.get("run_steps", stepId);
  if (step === null) return null;
  return await askedIn(ctx, found, { step, asked: asking, nowMs });
}

/**
 * Commits what became of an attempt: its cost, and the model's answer. Safe to repeat.
 *
 * @returns False when the lease was lost: then only the cost was booked.
 */
export async function report(
  ctx: MutationCtx,
  lease: Lease,
  { report, nowMs }: { report: VoteReport; nowMs: number },
): Promise<boolean> {
  const { stepId, attemptId, status, usage, facts, endedAtMs } = report;
  const found = await scopeOfRun(ctx, lease.runId);
  const step = await ctx.db.get("run_steps", stepId);
  const attempt = step?.attempts.find((one) => one.attemptId === attemptId);
  if (found === null || step?.runId !== lease.runId || attempt === undefined) return false;
  const { scope, run } = found;
  const { firstChunkAtMs, error } = report;
  const ended = omitUndefined({ status, firstChunkAtMs, endedAtMs, error });
  await Costs.record(ctx, scope, {
    billed: {
      run,
      step,
      attempt: { ...attempt, ...ended },
      status,
      report: usage,
      facts,
      endedAtMs,
    },
    nowMs,
  });
  if ((await heldRun(ctx, lease)) === null) return false;
  const booked = (await ctx.db.get("run_steps", stepId)) ?? step;
  if (booked.status !== "running") return true; // The answer to the first report got lost.
  const { answer, problem, finishReason, warnings, groups } = report;
  await ctx.db.patch("run_steps", stepId, {
    attempts: booked.attempts.map((one) =>
      one.attemptId === attemptId && one.status === "running" ? { ...one, ...ended } : one,
    ),
    ...omitUndefined({ finishReason, groups }),
    ...(warnings.length > 0 && { warnings }),
    ...(!report.goesOn && {
      status: status === "aborted" ? "cancelled" : answer === null ? "failed" : "completed",
      endedAt: nowMs,
      ...(booked.ballot !== undefined && {
        ballot: {
          ...booked.ballot,
          ...(answer === null
            ? omitUndefined({ problem: problem ?? undefined })
            : { answer: answer.slice(0, ANSWER_CHARS_MAX) }),
        },
      }),
    }),
  });
  const whole = await openWhole(ctx, run);
  if (whole !== null && run.messageId !== undefined) await show(ctx, whole, run.messageId);
  return true;
}

/**
 * Ends the votes and, with their outcome, the run.
 *
 * @param groups - For each answer that there is, in the models' order, of which it is; null: nobody could say.
 * @returns False when the lease was lost.
 */
export async function conclude(
  ctx: MutationCtx,
  lease: Lease,
  { groups, nowMs }: { groups: readonly number[] | null; nowMs: number },
): Promise<boolean> {
  const found = await heldRun(ctx, lease);
  if (found === null) return false;
  const { scope, run } = found;
  if (await cancelled(ctx, scope, { run, lease, nowMs })) return true;
  const whole = await openWhole(ctx, run);
  if (whole === null || run.messageId === undefined) return false;
  const { votes } = await partsOf(ctx, whole);
  const answered = votes.filter(({ ballot }) => ballot.answer !== undefined);
  if (answered.length === 0) return await fail(ctx, lease, { votes, nowMs });

  const rest = [...(groups ?? [])];
  const ofVotes = votes.map(({ ballot }) =>
    ballot.answer === undefined ? null : (rest.shift() ?? null),
  );
  const ballots = votes.map(({ ballot: { weight } }, at) => ({
    weight,
    group: ofVotes[at] ?? null,
  }));
  const isJudged = groups !== null || answered.length < whole.plan.quorum;
  const { outcome, group, agreement } = tally(ballots, whole.plan);
  const winner = votes.find((_vote, at) => group !== null && ofVotes[at] === group) ?? null;
  const said = isJudged ? outcome : "not_judged";
  const result = resultOf(whole, votes, {
    outcome: said,
    groups: ofVotes,
    ...(groups !== null && { agreement }),
  });
  const text = winner?.ballot.answer ?? textOf(said, votes);

  const { messageId, chunkCount: seq } = run;
  await Chunks.append(ctx, run, { messageId, seq, parts: [{ kind: "text", text }] });
  await endReply(ctx, run, { messageId, reply: { text, reasoning: "" }, nowMs });
  const { provider, model } = winner ?? {};
  await ctx.db.patch("messages", messageId, {
    consensus: result,
    ...omitUndefined({ provider, model }),
  });
  await ctx.db.patch("run_steps", whole._id, { status: "completed", endedAt: nowMs });
  return await endWith(ctx, scope, {
    run,
    event: { kind: "completed", leaseToken: lease.leaseToken },
    nowMs,
  });
}

/** Why the run's agent cannot have its models vote, for the tenant: rows of before this was checked may say anything. */
async function problemOf(ctx: MutationCtx, run: Doc<"runs">): Promise<string | null> {
  const agent = await ctx.db.get("agents", run.agentId);
  if (agent === null) return "The agent does not exist any more.";
  const vote = checkedVote(agent);
  return vote.ok ? null : `The agent's models cannot vote: ${vote.field} ${vote.reason}.`;
}

/** Whether the model is still to be asked. One for which it is too late, or that was asked often enough, is not. */
async function endIfHopeless(
  ctx: MutationCtx,
  step: VoteStep,
  { plan, nowMs }: Pick<Whole, "plan"> & { nowMs: number },
): Promise<boolean> {
  if (step.status !== "running") return false;
  const isOver = nowMs >= plan.deadlineAtMs;
  if (!isOver && step.attempts.length < ATTEMPTS_MAX) return true;
  const problem = isOver ? "It did not answer in time." : "Its workers were lost.";
  const ballot = { ...step.ballot, problem };
  await ctx.db.patch("run_steps", step._id, { status: "failed", endedAt: nowMs, ballot });
  return false;
}

async function show(
  ctx: MutationCtx,
  whole: Whole,
  messageId: Doc<"messages">["_id"],
): Promise<void> {
  const { votes } = await partsOf(ctx, whole);
  await ctx.db.patch("messages", messageId, {
    consensus: resultOf(whole, votes, { outcome: "open" }),
  });
}

/** No model answered: there is nothing to say, and so the run has failed. */
async function fail(
  ctx: MutationCtx,
  lease: Lease,
  { votes, nowMs }: { votes: readonly VoteStep[]; nowMs: number },
): Promise<boolean> {
  const reasons = votes.map(
    ({ provider, model, ballot }) => `${provider}/${model}: ${ballot.problem ?? "no answer"}`,
  );
  const detail = `No model answered. ${reasons.join(" ")}`;
  return await giveUp(ctx, lease, { failure: { reason: "provider_failed", detail }, nowMs });
}

async function cancelled(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, lease, nowMs }: { run: Doc<"runs">; lease: Lease; nowMs: number },
): Promise<boolean> {
  const event = { kind: "cancelled", leaseToken: lease.leaseToken } as const;
  if (!isWorking(run.state) || run.state.cancelRequestedAtMs === null) return false;
  if (run.messageId !== undefined) {
    const error = "The run was cancelled.";
    await endReply(ctx, run, { messageId: run.messageId, reply: NO_REPLY, error, nowMs });
  }
  return await endWith(ctx, scope, { run, event, nowMs });
}

async function endWith(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, event, nowMs }: { run: Doc<"runs">; event: RunEvent; nowMs: number },
): Promise<boolean> {
  const transition = await apply(ctx, run, { event, nowMs });
  if (!transition.ok) return false;
  const { state } = transition;
  await endRun(ctx, scope, { run: await reload(ctx, run._id), state, nowMs });
  return true;
}
