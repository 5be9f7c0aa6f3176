/**
 * Branches: sessions that begin with what was said in another one. A branch has it as messages of its own, so
 * that whatever becomes of the other session, it is whole, and so that it is read, searched, exported and deleted
 * like any session. What the copies cost stays with the originals.
 */
import { getDocumentSize } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { CallerScope } from "./access";
import * as Attachments from "./attachments";
import * as Notes from "./sessionNotes";
import * as Sessions from "./sessions";
import * as Summaries from "./summaries";
import * as ToolResults from "./toolResults";

/** All is taken over in one transaction, which may write 16,000 documents and 16 MiB; models read 200 messages. */
export const TAKEN_ROWS_MAX = 2_000;
export const TAKEN_MB_MAX = 8;

/**
 * Opens a session that begins with what was said in `source` up to that turn.
 *
 * @throws conflict - A reply up to there is still to come.
 * @throws limit_reached - More was said than `TAKEN_ROWS_MAX` messages and attachments, or `TAKEN_MB_MAX`.
 */
export async function open(
  ctx: MutationCtx,
  scope: CallerScope,
  { source, turn, nowMs }: { source: Doc<"sessions">; turn: number; nowMs: number },
): Promise<Doc<"sessions">> {
  await requireAnswered(ctx, source, turn);
  const taken = await messagesUpTo(ctx, source, turn);
  const { _id: sourceId, agentId, source: channel, title, metadata } = source;
  const session = await Sessions.insert(ctx, scope, {
    session: {
      agentId,
      branchedFrom: { sessionId: sourceId, turn },
      turnCount: turn,
      messageCount: taken.length,
      ...omitUndefined({ source: channel, title, metadata }),
    },
    nowMs,
  });
  const copies = await Promise.all(
    taken.map(async (one) => [one._id, await copy(ctx, one, session._id)] as const),
  );
  await Notes.copy(ctx, source, { sessionId: session._id, turn });
  await Summaries.takeOver(ctx, source, { sessionId: session._id, turn });
  return await takePinsOver(ctx, { source, session, copies: new Map(copies) });
}

/** What is pinned in the one stays pinned in the other, as far as it was taken over. */
async function takePinsOver(
  ctx: MutationCtx,
  {
    source,
    session,
    copies,
  }: {
    source: Doc<"sessions">;
    session: Doc<"sessions">;
    copies: ReadonlyMap<Id<"messages">, Id<"messages">>;
  },
): Promise<Doc<"sessions">> {
  const pinnedMessageIds = (source.pinnedMessageIds ?? []).flatMap((id) => copies.get(id) ?? []);
  if (pinnedMessageIds.length > 0) {
    await ctx.db.patch("sessions", session._id, { pinnedMessageIds });
  }
  return (await ctx.db.get("sessions", session._id)) ?? session;
}

/** A session's runs go one after the other: if the one whose turn it is comes later, the earlier ones have ended. */
async function requireAnswered(
  ctx: MutationCtx,
  { activeRunId }: Doc<"sessions">,
  turn: number,
): Promise<void> {
  const active = activeRunId === undefined ? null : await ctx.db.get("runs", activeRunId);
  if (active !== null && active.turn <= turn) {
    const reason = "something before it is still being answered; wait for the reply, or cancel it";
    fail({ kind: "conflict", entity: "message", reason });
  }
}

async function messagesUpTo(
  ctx: MutationCtx,
  { tenantId, _id: sessionId }: Doc<"sessions">,
  turn: number,
): Promise<Doc<"messages">[]> {
  const messages = ctx.db
    .query("messages")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", tenantId).eq("sessionId", sessionId).lte("turn", turn),
    );
  const taken: Doc<"messages">[] = [];
  let rows = 0;
  let sizeBytes = 0;
  for await (const message of messages) {
    taken.push(message);
    rows += 1 + (message.attachments?.length ?? 0) + wholeResultsOf(message);
    sizeBytes += getDocumentSize(message);
    if (rows > TAKEN_ROWS_MAX) {
      const what = "messages and attachments before the edited one";
      fail({ kind: "limit_reached", what, limit: TAKEN_ROWS_MAX });
    }
    if (sizeBytes > TAKEN_MB_MAX * 1_000_000) {
      fail({ kind: "limit_reached", what: "MB before the edited message", limit: TAKEN_MB_MAX });
    }
  }
  return taken;
}

function wholeResultsOf({ toolCalls = [] }: Doc<"messages">): number {
  return toolCalls.filter(({ result }) => result?.file !== undefined).length;
}

/** What was said, without what belongs to where it was said: the run, its cost, and what people thought of it. */
async function copy(
  ctx: MutationCtx,
  message: Doc<"messages">,
  sessionId: Id<"sessions">,
): Promise<Id<"messages">> {
  const {
    _id,
    _creationTime,
    runId: _runId,
    usage: _usage,
    costPico: _costPico,
    costCarry: _costCarry,
    feedback: _feedback,
    chunksExpireAtMs: _chunksExpireAtMs,
    attachments: _attachments,
    toolCalls: calls,
    ...said
  } = message;
  const attachments = await Attachments.share(ctx, message, sessionId);
  const toolCalls = calls && (await ToolResults.share(ctx, calls, sessionId));
  return await ctx.db.insert("messages", {
    ...said,
    sessionId,
    copiedFrom: message.copiedFrom ?? _id,
    ...omitUndefined({ attachments, toolCalls }),
  });
}
