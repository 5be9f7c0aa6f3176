/**
 * Deleting sessions. The session's row goes at once, so that it is in no list and takes no message any more; what
 * was in it goes in batches, files with their bytes, and a row of `session_removals` stands for what is left. The
 * ledger and its sums stay: what was spent was spent.
 */
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import type { CallerScope } from "./access";
import * as Activity from "./activity";
import { deleteSome } from "./erasure/batches";
import { RESUMED_AT_ONCE, STUCK_AFTER_MS } from "./erasure/progress";
import { cancelAll } from "./runs/cancel";
import * as Sessions from "./sessions";
import * as Storage from "./storage";
import type { AnyRow } from "./tenantTables";

const record = Activity.recorderOf("sessions");

/** A worker hears within a second that its run is cancelled; the reaper ends those whose worker is lost. */
const WORKER_WAIT_MS = 1_000;

/** Each is a delete of bytes and of a row, and a change of the tenant's totals. */
const FILES_PER_BATCH = 50;

type Gone = Pick<Doc<"session_removals">, "tenantId" | "sessionId">;

/**
 * Deletes a session. Its runs are cancelled; what a call under way has cost until then is still booked.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { sessionId, nowMs }: { sessionId: Id<"sessions">; nowMs: number },
): Promise<void> {
  const session = await Sessions.getOrFail(ctx, scope, sessionId);
  const { tenantId } = scope;
  // First, so that no run that ends now gives its turn to the next one.
  await ctx.db.delete("sessions", sessionId);
  await cancelAll(ctx, scope, { sessionId, nowMs });
  const before = Sessions.told(session);
  await record(ctx, scope, { action: "delete", id: sessionId, before, nowMs });
  const removal = { tenantId, sessionId, steppedAt: nowMs };
  const removalId = await ctx.db.insert("session_removals", removal);
  await ctx.scheduler.runAfter(0, internal.jobs.sessions.removeRest, { removalId });
}

/**
 * One batch of what was in a deleted session, and the wake-up of the next one; after the last one, the removal's
 * own end. Repeating it does no harm.
 */
export async function removeSome(
  ctx: MutationCtx,
  removalId: Id<"session_removals">,
  nowMs: number,
): Promise<void> {
  const gone = await ctx.db.get("session_removals", removalId);
  if (gone === null) return;
  const mustWait = await hasWorker(ctx, gone);
  if (!mustWait && (await removeBatch(ctx, gone)) === 0) {
    await ctx.db.delete("session_removals", removalId);
    return;
  }
  await ctx.db.patch("session_removals", removalId, { steppedAt: nowMs });
  const delayMs = mustWait ? WORKER_WAIT_MS : 0;
  await ctx.scheduler.runAfter(delayMs, internal.jobs.sessions.removeRest, { removalId });
}

/** Wakes removals whose next batch was lost. */
export async function resumeStuck(ctx: MutationCtx, nowMs: number): Promise<void> {
  const stuck = await ctx.db
    .query("session_removals")
    .withIndex("by_step_time", (q) => q.lt("steppedAt", nowMs - STUCK_AFTER_MS))
    .take(RESUMED_AT_ONCE);
  for (const { _id: removalId } of stuck) {
    // Behind the others: one that fails each time must not keep them waiting.
    await ctx.db.patch("session_removals", removalId, { steppedAt: nowMs });
    await ctx.scheduler.runAfter(0, internal.jobs.sessions.removeRest, { removalId });
  }
}

async function removeBatch(ctx: MutationCtx, gone: Gone): Promise<number> {
  const { rows } = await deleteSome(ctx, "messages", contents(ctx, gone));
  return rows > 0 ? rows : await removeSomeFiles(ctx, gone);
}

/** The files that came with its messages: their bytes too, which then count for the plan no more. */
async function removeSomeFiles(ctx: MutationCtx, { tenantId, sessionId }: Gone): Promise<number> {
  const files = await ctx.db
    .query("files")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId))
    .take(FILES_PER_BATCH);
  for (const file of files) await Storage.remove(ctx, file);
  return files.length;
}

/** Whether a run is still to end: its worker has a cost to book. */
async function hasWorker(ctx: QueryCtx, gone: Gone): Promise<boolean> {
  for (const kind of ["leased", "calling", "tools"] as const) {
    if ((await runsOf(ctx, gone, kind).first()) !== null) return true;
  }
  return false;
}

/** All that was in the session; each row after those that are found by it. */
async function* contents(ctx: QueryCtx, { tenantId, sessionId }: Gone): AsyncGenerator<AnyRow> {
  const messages = ctx.db
    .query("messages")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId));
  for await (const message of messages) {
    yield* ctx.db
      .query("message_chunks")
      .withIndex("by_message", (q) => q.eq("tenantId", tenantId).eq("messageId", message._id));
    yield message;
  }
  yield* ctx.db
    .query("session_notes")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId));
  yield* ctx.db
    .query("summaries")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId));
  const runs = ctx.db
    .query("runs")
    .withIndex("by_session", (q) => q.eq("tenantId", tenantId).eq("sessionId", sessionId));
  for await (const run of runs) {
    yield* ctx.db
      .query("approvals")
      .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", run._id));
    yield* ctx.db
      .query("run_requests")
      .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", run._id));
    yield* ctx.db
      .query("run_steps")
      .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", run._id));
    yield run;
  }
}

function runsOf(ctx: QueryCtx, { tenantId, sessionId }: Gone, kind: Doc<"runs">["state"]["kind"]) {
  return ctx.db
    .query("runs")
    .withIndex("by_session_and_state", (q) =>
      q.eq("tenantId", tenantId).eq("sessionId", sessionId).eq("state.kind", kind),
    );
}
