/** Steering runs. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { cancel as cancelRun } from "../model/runs/cancel";
import { toView } from "../model/runs/read";
import { vRunView } from "../views";

/**
 * Cancels a run: at once while it waits; otherwise its worker closes the provider's stream within a second,
 * keeps what had arrived as an interrupted message and books what it cost. A run that has ended stays as it
 * is. Returns the run as it is now. Needs `runs:cancel`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const cancel = mutation({
  args: { ...caller, runId: v.id("runs") },
  returns: vRunView,
  handler: async (ctx, { tenantId, apiKey, runId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "runs:cancel" });
    return toView(await cancelRun(ctx, scope, { runId, nowMs: Date.now() }));
  },
});
