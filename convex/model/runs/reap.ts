/**
 * What happens to runs whose worker or wake-up got lost.
 *
 * Actions run at most once and die without a word to our tables, so a lease that runs out is the only
 * sign. The reaper is a cron mutation and needs no free slot for scheduled jobs.
 */
import { isWorking } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { scopeOfRun, type TenantScope } from "../access";
import * as Chunks from "../chunks";
import * as Costs from "../costs/attempts";
import { ensureWake } from "./drivers";
import { endAttempt, endReply, endRun, ensureReply, openSteps, toReply } from "./end";
import { apply, reload, wake } from "./state";
import { loseSteps } from "./tools";

/** How long a run waits for the reaper that could not put it right: somebody must look first. */
const POSTPONED_MS = 60_000;

/** Runs the reaper should look at now, those that have waited longest first. */
export async function due(
  ctx: QueryCtx,
  { nowMs, countMax }: { nowMs: number; countMax: number },
): Promise<Id<"runs">[]> {
  const runs = await ctx.db
    .query("runs")
    .withIndex("by_reap_time", (q) => q.gt("reapAtMs", 0).lte("reapAtMs", nowMs))
    .take(countMax);
  return runs.map((run) => run._id);
}

/** Puts one run right. Does nothing to a run that is all right by now. */
export async function reap(ctx: MutationCtx, runId: Id<"runs">, nowMs: number): Promise<void> {
  const found = await scopeOfRun(ctx, runId);
  if (found === null) return;
  const { scope, run } = found;
  if (run.reapAtMs === undefined || run.reapAtMs > nowMs) return;
  if (isWorking(run.state)) await loseLease(ctx, scope, { run, nowMs });
  else if (run.state.kind === "queued") await ensureWake(ctx, run, nowMs);
  else await ctx.db.patch("runs", runId, { reapAtMs: undefined });
}

/** Moves a run that could not be put right out of the way of the others. */
export async function postpone(ctx: MutationCtx, runId: Id<"runs">, nowMs: number): Promise<void> {
  await ctx.db.patch("runs", runId, { reapAtMs: nowMs + POSTPONED_MS });
}

/**
 * Takes the run from a worker whose lease has run out. What was held for its call is booked as a whole, and without that
 * an estimate; what it had flushed of a reply is kept as interrupted, and the run is queued again, or ended when it
 * has lost too many workers or was to be cancelled anyway.
 */
export async function loseLease(
  ctx: MutationCtx,
  scope: TenantScope,
  { run: found, nowMs }: { run: Doc<"runs">; nowMs: number },
): Promise<void> {
  // Whoever drove it was the only one to hear the answer.
  if (found.isAttended === true) {
    await apply(ctx, found, { event: { kind: "cancel_requested" }, nowMs });
  }
  const run = await reload(ctx, found._id);
  const transition = await apply(ctx, run, { event: { kind: "lease_expired" }, nowMs });
  if (!transition.ok) return;
  const { state } = transition;
  await loseSteps(ctx, run, nowMs);

  // A failure must be seen where the reply would be.
  const messageId = state.kind === "failed" ? await ensureReply(ctx, run, nowMs) : run.messageId;
  const flushed = messageId === undefined ? null : await Chunks.readAll(ctx, scope, messageId);
  const reply = toReply(flushed?.parts ?? []);
  await settleLost(ctx, scope, { run, delivered: reply.text + reply.reasoning, nowMs });

  if (messageId !== undefined && (flushed?.count ?? 0) > 0) {
    // Shown as what it is; the next worker says the whole again, in a message of its own.
    const error = state.kind === "failed" ? state.detail : "The worker was lost.";
    await endReply(ctx, run, { messageId, reply, error, nowMs });
    await ctx.db.patch("runs", run._id, {
      chunkCount: run.chunkCount + (flushed?.count ?? 0),
      ...(state.kind === "queued" && { messageId: undefined }),
    });
  } else if (messageId !== undefined && state.kind !== "queued") {
    const error = state.kind === "failed" ? state.detail : "The run was cancelled.";
    await endReply(ctx, run, { messageId, reply, error, nowMs });
  }
  if (state.kind === "queued") await wake(ctx, run._id, { delayMs: 0, nowMs });
  else await endRun(ctx, scope, { run: await reload(ctx, run._id), state, nowMs });
}

/** Books what was held, or an estimate, for each attempt that was under way: one, or those of a vote. */
async function settleLost(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, delivered, nowMs }: { run: Doc<"runs">; delivered: string; nowMs: number },
): Promise<void> {
  for (const step of await openSteps(ctx, run)) {
    await settleLostAt(ctx, scope, { run, step, delivered, nowMs });
  }
}

async function settleLostAt(
  ctx: MutationCtx,
  scope: TenantScope,
  {
    run,
    step,
    delivered,
    nowMs,
  }: { run: Doc<"runs">; step: Doc<"run_steps">; delivered: string; nowMs: number },
): Promise<void> {
  const attempt = step.attempts.at(-1);
  if (attempt?.status !== "running") return;
  const status = "lost";
  await Costs.record(ctx, scope, {
    billed: {
      run,
      step,
      attempt,
      status,
      facts: {},
      endedAtMs: undefined,
      report: Costs.estimateLost(attempt, delivered),
    },
    nowMs,
  });
  const booked = await ctx.db.get("run_steps", step._id);
  if (booked === null) return;
  await endAttempt(ctx, booked, {
    attemptId: attempt.attemptId,
    ended: { status, endedAtMs: nowMs },
  });
}
