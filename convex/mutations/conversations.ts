/** Opening, changing and deleting sessions: conversations, in the seeds' word. What is said goes through `messages.send`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { remove as removeSession } from "../model/sessionRemoval";
import * as Sessions from "../model/sessions";
import { vOpenRecord, vSessionStatus } from "../validators";

/**
 * Opens a session with an agent and returns its id. `sessionId` is the caller's own name for it; if the
 * agent has a session of that name already, its id is returned and nothing changes. Needs `sessions:write`.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws conflict - The agent is paused or archived.
 * @throws invalid_argument - A text is blank or too long, the metadata too large.
 */
export const create = mutation({
  args: {
    ...caller,
    agentId: v.id("agents"),
    sessionId: v.optional(v.string()),
    channel: v.optional(v.string()),
    title: v.optional(v.string()),
    metadata: v.optional(vOpenRecord),
  },
  returns: v.id("sessions"),
  handler: async (ctx, { tenantId, apiKey, sessionId: externalId, channel: source, ...rest }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:write" });
    const session = { externalId, source, ...rest };
    const opened = await Sessions.open(ctx, scope, { session, nowMs: Date.now() });
    return opened._id;
  },
});

/**
 * Renames a session (`title`), completes it (`status: "completed"`), or changes its metadata. A completed or
 * abandoned one takes no more messages until it is active again. Null takes a title or the metadata away. Needs
 * `sessions:write`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws invalid_argument - The title is blank or too long, the metadata too large.
 */
export const update = mutation({
  args: {
    ...caller,
    sessionId: v.id("sessions"),
    status: v.optional(vSessionStatus),
    title: v.optional(v.union(v.string(), v.null())),
    metadata: v.optional(v.union(vOpenRecord, v.null())),
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, sessionId, ...changes }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:write" });
    await Sessions.update(ctx, scope, { sessionId, changes, nowMs: Date.now() });
    return null;
  },
});

/**
 * Deletes a session with its messages and runs, for good. It is gone from lists at once, its runs are cancelled,
 * and the rest follows in the background; what it cost stays in the ledger. Needs `sessions:delete`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export const remove = mutation({
  args: { ...caller, sessionId: v.id("sessions") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, sessionId }): Promise<null> => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:delete" });
    await removeSession(ctx, scope, { sessionId, nowMs: Date.now() });
    return null;
  },
});
