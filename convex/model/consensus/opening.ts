/**
 * The beginning of a worker's turn at a vote. All of a vote happens in the run's state `calling`, under its lease; what a
 * call cost is booked whoever holds the lease.
 */
import { isWorking } from "../../../src/core/runState";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { endIfCancelled, ensureReply } from "../runs/end";
import { giveUp, type Failure } from "../runs/finish";
import { apply, heldRun, type Lease } from "../runs/state";
import { beginCall, type Asking } from "./asking";
import { ATTEMPTS_MAX, beginWhole, openWhole, partsOf, type VoteStep, type Whole } from "./journal";
import { checkedVote } from "./plan";
import { show } from "./reporting";
import type { BallotToCast, Opened } from "./reports";

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
