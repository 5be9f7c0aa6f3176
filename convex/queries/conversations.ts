/**
 * Messages under the names of the seeds' "Conversations Table": one entry per message, with channel, tokens
 * and cost. For pages and live text use `queries.messages`.
 */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Messages from "../model/messages";
import { vConversationView } from "../views";

const limit = v.optional(v.number());

/**
 * The newest messages of an agent, or of the whole tenant, the newest first. Needs `sessions:read`. At most
 * `limit` (1 to 100, which is the default), and fewer when they are very long.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - The limit is out of range.
 */
export const list = query({
  args: { ...caller, agentId: v.optional(v.id("agents")), limit },
  returns: v.array(vConversationView),
  handler: async (ctx, { tenantId, apiKey, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Messages.recentEntries(ctx, scope, filter);
  },
});

/**
 * One message. Needs `sessions:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, conversationId: v.id("messages") },
  returns: vConversationView,
  handler: async (ctx, { tenantId, apiKey, conversationId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Messages.entry(ctx, scope, conversationId);
  },
});

/**
 * The newest messages of a session, in the order in which they were said. `sessionId` is one of our ids or
 * the name under which the session was created. Needs `sessions:read`. Limits as in `list`.
 *
 * @throws not_found - The agent has no such session, or is another tenant's.
 * @throws invalid_argument - The limit is out of range.
 */
export const getSession = query({
  args: { ...caller, agentId: v.id("agents"), sessionId: v.string(), limit },
  returns: v.array(vConversationView),
  handler: async (ctx, { tenantId, apiKey, agentId, sessionId: name, limit: countMax }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Messages.sessionEntries(ctx, scope, { agentId, name, limit: countMax });
  },
});

/** The tenant's newest messages across its agents, the newest first. Needs `sessions:read`. Limits as in `list`. */
export const recent = query({
  args: { ...caller, limit },
  returns: v.array(vConversationView),
  handler: async (ctx, { tenantId, apiKey, limit: countMax }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Messages.recentEntries(ctx, scope, { limit: countMax });
  },
});
