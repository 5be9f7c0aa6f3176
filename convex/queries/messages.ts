/** Reading messages, and following one while it is written. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Chunks from "../model/chunks";
import * as Messages from "../model/messages";
import { vChunksView, vMessageView } from "../views";

/**
 * A session's messages in pages of at most 100, the newest first. A reply that is being written is there
 * with status `streaming` and no content; `chunks` has its text. Needs `sessions:read`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export const list = query({
  args: { ...caller, sessionId: v.id("sessions"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vMessageView),
  handler: async (ctx, { tenantId, apiKey, ...page }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Messages.listPage(ctx, scope, page);
  },
});

/**
 * All that was said in a run, in order: the user's message and the replies, at most 100. Needs `sessions:read`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const ofRun = query({
  args: { ...caller, runId: v.id("runs") },
  returns: v.array(vMessageView),
  handler: async (ctx, { tenantId, apiKey, runId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Messages.ofRun(ctx, scope, runId);
  },
});

/**
 * At most 100 messages whose content has the words, the best match first, and fewer when they are very long;
 * of one session with `sessionId`. The last word may be a beginning. What branches have copied is found in each of
 * them, with `copiedFrom`. Needs `sessions:read`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws invalid_argument - The query is blank or too long, or the limit out of range.
 */
export const search = query({
  args: {
    ...caller,
    query: v.string(),
    sessionId: v.optional(v.id("sessions")),
    limit: v.optional(v.number()),
  },
  returns: v.array(vMessageView),
  handler: async (ctx, { tenantId, apiKey, query: text, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Messages.search(ctx, scope, { text, ...filter });
  },
});

/**
 * The pieces of a reply after the one numbered `afterSeq`: all of them from the start without it. Follow a
 * message by its id, or by its run's whichever message that is writing. Pass `lastSeq` as `afterSeq` the
 * next time, and every piece travels once. Pieces are deleted some minutes after their message has ended;
 * its `content` has their text. Needs `sessions:read`.
 *
 * @throws invalid_argument - Neither or both of `runId` and `messageId`, or a limit not from 1 to 500.
 * @throws not_found - The run or message does not exist or is another tenant's.
 */
export const chunks = query({
  args: {
    ...caller,
    runId: v.optional(v.id("runs")),
    messageId: v.optional(v.id("messages")),
    afterSeq: v.optional(v.number()),
    limit: v.optional(v.number()),
  },
  returns: vChunksView,
  handler: async (ctx, { tenantId, apiKey, runId, messageId, afterSeq, limit }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    const of = { runId, messageId };
    return await Chunks.listAfter(ctx, scope, { of, afterSeq: afterSeq ?? -1, limit });
  },
});
