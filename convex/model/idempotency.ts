/**
 * Writes that are asked for more than once, and done once: whoever asks again under the same key is told what was told
 * the first time.
 *
 * What is one transaction remembers its key in that transaction, so no crash can come between the two. What is more (a
 * call of a model, a secret that only an action can make) is written down before it begins, with a lease, and again
 * with its answer; should its worker vanish, it may be asked for anew once the lease has run out.
 */
import { v, type Infer } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedText } from "../lib/checks";
import { fail } from "../lib/errors";
import { omitUndefined } from "../lib/objects";
import type { IdempotencyState } from "../validators";
import { DAY_MS } from "../../src/core/limits";
import type { Asking } from "./rateLimits";

const KEPT_MS = DAY_MS;
const KEY_LENGTH_MAX = 255;
/** A row may have 1 MiB, and a character up to three bytes. */
export const PIECE_CHARS_MAX = 300_000;
/** What is longer is not kept: asking again for it does it again. */
export const PIECES_MAX = 16;
const SWEEP_ROWS_MAX = 200;

/** A key, and what it stands for. */
export const vUnderKey = v.object({ key: v.string(), requestHash: v.string() });
export type UnderKey = Infer<typeof vUnderKey>;

type Row = Doc<"idempotency_keys">;

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
  if (state.kind !== "in_flight") return row;
  if (state.leaseExpiresAt <= nowMs) return null;
  const reason = "a request with the same idempotency key is under way: ask again in a moment";
  return fail({ kind: "conflict", entity: "request", reason });
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

/** Adds a piece of the answer. False: somebody else is at it by now. */
export async function addPiece(
  ctx: MutationCtx,
  rowId: Id<"idempotency_keys">,
  { index, text }: { index: number; text: string },
): Promise<boolean> {
  const row = await held(ctx, rowId);
  if (row === null) return false;
  const { _id: keyRowId, tenantId } = row;
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
  const piece = await ctx.db
    .query("idempotency_pieces")
    .withIndex("by_key_row", (q) =>
      q.eq("tenantId", row.tenantId).eq("keyRowId", rowId).eq("index", index),
    )
    .first();
  return piece?.text ?? null;
}

/** Deletes what is older than a day. True: there is more. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const due = await ctx.db
    .query("idempotency_keys")
    .withIndex("by_expiry", (q) => q.lte("expiresAt", nowMs))
    .take(SWEEP_ROWS_MAX);
  for (const row of due) {
    const pieceCount = await remove(ctx, row);
    // They may be most of the 16 MiB that a transaction may read.
    if (pieceCount > 1) return true;
  }
  return due.length === SWEEP_ROWS_MAX;
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

/** @returns How many pieces it had. */
async function remove(ctx: MutationCtx, { _id, tenantId }: Row): Promise<number> {
  const pieces = await ctx.db
    .query("idempotency_pieces")
    .withIndex("by_key_row", (q) => q.eq("tenantId", tenantId).eq("keyRowId", _id))
    .take(PIECES_MAX);
  for (const piece of pieces) await ctx.db.delete("idempotency_pieces", piece._id);
  await ctx.db.delete("idempotency_keys", _id);
  return pieces.length;
}
