/** What became of an attempt at a vote, and what people see of the vote meanwhile. */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { scopeOfRun } from "../access";
import * as Costs from "../costs/attempts";
import { heldRun, type Lease } from "../runs/state";
import { openWhole, partsOf, resultOf, type Whole } from "./journal";
import { ANSWER_CHARS_MAX, type VoteReport } from "./reports";

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

/** Shows in the reply how far the vote has come. */
export async function show(
  ctx: MutationCtx,
  whole: Whole,
  messageId: Doc<"messages">["_id"],
): Promise<void> {
  const { votes } = await partsOf(ctx, whole);
  await ctx.db.patch("messages", messageId, {
    consensus: resultOf(whole, votes, { outcome: "open" }),
  });
}
