/** Saying something to an agent, and saying what its replies were worth. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Messages from "../model/messages";
import * as Pins from "../model/pins";
import { vNewAttachment } from "../model/attachments";
import { edit as editMessage } from "../model/runs/edit";
import { send as sendMessage } from "../model/runs/send";
import { vDrivenBy, vWhenBusy } from "../validators";
import { vSent } from "../views";

/**
 * Says something to an agent, in a session or in a new one with `agentId`. Stores the message and the run
 * that will answer it, all or nothing, and returns their ids; follow the run with `queries.runs.get` and
 * its reply with `queries.messages.chunks`. A session's runs go one after the other. Needs `messages:send`.
 *
 * `whenBusy` says what happens while the agent is still answering: with "queue" (as without it) the message waits
 * for its turn, up to 20 of them; with "interrupt" what is unfinished in the session is cancelled and the message
 * comes next (needs `runs:cancel`, too); with "reject" it is not taken.
 *
 * Who wants the reply in the answer to a call of theirs says `drivenBy: "caller"`, and then `actions.runs.drive`: the
 * run is not woken for the next ten seconds.
 *
 * `attachments` are at most 10 uploads (see `mutations.files.createUploadUrl`) of at most 16 MB each. They are the
 * session's from then on; models are told their names, and not yet what is in them.
 *
 * With an `idempotencyKey` (unique in the tenant) it is safe to repeat: the first call's ids come back.
 *
 * @throws invalid_argument - The content is blank or longer than 100,000 characters; neither a session nor
 *   an agent is given, or an agent that is not the session's; attachments are too many or too large.
 * @throws not_found - The session or agent does not exist or is another tenant's; an upload does not exist, or is
 *   attached to something already.
 * @throws conflict - The agent is paused or archived, or the session is closed; or it is busy, with "reject".
 * @throws forbidden - "interrupt" without `runs:cancel`.
 * @throws limit_reached - 20 runs are waiting in the session, or the plan has no room for the attachments.
 * @throws idempotency_key_reused - The key came before with another message, session or sender.
 */
export const send = mutation({
  args: {
    ...caller,
    sessionId: v.optional(v.id("sessions")),
    agentId: v.optional(v.id("agents")),
    content: v.string(),
    attachments: v.optional(v.array(vNewAttachment)),
    whenBusy: v.optional(vWhenBusy),
    drivenBy: v.optional(vDrivenBy),
    idempotencyKey: v.optional(v.string()),
  },
  returns: vSent,
  handler: async (ctx, { tenantId, apiKey, ...message }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "messages:send" });
    return await sendMessage(ctx, scope, { message, nowMs: Date.now() });
  },
});

/**
 * Says what a user said in other words, or asks the same again: in a new session that branches off there. It
 * begins with copies of what was said before, then comes the new message, which a run answers at once; the old
 * session and its runs stay as they are, and either may be deleted without the other. The message's attachments
 * come along; copies cost nothing. Needs `messages:send`.
 *
 * With an `idempotencyKey` (unique in the tenant) it is safe to repeat: the first call's ids come back.
 *
 * @throws not_found - The message does not exist or is another tenant's, or its session is deleted.
 * @throws invalid_argument - It is a reply, or the content is blank or longer than 100,000 characters.
 * @throws conflict - The agent is paused or archived, or something before the message is still being answered.
 * @throws limit_reached - More than 2,000 messages and attachments come before it, or more than 8 MB of them.
 * @throws idempotency_key_reused - The key came before with another message or sender.
 */
export const edit = mutation({
  args: {
    ...caller,
    messageId: v.id("messages"),
    content: v.string(),
    idempotencyKey: v.optional(v.string()),
  },
  returns: vSent,
  handler: async (ctx, { tenantId, apiKey, ...edited }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "messages:send" });
    return await editMessage(ctx, scope, { edit: edited, nowMs: Date.now() });
  },
});

/**
 * Notes what you think of a reply, in place of what was noted before; `rating: null` takes it back. Needs
 * `messages:rate`.
 *
 * @throws not_found - The message does not exist or is another tenant's.
 * @throws invalid_argument - It is no reply of an agent's, or the comment is blank or longer than 2,000 characters.
 */
export const rate = mutation({
  args: {
    ...caller,
    messageId: v.id("messages"),
    rating: v.union(v.literal("good"), v.literal("bad"), v.null()),
    comment: v.optional(v.string()),
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, messageId, ...opinion }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "messages:rate" });
    await Messages.rate(ctx, scope, { messageId, opinion, nowMs: Date.now() });
    return null;
  },
});

/**
 * Has models read a message with every turn of its session, however long ago it was said: in its place while that is
 * among what they read, before the rest otherwise. At most 20 of a session, of 8,000 tokens together. Twice is no error.
 * Needs `sessions:write`.
 *
 * @throws not_found - The message or its session does not exist or is another tenant's.
 * @throws conflict - It is still being written.
 * @throws invalid_argument - There is nothing to read in it.
 * @throws limit_reached - 20 messages are pinned, or they would have more than 8,000 tokens.
 */
export const pin = mutation({
  args: { ...caller, messageId: v.id("messages") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, messageId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:write" });
    await Pins.pin(ctx, scope, { messageId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Takes a pin away. Twice is no error. Needs `sessions:write`.
 *
 * @throws not_found - The message or its session does not exist or is another tenant's.
 */
export const unpin = mutation({
  args: { ...caller, messageId: v.id("messages") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, messageId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:write" });
    await Pins.unpin(ctx, scope, { messageId, nowMs: Date.now() });
    return null;
  },
});
