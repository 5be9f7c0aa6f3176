/** Asking a model for its vote, or the judge: each attempt is held in the budgets before it is made. */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { failureOf } from "../budgets/refusals";
import type { TokensMax } from "../budgets/worstCase";
import { accountFor } from "../providers/providers";
import { nextAttemptId } from "../runs/attempts";
import type { Failure } from "../runs/finish";
import { reserveForPart } from "../runs/reserve";
import { heldRun, type Lease } from "../runs/state";
import { addAttempt, openWhole, partsOf } from "./journal";
import type { Asked } from "./reports";

/** What is to be asked, and the most that it can come to. */
export type Asking = { promptChars: number; worst: TokensMax };

/**
 * Writes down the next attempt at a model's vote, or at judging, with what it may come to held in the budgets. Where one
 * of them sends it to another model, the step is that model's from then on: the vote stays what it is.
 *
 * @returns Why no budget allows it; that ends the step.
 */
export async function beginCall(
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
        ? failureOf(verdict.refusal)
        : { reason: "budget_exceeded", detail: "A budget is not ready yet: send it again." };
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
