/** What drives runs: whoever wakes them, and callers who drive their own. Actions of Convex's default runtime. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction } from "../_generated/server";
import { Gate } from "../lib/gate";
import { omitUndefined } from "../lib/objects";
import { persistently } from "../lib/persistently";
import { caller } from "../model/access";
import { vRunView, type RunView } from "../views";
import { CALL_BYTES_MAX } from "../../src/context/files";
import { Driver } from "./driver";
import { CALLERS_LIFE_MS, driveRun } from "./driveRun";

/** What wakes a run: drives it, and then whatever is parked. Ends at once when it is not there to be driven. */
export const drive = internalAction({
  args: { runId: v.id("runs") },
  returns: v.null(),
  handler: async (ctx, { runId }): Promise<null> => {
    await new Driver(ctx, (work) => driveRun(ctx, work)).begin(runId);
    return null;
  },
});

/** Drives a caller's own run as far as it goes, in no slot of the scheduler, and returns it as it then is. */
export const driveAsCaller = internalAction({
  args: { ...caller, runId: v.id("runs") },
  returns: vRunView,
  handler: async (ctx, { runId, ...of }): Promise<RunView> => {
    const { driving } = internal.jobs;
    const by = omitUndefined(of);
    const untilMs = Date.now() + CALLERS_LIFE_MS;
    await driveRun(ctx, {
      runId,
      take: async (lease) => await ctx.runMutation(driving.takeAsCaller, { ...by, ...lease }),
      finish: async (lease, made) =>
        await persistently(() => ctx.runMutation(driving.finish, { ...lease, ...made })),
      leftMs: () => untilMs - Date.now(),
      fileGate: new Gate(CALL_BYTES_MAX),
    });
    return await ctx.runQuery(driving.readAsCaller, { ...by, runId });
  },
});
