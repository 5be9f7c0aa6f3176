/** Cancelling: at once when nobody is at work, otherwise by the worker, which aborts its call. */
import { isTerminal } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
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
  await endCancelled(ctx, scope, { run: asked, nowMs });
  return await reload(ctx, runId);
}
