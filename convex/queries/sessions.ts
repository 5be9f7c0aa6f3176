/** Reading sessions. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Notes from "../model/sessionNotes";
import * as Sessions from "../model/sessions";
import { vSessionStatus } from "../validators";
import { vNoteView, vSessionView } from "../views";

/**
 * The tenant's sessions in pages of at most 100, the last active first; of one agent, with one status, or
 * both, or of the person who opened them. Needs `sessions:read`.
 *
 * @throws invalid_argument - `userId` together with `agentId` or `status`.
 */
export const list = query({
  args: {
    ...caller,
    agentId: v.optional(v.id("agents")),
    status: v.optional(vSessionStatus),
    userId: v.optional(v.id("users")),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vSessionView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Sessions.listPage(ctx, scope, { filter, paginationOpts });
  },
});

/**
 * At most 100 sessions whose title has the words, the best match first; the last word may be a beginning.
 * Needs `sessions:read`.
 *
 * @throws invalid_argument - The query is blank or too long, or the limit out of range.
 */
export const search = query({
  args: {
    ...caller,
    query: v.string(),
    agentId: v.optional(v.id("agents")),
    status: v.optional(vSessionStatus),
    limit: v.optional(v.number()),
  },
  returns: v.array(vSessionView),
  handler: async (ctx, { tenantId, apiKey, query: text, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Sessions.search(ctx, scope, { text, ...filter });
  },
});

/**
 * One session. Needs `sessions:read`; its cost is in USD.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, sessionId: v.id("sessions") },
  returns: vSessionView,
  handler: async (ctx, { tenantId, apiKey, sessionId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Sessions.get(ctx, scope, sessionId);
  },
});

/**
 * What the agent wrote down in the session, at most 50 notes, in the order in which they were begun. Needs
 * `sessions:read`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export const notes = query({
  args: { ...caller, sessionId: v.id("sessions") },
  returns: v.array(vNoteView),
  handler: async (ctx, { tenantId, apiKey, sessionId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Notes.list(ctx, scope, sessionId);
  },
});
