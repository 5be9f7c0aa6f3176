/**
 * Driving a run: one worker's way from its claim to the commit.
 *
 * An action of Convex's default runtime. It touches no table itself; all that it does to the run goes
 * through `jobs/driving.ts` and carries its lease. If it dies anywhere, the lease runs out and the reaper
 * goes on from what was committed (`convex/README.md` says what that is at each point).
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { internalAction, type ActionCtx } from "../_generated/server";
import { settingsFor } from "../model/providers/credentials";
import type { Failure } from "../model/runs/finish";
import type { Lease } from "../model/runs/state";
import type { Begun } from "../model/runs/work";
import { providerFor } from "../../src/providers/registry";
import { ModelCall, promptChars, toRequest } from "./modelCall";

/** Drives a run as far as one worker can. Does nothing when the run is not there to be driven. */
export const drive = internalAction({
  args: { runId: v.id("runs") },
  returns: v.null(),
  handler: async (ctx, { runId }): Promise<null> => {
    await driveRun(ctx, runId);
    return null;
  },
});

async function driveRun(ctx: ActionCtx, runId: Id<"runs">): Promise<void> {
  const lease: Lease = { runId, leaseToken: crypto.randomUUID() };
  const isOurs = await ctx.runMutation(internal.jobs.driving.claim, lease);
  if (!isOurs) return;
  const context = await ctx.runQuery(internal.jobs.driving.context, lease);
  if (context === null) return;

  const giveUp = async (failure: Failure) =>
    await ctx.runMutation(internal.jobs.driving.giveUp, { ...lease, ...failure });
  const { provider, model, refusal } = context;
  if (refusal !== null) {
    await giveUp({ reason: "limit_reached", detail: refusal });
    return;
  }
  const setUp = await settingsFor(provider, context.account);
  if (!setUp.ok) {
    await giveUp({ reason: "misconfigured", detail: setUp.detail });
    return;
  }
  const begun: Begun | null = await ctx.runMutation(internal.jobs.driving.beginAttempt, {
    ...lease,
    provider,
    model,
    promptChars: promptChars(context),
  });
  if (begun === null) return;

  const call = new ModelCall({
    begun,
    flush: async (chunk) =>
      await ctx.runMutation(internal.jobs.driving.flush, { ...lease, ...chunk }),
    heartbeat: async () => await ctx.runMutation(internal.jobs.driving.heartbeat, lease),
  });
  const report = await call.make((signal) =>
    providerFor(provider, setUp.settings).stream(toRequest(context, signal)),
  );
  await persistently(() => ctx.runMutation(internal.jobs.driving.finish, { ...lease, report }));
}

/** Tries of the final commit. It is what the call was paid for, and repeating it changes nothing. */
const COMMITS_MAX = 5;
const COMMIT_DELAY_FIRST_MS = 200;

async function persistently<T>(commit: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await commit();
    } catch (error) {
      // Lost races and hiccups pass. If not even this helps, the reaper settles with an estimate.
      if (tries === COMMITS_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, COMMIT_DELAY_FIRST_MS * 2 ** tries));
    }
  }
}
