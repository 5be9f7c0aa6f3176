/** Saying something to an agent. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { send as sendMessage } from "../model/runs/send";
import { vSent } from "../views";

/**
 * Says something to an agent, in a session or in a new one with `agentId`. Stores the message and the run
 * that will answer it, all or nothing, and returns their ids; follow the run with `queries.runs.get` and
 * its reply with `queries.messages.chunks`. A session's runs go one after the other. Needs `messages:send`.
 *
 * With an `idempotencyKey` (unique in the tenant) it is safe to repeat: the first call's ids come back.
 *
 * @throws invalid_argument - The content is blank or longer than 100,000 characters; neither a session nor
 *   an agent is given, or an agent that is not the session's.
 * @throws not_found - The session or agent does not exist or is another tenant's.
 * @throws conflict - The agent is paused or archived, or the session is closed.
 * @throws limit_reached - 20 runs are waiting in the session.
 * @throws idempotency_key_reused - The key came before with another message, session or sender.
 */
export const send = mutation({
  args: {
    ...caller,
    sessionId: v.optional(v.id("sessions")),
    agentId: v.optional(v.id("agents")),
    content: v.string(),
    idempotencyKey: v.optional(v.string()),
  },
  returns: vSent,
  handler: async (ctx, { tenantId, apiKey, ...message }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "messages:send" });
    return await sendMessage(ctx, scope, { message, nowMs: Date.now() });
  },
});
