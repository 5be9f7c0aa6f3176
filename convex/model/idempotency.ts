/**
 * Writes that are asked for more than once, and done once: whoever asks again under the same key is told what was told
 * the first time.
 *
 * What is one transaction remembers its key in that transaction, so no crash can come between the two. What is more (a
 * call of a model, a secret that only an action can make) is written down before it begins, with a lease, and again
 * with its answer; should its worker vanish, it may be asked for anew once the lease has run out.
 */
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedText } from "../lib/checks";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { IdempotencyState } from "../validators";
import { DAY_MS, MINUTE_MS } from "../../src/core/limits";
import { isTerminal } from "../../src/core/runState";
import type { Asking } from "./rateLimits";

const KEPT_MS = DAY_MS;
/** What a run has said is in the hands of whoever keeps it; a try again takes some seconds. */
const KEPT_WITHIN_MS = MINUTE_MS;
const KEY_LENGTH_MAX = 255;
/** A row may have 1 MiB, and a character up to three bytes. */
export const PIECE_CHARS_MAX = 300_000;
/** More than the 20 MiB that an answer may have. Should one be longer, it is not kept: asking again does it again. */
export const PIECES_MAX = 80;
const SWEEP_ROWS_MAX = 200;
/** A transaction may read 16 MiB: of so many pieces, and of these characters with the pieces of one row more. */
const PIECES_AT_ONCE = 8;
const SWEEP_CHARS_MAX = 2_000_000;

/** A key, and what it stands for. */
export const vUnderKey = v.object({ key: v.string(), requestHash: v.string() });
export type UnderKey = Infer<typeof vUnderKey>;

/** When to ask again while somebody is at it. */
const UNDER_WAY_RETRY_MS = 1_000;

type Row = Doc<"idempotency_keys">;

export const vPiecesOf = v.object({
  tenantId: v.optional(v.id("tenants")),
  keyRowId: v.id("idempotency_keys"),
});
type PiecesOf = Infer<typeof vPiecesOf>;

/**
 * What the key was used for before; null when it was not, or when nobody is at it any more.
 *
 * @throws idempotency_key_reused - It came before with another request, or from another key of the same person.
 * @throws conflict - Somebody is at it.
 */
export async function find(
  ctx: QueryCtx,
  asking: Asking,
  { under, nowMs }: { under: UnderKey; nowMs: number },
): Promise<Row | null> {
  const row = await rowOf(ctx, asking, under);
  if (row === null || row.expiresAt <= nowMs) return null;
  if (row.requestHash !== under.requestHash || row.keyId !== asking.keyId) {
    return fail({ kind: "idempotency_key_reused", key: row.key });
  }
  const { state } = row;
  if (state.kind === "run") return (await hasFailed(ctx, state.runId)) ? null : row;
  if (state.kind !== "in_flight") return row;
  if (state.leaseExpiresAt <= nowMs) return null;
  if (state.runId !== undefined && (await isOver(ctx, state.runId, nowMs))) return null;
  const reason = "a request with the same idempotency key is under way: ask again in a moment";
  return fail({ kind: "conflict", entity: "request", reason, retryAfterMs: UNDER_WAY_RETRY_MS });
}

/** Writes down what the key stands for, in place of what it stood for before. */
export async function write(
  ctx: MutationCtx,
  asking: Asking,
  { under, state, nowMs }: { under: UnderKey; state: IdempotencyState; nowMs: number },
): Promise<Id<"idempotency_keys">> {
  const before = await rowOf(ctx, asking, under);
  if (before !== null) await remove(ctx, before);
  const { keyId, userId, tenant } = asking;
  const of = omitUndefined({ tenantId: tenant?._id, keyId });
  const { requestHash } = under;
  const [key, createdAt, expiresAt] = [checkedKey(under.key), nowMs, nowMs + KEPT_MS];
  const row = { ...of, userId, key, requestHash, state, createdAt, expiresAt };
  return await ctx.db.insert("idempotency_keys", row);
}

/**
 * Notes whose answer the key stands for. Of a run that somebody attends, the end is seen before the lease has run out,
 * should its worker die; any other goes on without whoever asked, and is itself what the key stands for.
 */
export async function standFor(
  ctx: MutationCtx,
  rowId: Id<"idempotency_keys">,
  { runId, isAttended }: { runId: Id<"runs">; isAttended: boolean },
): Promise<void> {
  const row = await held(ctx, rowId);
  if (row?.state.kind !== "in_flight") return;
  const state = isAttended ? { ...row.state, runId } : { kind: "run" as const, runId };
  await ctx.db.patch("idempotency_keys", rowId, { state });
}

/** Adds a piece of the answer, once however often it is tried. False: somebody else is at it by now. */
export async function addPiece(
  ctx: MutationCtx,
  rowId: Id<"idempotency_keys">,
  { index, text }: { index: number; text: string },
): Promise<boolean> {
  const row = await held(ctx, rowId);
  if (row === null) return false;
  const { _id: keyRowId, tenantId } = row;
  if ((await pieceAt(ctx, row, index)) !== null) return true;
  const piece = { keyRowId, index, text, ...omitUndefined({ tenantId }) };
  await ctx.db.insert("idempotency_pieces", piece);
  return true;
}

/** Notes that the answer is complete, or, with null, that there is none: whoever asks again begins anew. */
export async function settle(
  ctx: MutationCtx,
  rowId: Id<"idempotency_keys">,
  answered: Extract<IdempotencyState, { kind: "answered" }> | null,
): Promise<void> {
  const row = await held(ctx, rowId);
  if (row === null) return;
  if (answered === null) await remove(ctx, row);
  else await ctx.db.patch("idempotency_keys", row._id, { state: answered });
}

/** A piece of the answer that is kept; null when it is gone. */
export async function pieceOf(
  ctx: QueryCtx,
  rowId: Id<"idempotency_keys">,
  index: number,
): Promise<string | null> {
  const row = await ctx.db.get("idempotency_keys", rowId);
  if (row === null) return null;
  return (await pieceAt(ctx, row, index))?.text ?? null;
}

/** Deletes what is older than a day. True: there is more. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const due = await ctx.db
    .query("idempotency_keys")
    .withIndex("by_expiry", (q) => q.lte("expiresAt", nowMs))
    .take(SWEEP_ROWS_MAX);
  let chars = 0;
  for (const row of due) {
    chars += await remove(ctx, row);
    if (chars > SWEEP_CHARS_MAX) return true;
  }
  return due.length === SWEEP_ROWS_MAX;
}

/** Whether the run has ended, and whoever was at it would have kept its answer by now. */
async function isOver(ctx: QueryCtx, runId: Id<"runs">, nowMs: number): Promise<boolean> {
  const state = (await ctx.db.get("runs", runId))?.state;
  return state === undefined || (isTerminal(state) && state.endedAtMs + KEPT_WITHIN_MS <= nowMs);
}

/** Whether the run has ended without an answer. Of one that was deleted it stays true that it was made. */
async function hasFailed(ctx: QueryCtx, runId: Id<"runs">): Promise<boolean> {
  const state = (await ctx.db.get("runs", runId))?.state;
  return state !== undefined && isTerminal(state) && state.kind !== "completed";
}

/** @throws invalid_argument - The key is blank or too long. */
function checkedKey(key: string): string {
  return checkedText("Idempotency-Key", key, KEY_LENGTH_MAX);
}

async function rowOf(
  ctx: QueryCtx,
  { userId, tenant }: Asking,
  { key }: UnderKey,
): Promise<Row | null> {
  return await ctx.db
    .query("idempotency_keys")
    .withIndex("by_key", (q) =>
      q.eq("tenantId", tenant?._id).eq("userId", userId).eq("key", checkedKey(key)),
    )
    .unique();
}

/** Null for a worker that took too long: whoever came after it has written a row of their own in place of this one. */
async function held(ctx: QueryCtx, rowId: Row["_id"]): Promise<Row | null> {
  const row = await ctx.db.get("idempotency_keys", rowId);
  return row?.state.kind === "in_flight" ? row : null;
}

async function pieceAt(ctx: QueryCtx, { _id, tenantId }: Row, index: number) {
  return await ctx.db
    .query("idempotency_pieces")
    .withIndex("by_key_row", (q) =>
      q.eq("tenantId", tenantId).eq("keyRowId", _id).eq("index", index),
    )
    .first();
}

/** Nobody finds its pieces any more. @returns How many characters were read for it. */
async function remove(ctx: MutationCtx, { _id: keyRowId, tenantId }: Row): Promise<number> {
  await ctx.db.delete("idempotency_keys", keyRowId);
  return await removePieces(ctx, { keyRowId, ...omitUndefined({ tenantId }) });
}

/** Deletes pieces whose row is gone: some now, and the others in transactions of their own. */
export async function removePieces(ctx: MutationCtx, of: PiecesOf): Promise<number> {
  const pieces = await ctx.db
    .query("idempotency_pieces")
    .withIndex("by_key_row", (q) => q.eq("tenantId", of.tenantId).eq("keyRowId", of.keyRowId))
    .take(PIECES_AT_ONCE);
  for (const { _id } of pieces) await ctx.db.delete("idempotency_pieces", _id);
  if (pieces.length === PIECES_AT_ONCE) {
    await ctx.scheduler.runAfter(0, internal.jobs.rest.removePieces, of);
  }
  return pieces.reduce((sum, { text }) => sum + text.length, 0);
}
