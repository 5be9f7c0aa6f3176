/** Sending: a user's message, the run that answers it and its wake-up, all or nothing. */
import { newRunState } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { Sent } from "../../views";
import type { CallerScope } from "../access";
import * as Agents from "../agents/agents";
import * as Attachments from "../attachments";
import { checkedContent } from "../messages";
import * as Sessions from "../sessions";
import { wake } from "./state";

/** Runs that may wait for their turn in a session; a person who is further ahead should read first. */
export const QUEUED_RUNS_MAX = 20;

const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

export type NewMessage = {
  sessionId?: Id<"sessions"> | undefined;
  agentId?: Id<"agents"> | undefined;
  content: string;
  attachments?: Attachments.NewAttachment[] | undefined;
  idempotencyKey?: string | undefined;
};

/**
 * Accepts a message for an agent. The run starts at once, or after the session's runs before it.
 *
 * Safe to repeat with the same `idempotencyKey`: the first call's ids come back and nothing is written.
 *
 * @throws invalid_argument - No content or too much of it; neither a session nor an agent; a session of
 *   another agent than the one given; attachments that are too many or too large.
 * @throws not_found - The session or agent does not exist or is another tenant's; an upload does not exist, or is
 *   somebody's already.
 * @throws conflict - The agent is paused or archived, or the session is closed.
 * @throws limit_reached - `QUEUED_RUNS_MAX` runs are waiting in the session, or there is no room for the attachments.
 * @throws idempotency_key_reused - The key came before with another message.
 */
export async function send(
  ctx: MutationCtx,
  scope: CallerScope,
  { message, nowMs }: { message: NewMessage; nowMs: number },
): Promise<Sent> {
  const content = checkedContent(message.content);
  const uploads = Attachments.checked(message.attachments ?? []);
  const key =
    message.idempotencyKey === undefined
      ? undefined
      : checkedText("idempotencyKey", message.idempotencyKey, IDEMPOTENCY_KEY_LENGTH_MAX);
  if (key !== undefined) {
    const before = await sentBefore(ctx, scope, { key, message, uploads });
    if (before !== null) return before;
  }

  const session = await sessionFor(ctx, scope, { message, nowMs });
  const waits = session.activeRunId !== undefined;
  if (waits) await checkQueue(ctx, session);
  const opensSession = message.sessionId === undefined;
  const sessionId = session._id;
  const attachments = await Attachments.claim(ctx, scope, { uploads, sessionId, nowMs });
  const turn = { content, attachments, key, opensSession, nowMs };
  const { runId, messageId } = await writeTurn(ctx, scope, { session, ...turn });
  await ctx.db.patch("sessions", sessionId, {
    turnCount: session.turnCount + 1,
    messageCount: session.messageCount + 1,
    lastActivityAt: nowMs,
    ...(!waits && { activeRunId: runId }),
  });
  if (!waits) await wake(ctx, runId, { delayMs: 0, nowMs });
  return { runId, sessionId, messageId };
}

/** The message, and the run that is to answer it. */
async function writeTurn(
  ctx: MutationCtx,
  { tenantId, actor }: CallerScope,
  {
    session,
    content,
    attachments,
    key,
    opensSession,
    nowMs,
  }: {
    session: Doc<"sessions">;
    content: string;
    attachments: Doc<"messages">["attachments"];
    key: string | undefined;
    opensSession: boolean;
    nowMs: number;
  },
): Promise<{ runId: Id<"runs">; messageId: Id<"messages"> }> {
  const { _id: sessionId, agentId } = session;
  const turn = session.turnCount + 1;
  const channel = session.source;
  const messageId = await ctx.db.insert("messages", {
    tenantId,
    agentId,
    sessionId,
    turn,
    position: 0,
    role: "user",
    content,
    status: "complete",
    createdAt: nowMs,
    completedAt: nowMs,
    ...omitUndefined({ attachments, channel }),
  });
  const runId = await ctx.db.insert("runs", {
    tenantId,
    agentId,
    sessionId,
    userId: actor.userId,
    turn,
    state: newRunState(nowMs),
    userMessageId: messageId,
    messageCount: 1,
    chunkCount: 0,
    opensSession,
    totalCostPico: 0n,
    totalTokens: 0,
    createdAt: nowMs,
    ...omitUndefined({ idempotencyKey: key, channel }),
  });
  await ctx.db.patch("messages", messageId, { runId });
  return { runId, messageId };
}

async function sessionFor(
  ctx: MutationCtx,
  scope: CallerScope,
  { message: { sessionId, agentId }, nowMs }: { message: NewMessage; nowMs: number },
): Promise<Doc<"sessions">> {
  if (sessionId === undefined) {
    if (agentId === undefined) {
      const reason = "give the session to go on with, or agentId to open a new one";
      return fail({ kind: "invalid_argument", field: "sessionId", reason });
    }
    return await Sessions.open(ctx, scope, { session: { agentId }, nowMs });
  }
  const session = await Sessions.getOrFail(ctx, scope, sessionId);
  if (agentId !== undefined) {
    await Agents.getOrFail(ctx, scope, agentId);
    if (agentId !== session.agentId) {
      const reason = "is not the agent of the session";
      fail({ kind: "invalid_argument", field: "agentId", reason });
    }
  }
  Sessions.requireOpen(session);
  Sessions.requireTakesMessages(await Agents.getOrFail(ctx, scope, session.agentId));
  return session;
}

/** What the key's first call was given, if there was one. */
async function sentBefore(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    key,
    message,
    uploads,
  }: { key: string; message: NewMessage; uploads: Attachments.NewAttachment[] },
): Promise<Sent | null> {
  const run = await ctx.db
    .query("runs")
    .withIndex("by_idempotency_key", (q) =>
      q.eq("tenantId", scope.tenantId).eq("idempotencyKey", key),
    )
    .unique();
  if (run === null) return null;
  const said = await ctx.db.get("messages", run.userMessageId);
  const sameTarget =
    message.sessionId === undefined
      ? run.opensSession && run.agentId === message.agentId
      : !run.opensSession && run.sessionId === message.sessionId;
  const sameFiles = await Attachments.areOf(ctx, uploads, said?.attachments);
  const sameMessage = sameTarget && said?.content === message.content && sameFiles;
  if (!sameMessage || run.userId !== scope.actor.userId) {
    return fail({ kind: "idempotency_key_reused", key });
  }
  return { runId: run._id, sessionId: run.sessionId, messageId: run.userMessageId };
}

async function checkQueue(ctx: MutationCtx, session: Doc<"sessions">): Promise<void> {
  const queued = await ctx.db
    .query("runs")
    .withIndex("by_session_and_state", (q) =>
      q.eq("tenantId", session.tenantId).eq("sessionId", session._id).eq("state.kind", "queued"),
    )
    .take(QUEUED_RUNS_MAX + 1);
  const waiting = queued.filter((run) => run._id !== session.activeRunId);
  if (waiting.length >= QUEUED_RUNS_MAX) {
    fail({ kind: "limit_reached", what: "runs waiting in the session", limit: QUEUED_RUNS_MAX });
  }
}
