/** Reading sessions. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { promptOf } from "../model/runs/prompt";
import * as Notes from "../model/sessionNotes";
import * as Sessions from "../model/sessions";
import * as Summaries from "../model/summaries";
import { vSessionStatus } from "../validators";
import { vNoteView, vSessionView } from "../views";
import { vPromptView } from "../views/prompts";
import { vSummaryView } from "../views/summaries";

/**
 * The tenant's sessions in pages of at most 100, the last active first; of one agent, with one status, or
 * both, or of the person who opened them, or of a channel (`source`). Needs `sessions:read`.
 *
 * @param activeFromMs - Only those that were last active then or later, in milliseconds since 1970.
 *
 * @throws invalid_argument - `userId` or `source` together with each other, `agentId` or `status`.
 */
export const list = query({
  args: {
    ...caller,
    agentId: v.optional(v.id("agents")),
    status: v.optional(vSessionStatus),
    userId: v.optional(v.id("users")),
    source: v.optional(v.string()),
    activeFromMs: v.optional(v.number()),
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

/**
 * What the session's agent would be called with next: each block of the prompt in order, with its tokens, what is left
 * out and why, and the settings that would be sent. While a run is under way it is that run's next call; otherwise the
 * next message's, with `content` as if it were sent now. Nothing is called. Needs `sessions:read`; texts of the agent's
 * own (system prompt, mode, tools) are only for callers who may read agents as well.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws invalid_argument - The content is blank or longer than 100,000 characters.
 */
export const prompt = query({
  args: { ...caller, sessionId: v.id("sessions"), content: v.optional(v.string()) },
  returns: vPromptView,
  handler: async (ctx, { tenantId, apiKey, sessionId, content }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await promptOf(ctx, scope, { sessionId, content, nowMs: Date.now() });
  },
});

/**
 * The session's summaries in pages of at most 100, those that reach furthest first; undone ones are among them. Needs
 * `sessions:read`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export const summaries = query({
  args: { ...caller, sessionId: v.id("sessions"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vSummaryView),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Summaries.listPage(ctx, scope, which);
  },
});
