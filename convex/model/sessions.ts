/** Sessions: conversations with an agent. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedInteger, checkedMetadata, checkedText } from "../lib/checks";
import { fail } from "../lib/errors";
import { isUnchanged } from "../lib/changes";
import { omitUndefined } from "../lib/objects";
import { totalPicoOf, toUsd, toUsdText } from "../lib/usd";
import type { OpenRecord, SessionStatus } from "../validators";
import type { SessionView } from "../views";
import { actorOf, requireOwned, type TenantScope, type CallerScope } from "./access";
import * as Activity from "./activity";
import * as Agents from "./agents/agents";
import { reasonOf } from "./budgets/pauses";
import * as Tallies from "./rollups/tallies";
import { emit } from "./webhooks/emit";

const record = Activity.recorderOf("sessions");

export const LIST_LIMIT_MAX = 100;
export const TITLE_LENGTH_MAX = 200;
const SOURCE_LENGTH_MAX = 80;
const EXTERNAL_ID_LENGTH_MAX = 200;

export type NewSession = {
  agentId: Id<"agents">;
  externalId?: string | undefined;
  source?: string | undefined;
  title?: string | undefined;
  metadata?: OpenRecord | undefined;
};

/** What is absent stays as it is; null takes a title or the metadata away. */
export type SessionChanges = {
  status?: SessionStatus | undefined;
  title?: string | null | undefined;
  metadata?: OpenRecord | null | undefined;
};

export type SessionSearch = {
  text: string;
  agentId?: Id<"agents"> | undefined;
  status?: SessionStatus | undefined;
  limit?: number | undefined;
};

type Filter = {
  agentId?: Id<"agents"> | undefined;
  status?: SessionStatus | undefined;
  userId?: Id<"users"> | undefined;
  source?: string | undefined;
  /** Last active then or later. */
  activeFromMs?: number | undefined;
};

/**
 * The tenant's sessions, the last active first.
 *
 * @throws invalid_argument - A person's or a channel's are asked for by something else as well: no index has them.
 */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { filter, paginationOpts }: { filter: Filter; paginationOpts: PaginationOptions },
): Promise<PaginationResult<SessionView>> {
  const numItems = Math.min(paginationOpts.numItems, LIST_LIMIT_MAX);
  const result = await filtered(ctx, scope, filter)
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

/** Sessions whose title has the words, the best match first. */
export async function search(
  ctx: QueryCtx,
  scope: TenantScope,
  { text, agentId, status, limit }: SessionSearch,
): Promise<SessionView[]> {
  const words = checkedText("query", text, TITLE_LENGTH_MAX);
  const count = checkedLimit(limit);
  const found = await ctx.db
    .query("sessions")
    .withSearchIndex("search_title", (q) => {
      const ofTenant = q.search("title", words).eq("tenantId", scope.tenantId);
      const ofAgent = agentId === undefined ? ofTenant : ofTenant.eq("agentId", agentId);
      return status === undefined ? ofAgent : ofAgent.eq("status", status);
    })
    .take(count);
  return found.map(toView);
}

export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  sessionId: Id<"sessions">,
): Promise<SessionView> {
  return toView(await getOrFail(ctx, scope, sessionId));
}

/** The session, if it is this tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  sessionId: Id<"sessions">,
): Promise<Doc<"sessions">> {
  const session = await ctx.db.get("sessions", sessionId);
  return requireOwned(scope, session, { entity: "session", id: sessionId });
}

/**
 * The agent's session with that name: one of our ids, or the caller's own.
 *
 * @throws not_found - There is none, or it belongs to another agent or tenant.
 */
export async function findByName(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, name }: { agentId: Id<"agents">; name: string },
): Promise<Doc<"sessions">> {
  const external = await withExternalId(ctx, scope, { agentId, externalId: name });
  if (external !== null) return external;
  const id = ctx.db.normalizeId("sessions", name);
  const session = id === null ? null : await ctx.db.get("sessions", id);
  const ofAgent = session?.agentId === agentId ? session : null;
  return requireOwned(scope, ofAgent, { entity: "session", id: name });
}

/**
 * Opens a session with an agent. With an `externalId` that the agent has a session for, that one is
 * returned as it is.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws conflict - The agent is paused or archived.
 * @throws invalid_argument - A text is blank or too long, the metadata too large.
 */
export async function open(
  ctx: MutationCtx,
  scope: CallerScope,
  { session, nowMs }: { session: NewSession; nowMs: number },
): Promise<Doc<"sessions">> {
  const { agentId, externalId, source, title, metadata } = session;
  const agent = await Agents.getOrFail(ctx, scope, agentId);
  await requireTakesMessages(ctx, agent);
  const name =
    externalId === undefined
      ? undefined
      : checkedText("externalId", externalId, EXTERNAL_ID_LENGTH_MAX);
  if (name !== undefined) {
    const existing = await withExternalId(ctx, scope, { agentId, externalId: name });
    if (existing !== null) return existing;
  }
  return await insert(ctx, scope, {
    session: {
      agentId,
      turnCount: 0,
      messageCount: 0,
      ...omitUndefined({
        externalId: name,
        source: source === undefined ? undefined : checkedText("source", source, SOURCE_LENGTH_MAX),
        title: title === undefined ? undefined : checkedText("title", title, TITLE_LENGTH_MAX),
        metadata: metadata === undefined ? undefined : checkedMetadata(metadata),
      }),
    },
    nowMs,
  });
}

/** How a session begins. */
type Beginning = Pick<Doc<"sessions">, "agentId" | "turnCount" | "messageCount"> &
  Partial<Pick<Doc<"sessions">, "externalId" | "source" | "title" | "metadata" | "branchedFrom">>;

/** Stores a new session of the caller's, with what is known of it already; counted and logged. */
export async function insert(
  ctx: MutationCtx,
  scope: CallerScope,
  { session, nowMs }: { session: Beginning; nowMs: number },
): Promise<Doc<"sessions">> {
  const { agentId } = session;
  const sessionId = await ctx.db.insert("sessions", {
    ...session,
    tenantId: scope.tenantId,
    userId: scope.actor.userId,
    status: "active",
    totalCostPico: 0n,
    totalTokens: 0,
    createdAt: nowMs,
    lastActivityAt: nowMs,
  });
  await Tallies.add(ctx, scope, {
    of: { agentId, sessionId, ...actorOf(scope), ...omitUndefined({ channel: session.source }) },
    delta: { sessions: 1 },
    nowMs,
  });
  const opened = await getOrFail(ctx, scope, sessionId);
  await record(ctx, scope, { action: "create", id: sessionId, after: told(opened), nowMs });
  const event = { type: "session.created", data: { sessionId, agentId } } as const;
  await emit(ctx, scope, { event, nowMs });
  return opened;
}

/**
 * Changes what is said about a session. A completed or abandoned one takes no more messages until it is
 * active again; a run that is under way ends as it would have. What is as it was already leaves no trace.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws invalid_argument - The title is blank or too long, the metadata too large.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    sessionId,
    changes: { status, title, metadata },
    nowMs,
  }: { sessionId: Id<"sessions">; changes: SessionChanges; nowMs: number },
): Promise<void> {
  const session = await getOrFail(ctx, scope, sessionId);
  const before = told(session);
  const after = {
    ...before,
    ...omitUndefined({ status }),
    ...(title !== undefined && {
      title: title === null ? undefined : checkedText("title", title, TITLE_LENGTH_MAX),
    }),
    ...(metadata !== undefined && {
      metadata: metadata === null ? undefined : checkedMetadata(metadata),
    }),
  };
  if (isUnchanged(before, after)) return;
  const turns = after.status !== session.status;
  await ctx.db.patch("sessions", sessionId, {
    status: after.status,
    title: after.title,
    metadata: after.metadata,
    ...(turns && { completedAt: status === "completed" ? nowMs : undefined }),
  });
  await record(ctx, scope, { action: "update", id: sessionId, before, after, nowMs });
}

/** What the log tells of a session. */
export function told(session: Doc<"sessions">) {
  const { agentId, externalId, source, status, title, metadata, branchedFrom } = session;
  return { agentId, externalId, source, status, title, metadata, branchedFrom };
}

/** @throws conflict - The session is closed; setting its status to active opens it again. */
export function requireOpen(session: Doc<"sessions">): void {
  if (session.status !== "active") {
    fail({ kind: "conflict", entity: "session", reason: `the session is ${session.status}` });
  }
}

/** @throws conflict - The agent is paused or archived. */
export async function requireTakesMessages(ctx: QueryCtx, agent: Doc<"agents">): Promise<void> {
  if (agent.status !== "active") {
    const reason = (await reasonOf(ctx, agent))?.reason ?? `the agent is ${agent.status}`;
    fail({ kind: "conflict", entity: "agent", reason });
  }
}

export function checkedLimit(limit: number | undefined): number {
  return checkedInteger("limit", limit ?? LIST_LIMIT_MAX, { min: 1, max: LIST_LIMIT_MAX });
}

async function withExternalId(
  ctx: QueryCtx,
  scope: TenantScope,
  { agentId, externalId }: { agentId: Id<"agents">; externalId: string },
): Promise<Doc<"sessions"> | null> {
  return await ctx.db
    .query("sessions")
    .withIndex("by_agent_and_external_id", (q) =>
      q.eq("tenantId", scope.tenantId).eq("agentId", agentId).eq("externalId", externalId),
    )
    .unique();
}

function filtered(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { agentId, status, userId, source, activeFromMs = -Infinity }: Filter,
) {
  const sessions = ctx.db.query("sessions");
  if (userId !== undefined) {
    requireAlone("userId", [agentId, status, source]);
    return sessions.withIndex("by_user", (q) =>
      q.eq("tenantId", tenantId).eq("userId", userId).gte("lastActivityAt", activeFromMs),
    );
  }
  if (source !== undefined) {
    requireAlone("source", [agentId, status]);
    return sessions.withIndex("by_source", (q) =>
      q.eq("tenantId", tenantId).eq("source", source).gte("lastActivityAt", activeFromMs),
    );
  }
  if (agentId !== undefined && status !== undefined) {
    return sessions.withIndex("by_agent_and_status", (q) =>
      q
        .eq("tenantId", tenantId)
        .eq("agentId", agentId)
        .eq("status", status)
        .gte("lastActivityAt", activeFromMs),
    );
  }
  if (agentId !== undefined) {
    return sessions.withIndex("by_agent", (q) =>
      q.eq("tenantId", tenantId).eq("agentId", agentId).gte("lastActivityAt", activeFromMs),
    );
  }
  if (status !== undefined) {
    return sessions.withIndex("by_tenant_and_status", (q) =>
      q.eq("tenantId", tenantId).eq("status", status).gte("lastActivityAt", activeFromMs),
    );
  }
  return sessions.withIndex("by_last_activity", (q) =>
    q.eq("tenantId", tenantId).gte("lastActivityAt", activeFromMs),
  );
}

/** No index has them by more than that. */
function requireAlone(field: string, others: readonly unknown[]): void {
  if (others.every((other) => other === undefined)) return;
  const reason = "goes with no other of agentId, status, userId and source";
  fail({ kind: "invalid_argument", field, reason });
}

export function toView(session: Doc<"sessions">): SessionView {
  const {
    _creationTime,
    turnCount: _turnCount,
    uncompactedUntilTurn: _uncompactedUntilTurn,
    totalCostPico: _totalCostPico,
    totalCostCarry: _totalCostCarry,
    ...rest
  } = session;
  const totalPico = totalPicoOf(session);
  return { ...rest, totalCost: toUsd(totalPico), totalCostUsd: toUsdText(totalPico) };
}
