/** Messages: what was said in a session. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { narrow } from "../../src/core/money";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { isUnchanged } from "../lib/changes";
import { checkedLength, checkedText } from "../lib/checks";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import { toUsd, toUsdText } from "../lib/usd";
import type { ConversationView, MessageView } from "../views";
import { requireOwned, type CallerScope, type TenantScope } from "./access";
import * as Activity from "./activity";
import * as Agents from "./agents/agents";
import * as Sessions from "./sessions";

const record = Activity.recorderOf("messages");

/** About 25,000 tokens: more belongs into a file. */
export const CONTENT_LENGTH_MAX = 100_000;
export const PAGE_SIZE_MAX = 100;
const QUERY_LENGTH_MAX = 200;
const COMMENT_LENGTH_MAX = 2_000;

/** A transaction may read 16 MiB, and one character may be three bytes. */
const READ_CHARS_MAX = 2_000_000;
const READ_BYTES_MAX = 8 * 1024 * 1024;

/** A session's messages, the newest first. A reply that is being written is there, with what is known of it. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { sessionId, paginationOpts }: { sessionId: Id<"sessions">; paginationOpts: PaginationOptions },
): Promise<PaginationResult<MessageView>> {
  await Sessions.getOrFail(ctx, scope, sessionId);
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await ofSession(ctx, scope, sessionId)
    .order("desc")
    .paginate({ ...paginationOpts, numItems, maximumBytesRead: READ_BYTES_MAX });
  return { ...result, page: result.page.map(toView) };
}

/** All that was said in a run, in order. */
export async function ofRun(
  ctx: QueryCtx,
  scope: TenantScope,
  runId: Id<"runs">,
): Promise<MessageView[]> {
  const row = await ctx.db.get("runs", runId);
  const { tenantId, sessionId, turn } = requireOwned(scope, row, { entity: "run", id: runId });
  const said = ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", tenantId).eq("sessionId", sessionId).eq("turn", turn),
    );
  const bounds = { countMax: PAGE_SIZE_MAX, charsMax: READ_CHARS_MAX };
  return (await takeWithin(said, bounds)).map(toView);
}

/** Messages whose content has the words, the best match first. */
export async function search(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    text,
    sessionId,
    limit,
  }: { text: string; sessionId?: Id<"sessions"> | undefined; limit?: number | undefined },
): Promise<MessageView[]> {
  const words = checkedText("query", text, QUERY_LENGTH_MAX);
  const countMax = Sessions.checkedLimit(limit);
  if (sessionId !== undefined) await Sessions.getOrFail(ctx, scope, sessionId);
  const found = ctx.db.query("messages").withSearchIndex("search_content", (q) => {
    const ofTenant = q.search("content", words).eq("tenantId", scope.tenantId);
    return sessionId === undefined ? ofTenant : ofTenant.eq("sessionId", sessionId);
  });
  return (await takeWithin(found, { countMax, charsMax: READ_CHARS_MAX })).map(toView);
}

export type Opinion = { rating: "good" | "bad" | null; comment?: string | undefined };

/**
 * Notes what a reader thought of a reply, in place of what was noted before; null takes it back.
 *
 * @throws not_found - The message does not exist or is another tenant's.
 * @throws invalid_argument - It is no reply of an agent's, or the comment is blank or too long.
 */
export async function rate(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    messageId,
    opinion: { rating, comment },
    nowMs,
  }: { messageId: Id<"messages">; opinion: Opinion; nowMs: number },
): Promise<void> {
  const { role, feedback: before } = await getOrFail(ctx, scope, messageId);
  if (role !== "assistant") {
    const reason = "is no reply: only those are rated";
    fail({ kind: "invalid_argument", field: "messageId", reason });
  }
  const said = omitUndefined({
    comment:
      comment === undefined ? undefined : checkedText("comment", comment, COMMENT_LENGTH_MAX),
  });
  const { userId } = scope.actor;
  const feedback = rating === null ? undefined : { rating, ...said, userId, createdAt: nowMs };
  const change = { before: opinionIn(before), after: opinionIn(feedback) };
  if (isUnchanged(change.before, change.after)) return;
  await ctx.db.patch("messages", messageId, { feedback });
  await record(ctx, scope, { action: "rate", id: messageId, ...change, nowMs });
}

function opinionIn(feedback: Doc<"messages">["feedback"]) {
  if (feedback === undefined) return null;
  const { rating, comment, userId } = feedback;
  return { rating, comment, userId };
}

/** The message, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  messageId: Id<"messages">,
): Promise<Doc<"messages">> {
  const message = await ctx.db.get("messages", messageId);
  return requireOwned(scope, message, { entity: "message", id: messageId });
}

/** The newest messages of an agent or of the whole tenant, the newest first; of copies the original. */
export async function recentEntries(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, limit }: { agentId?: Id<"agents"> | undefined; limit?: number | undefined },
): Promise<ConversationView[]> {
  const countMax = Sessions.checkedLimit(limit);
  if (agentId !== undefined) await Agents.getOrFail(ctx, scope, agentId);
  const { tenantId } = scope;
  const messages =
    agentId === undefined
      ? ctx.db
          .query("messages")
          .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId).eq("copiedFrom", undefined))
      : ctx.db
          .query("messages")
          .withIndex("by_agent", (q) =>
            q.eq("tenantId", tenantId).eq("agentId", agentId).eq("copiedFrom", undefined),
          );
  const newest = await takeWithin(messages.order("desc"), { countMax, charsMax: READ_CHARS_MAX });
  return newest.map(toEntry);
}

/** The newest messages of a session, in the order in which they were said. */
export async function sessionEntries(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, name, limit }: { agentId: Id<"agents">; name: string; limit?: number | undefined },
): Promise<ConversationView[]> {
  const countMax = Sessions.checkedLimit(limit);
  const session = await Sessions.findByName(ctx, scope, { agentId, name });
  const newest = await takeWithin(ofSession(ctx, scope, session._id).order("desc"), {
    countMax,
    charsMax: READ_CHARS_MAX,
  });
  return newest.toReversed().map(toEntry);
}

export async function entry(
  ctx: QueryCtx,
  scope: TenantScope,
  messageId: Id<"messages">,
): Promise<ConversationView> {
  return toEntry(await getOrFail(ctx, scope, messageId));
}

/** @throws invalid_argument - The content is blank or too long. */
export function checkedContent(content: string): string {
  if (content.trim() === "") {
    fail({ kind: "invalid_argument", field: "content", reason: "is blank" });
  }
  return checkedLength("content", content, CONTENT_LENGTH_MAX);
}

export function toView(message: Doc<"messages">): MessageView {
  const {
    _creationTime,
    turn: _turn,
    position: _position,
    costPico: _costPico,
    costCarry: _costCarry,
    chunksExpireAtMs: _chunksExpireAtMs,
    toolCalls,
    thoughts: _thoughts,
    ...rest
  } = message;
  const costPico = costOf(message);
  return {
    ...rest,
    ...(toolCalls !== undefined && {
      toolCalls: toolCalls.map(({ signature: _signature, ...call }) => call),
    }),
    ...(costPico !== undefined && {
      cost: { amount: toUsd(costPico), amountUsd: toUsdText(costPico), currency: "usd" },
    }),
  };
}

function costOf({ costPico: rest, costCarry: carry }: Doc<"messages">): bigint | undefined {
  return rest === undefined ? undefined : narrow({ carry, rest });
}

function toEntry(message: Doc<"messages">): ConversationView {
  const { _id, agentId, sessionId, channel, role, content, model, status, error } = message;
  const { provider, attachments, skillsUsed, feedback, editedFrom, copiedFrom } = message;
  const costPico = costOf(message);
  return {
    _id,
    agentId,
    sessionId,
    role,
    content,
    timestamp: message.createdAt,
    status,
    ...omitUndefined({ channel, model, provider, error, attachments, skillsUsed, feedback }),
    ...omitUndefined({ editedFrom, copiedFrom }),
    ...(message.usage !== undefined && { tokensUsed: message.usage.totalTokens }),
    ...(costPico !== undefined && {
      cost: toUsd(costPico),
      costUsd: toUsdText(costPico),
    }),
    ...(message.responseTimeMs !== undefined && { responseTime: message.responseTimeMs }),
  };
}

function ofSession(ctx: QueryCtx, scope: TenantScope, sessionId: Id<"sessions">) {
  return ctx.db
    .query("messages")
    .withIndex("by_session", (q) => q.eq("tenantId", scope.tenantId).eq("sessionId", sessionId));
}

/** All that is text in them. */
export function charsOf(messages: readonly Doc<"messages">[]): number {
  return messages.reduce(
    (sum, { content, toolCalls, thoughts }) =>
      sum +
      content.length +
      (toolCalls === undefined ? 0 : JSON.stringify(toolCalls).length) +
      (thoughts === undefined ? 0 : JSON.stringify(thoughts).length),
    0,
  );
}

/** The first messages, until there are enough of them or their text is long enough; always at least one. */
async function takeWithin(
  messages: AsyncIterable<Doc<"messages">>,
  { countMax, charsMax }: { countMax: number; charsMax: number },
): Promise<Doc<"messages">[]> {
  const taken: Doc<"messages">[] = [];
  let chars = 0;
  for await (const message of messages) {
    chars += charsOf([message]);
    if (taken.length > 0 && chars > charsMax) break;
    taken.push(message);
    if (taken.length === countMax) break;
  }
  return taken;
}
