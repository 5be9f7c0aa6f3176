/**
 * A worker's turn at a run: it claims the run with a lease, begins an attempt and appends what arrives. Every one
 * of these carries the lease's token; whoever lost the lease is told so and has written nothing.
 */
import { v, type Infer } from "convex/values";
import { isTerminal, isWorking } from "../../../src/core/runState";
import { HEARTBEAT_INTERVAL_MS, LEASE_TTL_MS } from "../../../src/core/limits";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import {
  vAttemptKind,
  type Attempt,
  type ChunkPart,
  type FallbackModel,
  type PassedOver,
} from "../../validators";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { isInService, scopeOfRun, tenantOf, type TenantScope } from "../access";
import * as Pauses from "../budgets/pauses";
import { failureOf, noteDegraded, type Refusal } from "../budgets/refusals";
import { withdraw } from "../budgets/reservations";
import type { TokensMax } from "../budgets/worstCase";
import * as Chunks from "../chunks";
import * as Cooldowns from "../providers/cooldowns";
import { instructionsOf } from "../skills/runnable";
import { addAttempt, nextAttemptId } from "./attempts";
import { contextFor, promptChars, tokensMaxOf, vCallContext } from "./context";
import { ensureWake, freeSlot, park, sit } from "./drivers";
import { giveUp, type Failure } from "./finish";
import { endCancelled, endIfCancelled, ensureReply, openStep } from "./end";
import { loseLease } from "./reap";
import { OPENING_CHECK_MS, reserveFor } from "./reserve";
import { apply, getOrFail, heldRun, holds, reload, wake, type Lease, type Verdict } from "./state";

export const vBegun = v.object({
  stepId: v.id("run_steps"),
  messageId: v.id("messages"),
  attemptId: v.string(),
  attemptKind: vAttemptKind,
  /** Attempts at this step that the provider answered or refused, this one included. */
  attemptsMade: v.number(),
  /** The number of the first piece to be flushed. */
  firstSeq: v.number(),
});
export type Begun = Infer<typeof vBegun>;

/**
 * Takes the run for a worker, if it is there to be taken: queued, its time come, and its session's turn.
 * Claiming again with the same token is the same claim.
 *
 * @returns False when there is nothing to do for this worker.
 */
async function claim(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  nowMs: number,
): Promise<boolean> {
  const found = await scopeOfRun(ctx, runId);
  if (found === null) return false;
  const { scope, run } = found;
  if (holds(run, leaseToken)) return true;
  if (isTerminal(run.state)) return false;

  const session = await ctx.db.get("sessions", run.sessionId);
  if (session?.activeRunId !== runId) return false;
  // The reaper was not here yet; what it would settle must be settled before the lease is overwritten.
  if (isWorking(run.state)) await loseLease(ctx, scope, { run, nowMs });

  const free = await reload(ctx, runId);
  const event = { kind: "claimed", leaseToken, ttlMs: LEASE_TTL_MS } as const;
  const { ok } = await apply(ctx, free, { event, nowMs });
  if (!ok) {
    // Woken early, by a clock that is ahead of this one: without another wake-up the run would wait for the reaper.
    await ensureWake(ctx, free, nowMs);
    return false;
  }
  await ctx.db.patch("runs", runId, { startedAt: run.startedAt ?? nowMs, wakeJobId: undefined });

  const obstacle = await obstacleFor(ctx, scope, run);
  if (obstacle === null) return true;
  await giveUp(ctx, { runId, leaseToken }, { failure: obstacle, nowMs });
  return false;
}

type BegunCall = FallbackModel & {
  promptChars: number;
  worst: TokensMax;
  /** What has sent the call to this model. */
  degraded: readonly Refusal[];
  passedOver: PassedOver[];
  probes?: Id<"provider_cooldowns">;
};

export const vTaken = v.object({
  context: vCallContext,
  /** Null where something else comes first, or in place of a call: tools that wait, a summary, or a vote. */
  begun: v.union(vBegun, v.null()),
});
export type Taken = Infer<typeof vTaken>;

/**
 * Takes the run, or goes on with one that is taken, and begins the model call that comes next: all that a plain turn
 * needs before it calls is one commit. It reads nothing that other sessions write.
 *
 * @returns Null when there is nothing to do for this worker.
 */
export async function take(ctx: MutationCtx, lease: Lease, nowMs: number): Promise<Taken | null> {
  if (!(await claim(ctx, lease, nowMs))) return null;
  return await goOn(ctx, lease, { degraded: [], nowMs });
}

/** What has sent the call to another model, and that model. */
type Degraded = { instead?: FallbackModel; degraded: readonly Refusal[] };

async function goOn(
  ctx: MutationCtx,
  lease: Lease,
  { instead, degraded, nowMs }: Degraded & { nowMs: number },
): Promise<Taken | null> {
  const context = await contextFor(ctx, lease, { instead, nowMs });
  if (context === null) return null;
  const { compaction, waiting, holdsVote } = context;
  if (compaction !== null || waiting.length > 0 || holdsVote) return { context, begun: null };
  if (context.exceeded !== null) {
    await giveUp(ctx, lease, { failure: context.exceeded, nowMs });
    return null;
  }
  if (context.refusal !== null) {
    const failure = { reason: "limit_reached", detail: context.refusal } as const;
    await giveUp(ctx, lease, { failure, nowMs });
    return null;
  }
  if (context.waitUntilMs !== undefined) {
    const delayMs = Math.max(0, context.waitUntilMs - nowMs);
    await handOver(ctx, lease, { delayMs, nowMs });
    return null;
  }
  const { provider, model, passedOver, probes } = context;
  const call = {
    provider,
    model,
    passedOver,
    promptChars: promptChars(context),
    worst: tokensMaxOf(context),
    degraded,
    ...omitUndefined({ probes }),
  };
  const begun = await beginAttempt(ctx, lease, { call, nowMs });
  if (begun === null) return null;
  if (!("refusal" in begun)) return { context, begun };
  const { refusal, instead: cheaper } = begun;
  return await goOn(ctx, lease, { degraded: [...degraded, refusal], instead: cheaper, nowMs });
}

/**
 * What a caller does who drives a run of their own: they need no seat, and the wake-up that would have come in their
 * stead is not needed any more.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export async function takeAsCaller(
  ctx: MutationCtx,
  scope: TenantScope,
  { lease, nowMs }: { lease: Lease; nowMs: number },
): Promise<Taken | null> {
  const { wakeJobId } = await getOrFail(ctx, scope, lease.runId);
  const taken = await take(ctx, lease, nowMs);
  if (taken !== null && wakeJobId !== undefined) await ctx.scheduler.cancel(wakeJobId);
  return taken;
}

export const vStarted = v.object({ taken: vTaken, slot: v.number(), tenantId: v.id("tenants") });
export type Started = Infer<typeof vStarted>;

/**
 * What a wake-up does: takes its run and a driver's seat, or parks the run when there is none.
 *
 * @returns Null when there is nothing to do for this worker.
 */
export async function start(
  ctx: MutationCtx,
  lease: Lease,
  { token, nowMs }: { token: string; nowMs: number },
): Promise<Started | null> {
  const found = await scopeOfRun(ctx, lease.runId);
  const jobId = found?.run.wakeJobId;
  // Parked, taken in by a driver, or under way: this wake-up is not the run's any more.
  if (found === null || jobId === undefined) return null;
  const { run, scope } = found;
  if (run.isAttended === true) {
    await endUnattended(ctx, scope, { run, nowMs });
    return null;
  }
  const slot = await freeSlot(ctx);
  if (slot === null) {
    if (run.state.kind !== "queued") return null;
    if (run.state.notBeforeMs > nowMs) await ensureWake(ctx, run, nowMs);
    else await park(ctx, run, nowMs);
    return null;
  }
  const taken = await take(ctx, lease, nowMs);
  if (taken === null) return null;
  await sit(ctx, { slot, token }, jobId);
  return { taken, slot, tenantId: run.tenantId };
}

/** Its caller has not come for it, and so is gone: nobody would hear the answer. */
async function endUnattended(
  ctx: MutationCtx,
  scope: TenantScope,
  { run, nowMs }: { run: Doc<"runs">; nowMs: number },
): Promise<void> {
  if (run.state.kind !== "queued") return;
  if (run.state.notBeforeMs > nowMs) return await ensureWake(ctx, run, nowMs);
  const { ok } = await apply(ctx, run, { event: { kind: "cancel_requested" }, nowMs });
  if (ok) await endCancelled(ctx, scope, { run: await reload(ctx, run._id), nowMs });
}

/**
 * Writes down that an upstream call is about to be made, before it is made: should the worker vanish, the
 * row says what may have been billed.
 *
 * @returns Null when the call must not be made: the lease was lost, the run was cancelled before it had cost
 *   anything, and has now ended, another run's call is to show first whether the model can be had again, or no budget
 *   allows it. A budget that has another model called in its place is returned, and nothing was begun.
 */
async function beginAttempt(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  {
    call: { provider, model, promptChars, passedOver, probes, worst, degraded },
    nowMs,
  }: { call: BegunCall; nowMs: number },
): Promise<Begun | Degrading | null> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return null;
  const { scope, run } = found;
  if (!isWorking(run.state)) return null;
  if (await endIfCancelled(ctx, scope, { run, leaseToken, nowMs })) return null;
  const step = await openStep(ctx, run);
  const key = nextAttemptId(runId, run.state.step, step);
  const call = { key, provider, model, worst, degraded };
  const verdict = await reserveFor(ctx, run, { call, nowMs });
  if (verdict.kind === "opening") {
    await release(ctx, run, { leaseToken, delayMs: OPENING_CHECK_MS, nowMs });
    return null;
  }
  if (verdict.kind === "degraded") return verdict;
  if (verdict.kind === "refused") {
    const { refusal } = verdict;
    const failure = failureOf(refusal);
    await giveUp(ctx, { runId, leaseToken }, { failure, nowMs });
    return null;
  }
  if (probes !== undefined && !(await Cooldowns.claimProbe(ctx, probes, nowMs))) {
    // The next attempt has the same id.
    await withdraw(ctx, scope, key);
    await release(ctx, run, { leaseToken, delayMs: Cooldowns.PROBE_CHECK_MS, nowMs });
    return null;
  }
  const event = { kind: "call_started", leaseToken, step: run.state.step } as const;
  const { ok } = await apply(ctx, run, { event, nowMs });
  // Its state was read in this transaction; and what is held for the call must not stay held without it.
  if (!ok) return fail({ kind: "conflict", entity: "run", reason: "it is not to call now" });
  const { agentId, userId, keyId } = run;
  const called = { agentId, provider, model, ...omitUndefined({ userId, keyId }) };
  await noteDegraded(ctx, scope, { key, called, degraded, nowMs });

  const index = run.state.step;
  const messageId = await ensureReply(ctx, run, nowMs);
  await ctx.db.patch("messages", messageId, { provider, model });
  await ctx.db.patch("runs", runId, { provider, model });

  const { stepId, attempts, attempt } = await addAttempt(ctx, run, {
    call: { provider, model, promptChars, messageId, index, passedOver },
    step,
    nowMs,
  });
  return {
    stepId,
    messageId,
    attemptId: attempt.attemptId,
    attemptKind: attempt.kind,
    attemptsMade: ofLastModel(attempts).filter(({ status }) => status !== "lost").length,
    firstSeq: run.chunkCount,
  };
}

/** A budget that sends the call to another model. */
type Degrading = { refusal: Refusal; instead: FallbackModel };

/** The attempts at the model that was called last. */
function ofLastModel(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.slice(attempts.findLastIndex(({ gaveUp }) => gaveUp === true) + 1);
}

/** Appends a piece of the reply, renews the lease and says whether to go on. */
export async function flush(
  ctx: MutationCtx,
  lease: Lease,
  {
    chunk,
    nowMs,
  }: { chunk: { messageId: Id<"messages">; seq: number; parts: ChunkPart[] }; nowMs: number },
): Promise<Verdict> {
  const run = await ctx.db.get("runs", lease.runId);
  if (run === null || !holds(run, lease.leaseToken) || run.messageId !== chunk.messageId) {
    return "lost";
  }
  await Chunks.append(ctx, run, chunk);
  return await renew(ctx, run, { lease, nowMs });
}

/** A sign of life while nothing arrives; it says whether to go on. */
export async function heartbeat(ctx: MutationCtx, lease: Lease, nowMs: number): Promise<Verdict> {
  const run = await ctx.db.get("runs", lease.runId);
  return run === null ? "lost" : await renew(ctx, run, { lease, nowMs });
}

/**
 * Renews the lease once a third of it is used up, and not with every flush: whoever reads the run would
 * otherwise hear of it ten times a second.
 */
async function renew(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { lease: { leaseToken }, nowMs }: { lease: Lease; nowMs: number },
): Promise<Verdict> {
  const { state } = run;
  if (!isWorking(state) || state.leaseToken !== leaseToken) return "lost";
  if (run.isAttended === true && !(await mayStillHear(ctx, run))) {
    await apply(ctx, run, { event: { kind: "cancel_requested" }, nowMs });
    return "cancel";
  }
  if (state.leaseExpiresAtMs - nowMs < state.leaseTtlMs - HEARTBEAT_INTERVAL_MS) {
    await apply(ctx, run, { event: { kind: "renewed", leaseToken }, nowMs });
  }
  return state.cancelRequestedAtMs === null ? "go_on" : "cancel";
}

/** Whoever waits for a run's answer: their tenant is in service, and their key holds. */
async function mayStillHear(ctx: MutationCtx, { tenantId, keyId }: Doc<"runs">): Promise<boolean> {
  const tenant = await ctx.db.get("tenants", tenantId);
  const key = keyId === undefined ? null : await ctx.db.get("api_keys", keyId);
  return tenant !== null && isInService(tenant) && key?.revokedAt === undefined;
}

/** Gives the run back between two steps, for another worker to go on with, now or after a while. */
export async function handOver(
  ctx: MutationCtx,
  { runId, leaseToken }: Lease,
  { delayMs, nowMs }: { delayMs: number; nowMs: number },
): Promise<void> {
  const found = await heldRun(ctx, { runId, leaseToken });
  if (found === null) return;
  const { scope, run } = found;
  if (await endIfCancelled(ctx, scope, { run, leaseToken, nowMs })) return;
  await release(ctx, run, { leaseToken, delayMs, nowMs });
}

async function release(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { leaseToken, delayMs, nowMs }: { leaseToken: string; delayMs: number; nowMs: number },
): Promise<void> {
  const event = { kind: "released", leaseToken, delayMs } as const;
  const { ok } = await apply(ctx, run, { event, nowMs });
  if (ok) await wake(ctx, run._id, { delayMs, nowMs });
}

/** Why the run cannot go on although it was admitted once; in words for the tenant. */
async function obstacleFor(
  ctx: QueryCtx,
  scope: TenantScope,
  run: Doc<"runs">,
): Promise<Failure | null> {
  const misconfigured = (detail: string) => ({ reason: "misconfigured", detail }) as const;
  const tenant = await tenantOf(ctx, scope);
  if (!isInService(tenant)) return misconfigured(`The tenant is ${tenant.status}.`);
  const agent = await ctx.db.get("agents", run.agentId);
  if (agent === null) return misconfigured("The agent does not exist any more.");
  if (agent.status === "active") return null;
  const pause = await Pauses.reasonOf(ctx, agent);
  if (pause !== null) {
    const { reason, policyId: refusedById } = pause;
    return { reason: "budget_exceeded", detail: `${reason}.`, refusedById };
  }
  return misconfigured(`The agent is ${agent.status}: make it active, and send the message again.`);
}

/** The instructions of a skill that the run's agent may use now. */
export async function skillInstructions(
  ctx: QueryCtx,
  lease: Lease,
  skillId: string,
): Promise<string | null> {
  const found = await heldRun(ctx, lease);
  const agent = found === null ? null : await ctx.db.get("agents", found.run.agentId);
  if (found === null || agent === null) return null;
  return await instructionsOf(ctx, found.scope, { agent, skillId });
}
