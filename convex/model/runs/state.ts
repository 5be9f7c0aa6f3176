/** A run's state as it is stored: every change of it goes through here. */
import { v, type Infer } from "convex/values";
import {
  nextRunState,
  isWorking,
  type RunEvent,
  type RunState,
  type Transition,
} from "../../../src/core/runState";
import { WAKE_GRACE_MS } from "../../../src/core/limits";
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { requireOwned, scopeOfRun, type TenantScope } from "../access";

/** What ties a worker's writes to its claim. */
export const vLease = { runId: v.id("runs"), leaseToken: v.string() };
export type Lease = { runId: Id<"runs">; leaseToken: string };

/** What a worker is told in the answer to each of its writes: go on, stop the call, or stop altogether. */
export const vVerdict = v.union(v.literal("go_on"), v.literal("cancel"), v.literal("lost"));
export type Verdict = Infer<typeof vVerdict>;

/** The run, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  runId: Id<"runs">,
): Promise<Doc<"runs">> {
  const run = await ctx.db.get("runs", runId);
  return requireOwned(scope, run, { entity: "run", id: runId });
}

/** The run as it is now, in a transaction that has already seen it. */
export async function reload(ctx: QueryCtx, runId: Id<"runs">): Promise<Doc<"runs">> {
  const run = await ctx.db.get("runs", runId);
  if (run === null) throw new Error(`run ${runId} vanished within a transaction`);
  return run;
}

/** Stores the state after `event`, or says why it does not apply; then nothing is written. */
export async function apply(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { event, nowMs }: { event: RunEvent; nowMs: number },
): Promise<Transition> {
  const transition = nextRunState(run.state, event, nowMs);
  if (transition.ok) {
    const { state } = transition;
    await ctx.db.patch("runs", run._id, { state, reapAtMs: reapAtMs(state) });
  }
  return transition;
}

/** How long a caller who drives the run has to come for it before a job does. */
export const CALLER_GRACE_MS = 10_000;

/**
 * Has a job drive the run, now or after `delayMs`. Written in the transaction that makes the run ready,
 * so that no run is ever ready without a wake-up.
 */
export async function wake(
  ctx: MutationCtx,
  runId: Id<"runs">,
  { delayMs, nowMs }: { delayMs: number; nowMs: number },
): Promise<void> {
  const { isAttended = false } = await reload(ctx, runId);
  const waitMs = delayMs + (isAttended ? CALLER_GRACE_MS : 0);
  const wakeJobId = await ctx.scheduler.runAfter(waitMs, internal.jobs.runs.drive, { runId });
  await ctx.db.patch("runs", runId, { wakeJobId, reapAtMs: nowMs + waitMs + WAKE_GRACE_MS });
}

/** The run with the right to go on with it, while this worker holds it; null: the lease was lost. */
export async function heldRun(
  ctx: QueryCtx,
  { runId, leaseToken }: Lease,
): Promise<{ scope: TenantScope; run: Doc<"runs"> } | null> {
  const found = await scopeOfRun(ctx, runId);
  return found !== null && holds(found.run, leaseToken) ? found : null;
}

/** True while this worker holds the run. */
export function holds(run: Doc<"runs">, leaseToken: string): boolean {
  return isWorking(run.state) && run.state.leaseToken === leaseToken;
}

/** A queued run gets its time from `wake`: one that waits for its turn has none. */
function reapAtMs(state: RunState): number | undefined {
  return isWorking(state) ? state.leaseExpiresAtMs : undefined;
}
