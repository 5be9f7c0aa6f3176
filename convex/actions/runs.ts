"use node";
/** Driving runs without waiting for the scheduler. Convex wants Node.js in this folder; the driving itself does not. */
import { internal } from "../_generated/api";
import { action } from "../_generated/server";
import { runs } from "../actionShapes";
import { requirePermission } from "../model/actionAccess";
import type { RunView } from "../views";

/**
 * Drives a run as far as it goes, and returns it as it then is: for callers who wait for the reply anyway, and so need
 * none of the few slots of the scheduler. Send with `drivenBy: "caller"` first. Followers see the reply arrive as ever.
 * Where somebody else is at the run already, or it has to wait (for its turn, before another try, for a person), it
 * returns at once; the run goes on without the caller then, as it does should the caller vanish. Needs `messages:send`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const drive = action({
  args: runs.drive.args,
  returns: runs.drive.returns,
  handler: async (ctx, args): Promise<RunView> => {
    const { tenantId, apiKey } = args;
    await requirePermission(ctx, { tenantId, apiKey, permission: "messages:send" });
    return await ctx.runAction(internal.jobs.runs.driveAsCaller, args);
  },
});
