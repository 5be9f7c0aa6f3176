/**
 * The votes of a run as its steps: one for the whole, and below it one for each model and one for the judge. Each
 * model's answer stands in its step, so that a worker that comes after another one asks only those that have not said
 * theirs.
 */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { beginningOf } from "../../lib/texts";
import type { Attempt, ConsensusPlan, ConsensusResult } from "../../validators";
import { nextAttemptId } from "../runs/attempts";
import { openSteps } from "../runs/end";
import { voteOf } from "./plan";

/** Of an answer, in the message: the whole stands in its step. */
const EXCERPT_CHARS_MAX = 2_000;
/** A vote is not worth more waiting. */
export const ATTEMPTS_MAX = 3;

type Step = Doc<"run_steps">;
export type Whole = Step & { plan: ConsensusPlan };
export type VoteStep = Step & { ballot: NonNullable<Step["ballot"]> };

/** The step of the votes that are being held, if any are. */
export async function openWhole(ctx: QueryCtx, run: Doc<"runs">): Promise<Whole | null> {
  const open = await openSteps(ctx, run);
  return open.find(isWhole) ?? null;
}

/** The same, begun as the agent has it now, with a step for each model that votes. */
export async function beginWhole(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { index, nowMs }: { index: number; nowMs: number },
): Promise<Whole> {
  const agent = await ctx.db.get("agents", run.agentId);
  if (agent === null) return fail({ kind: "not_found", entity: "agent", id: run.agentId });
  const { plan, deadlineMs, voters } = voteOf(agent);
  const { tenantId, _id: runId } = run;
  const begun = {
    status: "running",
    attempts: [],
    totalCostPico: 0n,
    totalTokens: 0,
    startedAt: nowMs,
  } as const;
  const row = { ...begun, attempts: [], tenantId, runId };
  const { provider, model } = agent;
  const id = await ctx.db.insert("run_steps", {
    ...row,
    index,
    kind: "consensus",
    provider,
    model,
    plan: { ...plan, deadlineAtMs: nowMs + deadlineMs },
  });
  for (const [nth, { provider, model, weight }] of voters.entries()) {
    const step = { ...row, index: index + 1 + nth, kind: "model_call", provider, model } as const;
    await ctx.db.insert("run_steps", { ...step, parentStepId: id, ballot: { nth, weight } });
  }
  const whole = await ctx.db.get("run_steps", id);
  if (whole === null || !isWhole(whole)) throw new Error("a step vanished within a transaction");
  return whole;
}

/** The steps of the models, in their order, and the judge's, if it was asked. */
export async function partsOf(
  ctx: QueryCtx,
  { tenantId, runId, index, _id: id }: Whole,
): Promise<{ votes: VoteStep[]; judge: Step | null }> {
  const parts = await ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", runId).gt("index", index))
    .take(20);
  const own = parts.filter(({ parentStepId }) => parentStepId === id);
  return { votes: own.filter(isVote), judge: own.find((step) => !isVote(step)) ?? null };
}

/** Another attempt at a step. */
export async function addAttempt(
  ctx: MutationCtx,
  step: Step,
  {
    messageId,
    promptChars,
    nowMs,
  }: { messageId: Id<"messages">; promptChars: number; nowMs: number },
): Promise<string> {
  const { runId, index, provider, model, attempts } = step;
  const attempt: Attempt = {
    attemptId: nextAttemptId(runId, index, step),
    provider,
    model,
    kind: attempts.length === 0 ? "primary" : "retry",
    status: "running",
    messageId,
    promptChars,
    startedAtMs: nowMs,
  };
  await ctx.db.patch("run_steps", step._id, { attempts: [...attempts, attempt] });
  return attempt.attemptId;
}

/** What readers see of the votes while they come in. */
export function resultOf(
  { plan }: Whole,
  votes: readonly VoteStep[],
  {
    groups = [],
    ...rest
  }: Pick<ConsensusResult, "outcome" | "agreement"> & { groups?: readonly (number | null)[] },
): ConsensusResult {
  return {
    strategy: plan.strategy,
    ...rest,
    ...(plan.judge !== undefined && { judge: plan.judge }),
    votes: votes.map(({ _id: stepId, provider, model, status, ballot }, at) => {
      const { weight, answer, problem } = ballot;
      const group = groups[at] ?? undefined;
      return {
        provider,
        model,
        stepId,
        weight,
        status: answer !== undefined ? "voted" : status === "running" ? "open" : "missing",
        ...(answer !== undefined && { answer: beginningOf(answer, EXCERPT_CHARS_MAX) }),
        ...(problem !== undefined && { problem }),
        ...(group !== undefined && { group }),
      };
    }),
  };
}

function isWhole(step: Step): step is Whole {
  return step.plan !== undefined;
}

function isVote(step: Step): step is VoteStep {
  return step.ballot !== undefined;
}
