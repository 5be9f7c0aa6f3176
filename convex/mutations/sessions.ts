/** What becomes of a long session's beginning. Opening and changing sessions is `mutations.conversations`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Summaries from "../model/summaries";

const session = { ...caller, sessionId: v.id("sessions") };

/**
 * Has the session's next turn begin with a summary of all but its last four messages, as happens by itself when the
 * history outgrows its room. Nothing is erased: models read the summary in place of what it stands for. It is a model
 * call of that run, at its cost. Twice is no error. Needs `sessions:write`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export const compact = mutation({
  args: session,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, sessionId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:write" });
    await Summaries.request(ctx, scope, { sessionId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Takes the summary in force away: models read again what it stood for, as far as it fits, or the summary before it.
 * For 20 turns none is made unasked. Needs `sessions:write`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws conflict - There is no summary, or the agent is still answering.
 */
export const undoCompaction = mutation({
  args: session,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, sessionId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:write" });
    await Summaries.undo(ctx, scope, { sessionId, nowMs: Date.now() });
    return null;
  },
});
