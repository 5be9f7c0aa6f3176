/** Summaries of sessions' beginnings, and the pointer to the one that is in force. Nothing that was said is erased. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { countTokens } from "../../src/context/tokens";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { SummaryView } from "../views/summaries";
import type { CallerScope, TenantScope } from "./access";
import * as Activity from "./activity";
import * as Sessions from "./sessions";

const record = Activity.recorderOf("sessions");

const PAGE_SIZE_MAX = 100;
/** After one was undone, for so many turns none is made unasked: it would only come back. */
export const PAUSED_TURNS = 20;
/** Undone ones between the newest and one in force, when a branch looks for it. */
const UNDONE_MAX = 20;

/** The summary that stands for the session's beginning, if any does. */
export async function inForce(
  ctx: QueryCtx,
  { summaryId }: Doc<"sessions">,
): Promise<Doc<"summaries"> | null> {
  return summaryId === undefined ? null : await ctx.db.get("summaries", summaryId);
}

/** Puts a summary in force, on the one that was until then. */
export async function store(
  ctx: MutationCtx,
  session: Doc<"sessions">,
  summary: Pick<
    Doc<"summaries">,
    "runId" | "upToTurn" | "text" | "provider" | "model" | "createdAt"
  >,
): Promise<void> {
  const { _id: sessionId, tenantId, summaryId: previousId } = session;
  const summaryId = await ctx.db.insert("summaries", {
    ...summary,
    tenantId,
    sessionId,
    tokenCount: countTokens(summary.text),
    ...omitUndefined({ previousId }),
  });
  await ctx.db.patch("sessions", sessionId, { summaryId, compactsNext: undefined });
}

/**
 * Has the session's next turn begin with a summary of all but its end. Twice is no error.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export async function request(
  ctx: MutationCtx,
  scope: CallerScope,
  { sessionId, nowMs }: { sessionId: Id<"sessions">; nowMs: number },
): Promise<void> {
  const { compactsNext = false } = await Sessions.getOrFail(ctx, scope, sessionId);
  if (compactsNext) return;
  await ctx.db.patch("sessions", sessionId, { compactsNext: true });
  const after = { compactsNext: true };
  await record(ctx, scope, { action: "compact", id: sessionId, after, nowMs });
}

/**
 * Takes the summary in force away: models read what it stood for again, or the summary before it.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 * @throws conflict - There is none, or the agent is answering.
 */
export async function undo(
  ctx: MutationCtx,
  scope: CallerScope,
  { sessionId, nowMs }: { sessionId: Id<"sessions">; nowMs: number },
): Promise<void> {
  const session = await Sessions.getOrFail(ctx, scope, sessionId);
  const refuse = (reason: string) => fail({ kind: "conflict", entity: "session", reason });
  if (session.activeRunId !== undefined) {
    refuse("the agent is still answering: wait for the reply, or cancel it");
  }
  const summary = await inForce(ctx, session);
  if (summary === null) return refuse("it has no summary that could be undone");
  await ctx.db.patch("summaries", summary._id, { undoneAt: nowMs });
  await ctx.db.patch("sessions", sessionId, {
    summaryId: summary.previousId,
    compactsNext: undefined,
    uncompactedUntilTurn: session.turnCount + PAUSED_TURNS,
  });
  const before = { summaryId: summary._id, upToTurn: summary.upToTurn };
  await record(ctx, scope, { action: "undoCompaction", id: sessionId, before, nowMs });
}

/** A session's summaries, those that reach furthest first; undone ones are among them. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { sessionId, paginationOpts }: { sessionId: Id<"sessions">; paginationOpts: PaginationOptions },
): Promise<PaginationResult<SummaryView>> {
  const { summaryId } = await Sessions.getOrFail(ctx, scope, sessionId);
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await ofSession(ctx, scope, sessionId)
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map((summary) => toView(summary, summaryId)) };
}

/** Has a branch begin with the summary that was in force where it branched off. */
export async function takeOver(
  ctx: MutationCtx,
  source: Doc<"sessions">,
  { sessionId, turn }: { sessionId: Id<"sessions">; turn: number },
): Promise<void> {
  if (source.summaryId === undefined) return;
  const { tenantId } = source;
  const latestFirst = await ctx.db
    .query("summaries")
    .withIndex("by_session", (q) =>
      q.eq("tenantId", tenantId).eq("sessionId", source._id).lte("upToTurn", turn),
    )
    .order("desc")
    .take(UNDONE_MAX);
  const found = latestFirst.find(({ undoneAt }) => undoneAt === undefined);
  if (found === undefined) return;
  const { _id, _creationTime, previousId: _previousId, runId: _runId, ...summary } = found;
  const summaryId = await ctx.db.insert("summaries", { ...summary, sessionId });
  await ctx.db.patch("sessions", sessionId, { summaryId });
}

function ofSession(ctx: QueryCtx, { tenantId }: TenantScope, sessionId: Id<"sessions">) {
  return ctx.db
    .query("summaries")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId));
}

function toView(
  { _creationTime, tenantId: _tenantId, ...summary }: Doc<"summaries">,
  summaryId: Id<"summaries"> | undefined,
): SummaryView {
  return { ...summary, isInForce: summary._id === summaryId };
}
