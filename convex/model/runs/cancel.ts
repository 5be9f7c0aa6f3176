/** Cancelling: at once when nobody is at work, otherwise by the worker, which aborts its call. */
import { isTerminal, UNFINISHED } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { cancelPending } from "../approvals/requests";
import { unpark } from "./drivers";
import { endCancelled } from "./end";
import { apply, getOrFail, reload } from "./state";

/**
 * Asks for the run to be cancelled. A worker that is at it hears so within a second, closes the provider's
 * stream, and what it cost until then is booked. A run that has ended stays as it is.
 *
 * @returns The run as it is now.
 * @throws not_found - The run does not exist or is another tenant's.
 */
export async function cancel(
  ctx: MutationCtx,
  scope: TenantScope,
  { runId, nowMs }: { runId: Id<"runs">; nowMs: number },
): Promise<Doc<"runs">> {
  const run = await getOrFail(ctx, scope, runId);
  const { ok } = await apply(ctx, run, { event: { kind: "cancel_requested" }, nowMs });
  if (!ok) return run;
  const asked = await reload(ctx, runId);
  if (!isTerminal(asked.state)) return asked;

  // Nobody was at work.
  if (asked.wakeJobId !== undefined) await ctx.scheduler.cancel(asked.wakeJobId);
  else await unpark(ctx, asked);
  if (run.state.kind === "awaiting_approval") await cancelPending(ctx, run, nowMs);
  await endCancelled(ctx, scope, { run: asked, nowMs });
  return await reload(ctx, runId);
}

/** More than a session can have unfinished: the one whose turn it is, and those that wait for theirs. */
const UNFINISHED_MAX = 100;

/** Cancels whatever is unfinished in a session, the last first, so that no run's end gives the turn to another. */
export async function cancelAll(
  ctx: MutationCtx,
  scope: TenantScope,
  { sessionId, nowMs }: { sessionId: Id<"sessions">; nowMs: number },
): Promise<void> {
  const unfinished: Doc<"runs">[] = [];
  for (const kind of UNFINISHED) {
    const runs = ctx.db
      .query("runs")
      .withIndex("by_session_and_state", (q) =>
        q.eq("tenantId", scope.tenantId).eq("sessionId", sessionId).eq("state.kind", kind),
      );
    unfinished.push(...(await runs.take(UNFINISHED_MAX)));
  }
  for (const { _id: runId } of unfinished.toSorted((a, b) => b.turn - a.turn)) {
    await cancel(ctx, scope, { runId, nowMs });
  }
}
