/** The beginning of a turn: a user's message, the run that is to answer it and its wake-up, all or nothing. */
import { SECOND_MS } from "../../../src/core/limits";
import { newRunState } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { DrivenBy, WhenBusy } from "../../validators";
import type { Sent } from "../../views";
import { actorOf, type CallerScope } from "../access";
import { tokenCountOf } from "../tokens";
import { cancelAll } from "./cancel";
import { CALLER_GRACE_MS, wake } from "./state";

/** Runs that may wait for their turn in a session; a person who is further ahead should read first. */
export const QUEUED_RUNS_MAX = 20;
/** A run takes some seconds at least. */
const QUEUE_MOVES_AFTER_MS = 5 * SECOND_MS;

const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

/** What a user says. */
export type Said = {
  content: string;
  attachments: Doc<"messages">["attachments"];
  editedFrom?: Id<"messages">;
  /** Unique in the tenant: `sentBefore` knows the turn again by it. */
  key: string | undefined;
  /** Said without a session to say it in: part of what the key stands for. */
  opensSession: boolean;
};

/**
 * Begins the session's next turn. The run starts at once, or after the session's runs before it.
 *
 * @throws conflict - The session is busy, and the message is not to wait.
 * @throws forbidden - It is to interrupt, and the caller may not cancel runs.
 * @throws limit_reached - `QUEUED_RUNS_MAX` runs are waiting in the session.
 */
export async function begin(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    session: asked,
    said,
    whenBusy = "queue",
    drivenBy = "scheduler",
    nowMs,
  }: {
    session: Doc<"sessions">;
    said: Said;
    whenBusy?: WhenBusy | undefined;
    /** "taker": whoever begins the turn takes the run in the same transaction, and nobody has to be woken for it. */
    drivenBy?: DrivenBy | "taker" | undefined;
    nowMs: number;
  },
): Promise<Sent> {
  const session = await makeWay(ctx, scope, { session: asked, whenBusy, nowMs });
  const { _id: sessionId, turnCount, messageCount, activeRunId } = session;
  const waits = activeRunId !== undefined;
  await requireTurn(ctx, session);
  const { runId, messageId } = await writeTurn(ctx, scope, { session, said, nowMs });
  await ctx.db.patch("sessions", sessionId, {
    turnCount: turnCount + 1,
    messageCount: messageCount + 1,
    lastActivityAt: nowMs,
    ...(!waits && { activeRunId: runId }),
  });
  const delayMs = drivenBy === "caller" ? CALLER_GRACE_MS : 0;
  if (!waits && drivenBy !== "taker") await wake(ctx, runId, { delayMs, nowMs });
  return { runId, sessionId, messageId };
}

/** The session, when the message may come. A run whose worker is told to stop keeps its turn until it has. */
async function makeWay(
  ctx: MutationCtx,
  scope: CallerScope,
  { session, whenBusy, nowMs }: { session: Doc<"sessions">; whenBusy: WhenBusy; nowMs: number },
): Promise<Doc<"sessions">> {
  if (session.activeRunId === undefined || whenBusy === "queue") return session;
  if (whenBusy === "reject") {
    const reason = 'the agent is still answering: wait for it, or send with whenBusy "queue"';
    return fail({ kind: "conflict", entity: "session", reason });
  }
  const permission = "runs:cancel";
  if (!scope.actor.permissions.has(permission)) fail({ kind: "forbidden", permission });
  const { _id: sessionId } = session;
  await cancelAll(ctx, scope, { sessionId, nowMs });
  return (await ctx.db.get("sessions", sessionId)) ?? session;
}

/** @throws invalid_argument - The key is blank or too long. */
export function checkedKey(key: string | undefined): string | undefined {
  return key === undefined
    ? undefined
    : checkedText("idempotencyKey", key, IDEMPOTENCY_KEY_LENGTH_MAX);
}

/**
 * What the key's first call was given; null when there was none, or no key.
 *
 * @param isSame - Whether what was said then is what is said now.
 * @throws idempotency_key_reused - It is not, or somebody else said it.
 */
export async function sentBefore(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    key,
    isSame,
  }: {
    key: string | undefined;
    isSame: (run: Doc<"runs">, said: Doc<"messages">) => boolean | Promise<boolean>;
  },
): Promise<Sent | null> {
  if (key === undefined) return null;
  const run = await ctx.db
    .query("runs")
    .withIndex("by_idempotency_key", (q) =>
      q.eq("tenantId", scope.tenantId).eq("idempotencyKey", key),
    )
    .unique();
  if (run === null) return null;
  const said = await ctx.db.get("messages", run.userMessageId);
  const isTheirs = run.userId === scope.actor.userId;
  if (!isTheirs || said === null || !(await isSame(run, said))) {
    return fail({ kind: "idempotency_key_reused", key });
  }
  return { runId: run._id, sessionId: run.sessionId, messageId: run.userMessageId };
}

async function writeTurn(
  ctx: MutationCtx,
  scope: CallerScope,
  { session, said, nowMs }: { session: Doc<"sessions">; said: Said; nowMs: number },
): Promise<{ runId: Id<"runs">; messageId: Id<"messages"> }> {
  const { tenantId } = scope;
  const { _id: sessionId, agentId, source: channel } = session;
  const { key, opensSession, content, attachments, editedFrom } = said;
  const turn = session.turnCount + 1;
  const messageId = await ctx.db.insert("messages", {
    tenantId,
    agentId,
    sessionId,
    turn,
    position: 0,
    role: "user",
    content,
    tokenCount: tokenCountOf({ content, ...omitUndefined({ attachments }) }),
    status: "complete",
    createdAt: nowMs,
    completedAt: nowMs,
    ...omitUndefined({ attachments, channel, editedFrom }),
  });
  const runId = await ctx.db.insert("runs", {
    tenantId,
    agentId,
    sessionId,
    ...actorOf(scope),
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

/** @throws limit_reached - `QUEUED_RUNS_MAX` runs wait for their turn in the session. */
export async function requireTurn(ctx: QueryCtx, session: Doc<"sessions">): Promise<void> {
  if (session.activeRunId === undefined) return;
  const queued = await ctx.db
    .query("runs")
    .withIndex("by_session_and_state", (q) =>
      q.eq("tenantId", session.tenantId).eq("sessionId", session._id).eq("state.kind", "queued"),
    )
    .take(QUEUED_RUNS_MAX + 1);
  const waiting = queued.filter((run) => run._id !== session.activeRunId);
  if (waiting.length >= QUEUED_RUNS_MAX) {
    const of = { what: "runs waiting in the session", limit: QUEUED_RUNS_MAX };
    fail({ kind: "limit_reached", ...of, retryAfterMs: QUEUE_MOVES_AFTER_MS });
  }
}
