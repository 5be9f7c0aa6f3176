/** Chunks: the pieces in which a reply arrives, for those who follow it live. */
import type { QueryInitializer } from "convex/server";
import { isTerminal } from "../../src/core/runState";
import type { DataModel, Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { checkedInteger } from "../lib/checks";
import { fail } from "../lib/errors";
import type { ChunkPart } from "../validators";
import type { ChunksView } from "../views";
import { requireOwned, type TenantScope } from "./access";
import * as Messages from "./messages";

/** How long a run's chunks outlive its end, at least: long enough for a follower that lost its connection. */
export const KEPT_MS = 5 * 60_000;

const PAGE_SIZE_MAX = 500;
const PAGE_SIZE_DEFAULT = 100;
const PAGE_CHARS_MAX = 1_000_000;
/** What a part is beside its text. */
const PART_CHARS = 30;

/** At one flush per 100 ms, the pieces of more than half an hour: longer than a worker lives. */
const CHUNKS_PER_MESSAGE_MAX = 20_000;

/** Together they stay below the 16 MiB a transaction may read: a message has less than one. */
const SWEEP_MESSAGES_MAX = 10;
const SWEEP_ROWS_MAX = 2_000;

/** Appends a piece. A piece that is already there stays: its writer did not hear that it was stored. */
export async function append(
  ctx: MutationCtx,
  run: Doc<"runs">,
  { messageId, seq, parts }: { messageId: Id<"messages">; seq: number; parts: ChunkPart[] },
): Promise<void> {
  const { tenantId } = run;
  const stored = await ctx.db
    .query("message_chunks")
    .withIndex("by_message", (q) =>
      q.eq("tenantId", tenantId).eq("messageId", messageId).eq("seq", seq),
    )
    .unique();
  if (stored !== null) return;
  await ctx.db.insert("message_chunks", { tenantId, runId: run._id, messageId, seq, parts });
}

/** All that was appended to a message, and how many rows that were. */
export async function readAll(
  ctx: QueryCtx,
  scope: TenantScope,
  messageId: Id<"messages">,
): Promise<{ parts: ChunkPart[]; count: number }> {
  const chunks = await ctx.db
    .query("message_chunks")
    .withIndex("by_message", (q) => q.eq("tenantId", scope.tenantId).eq("messageId", messageId))
    .take(CHUNKS_PER_MESSAGE_MAX);
  return { parts: chunks.flatMap((chunk) => chunk.parts), count: chunks.length };
}

/**
 * The pieces after `afterSeq` of a message, or of all that a run writes.
 *
 * @throws invalid_argument - Neither or both of `runId` and `messageId`, or a limit out of range.
 * @throws not_found - The run or message does not exist or is another tenant's.
 */
export async function listAfter(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    of,
    afterSeq,
    limit,
  }: {
    of: { runId?: Id<"runs"> | undefined; messageId?: Id<"messages"> | undefined };
    afterSeq: number;
    limit: number | undefined;
  },
): Promise<ChunksView> {
  const countMax = checkedInteger("limit", limit ?? PAGE_SIZE_DEFAULT, {
    min: 1,
    max: PAGE_SIZE_MAX,
  });
  const { tenantId } = scope;
  const { message, rows, ended } = await followed(ctx, scope, of);
  const later = rows(ctx.db.query("message_chunks"), { tenantId, afterSeq });

  const chunks: ChunksView["chunks"] = [];
  let chars = 0;
  let reachesEnd = true;
  for await (const { seq, messageId, parts } of later) {
    if (chunks.length === countMax || chars > PAGE_CHARS_MAX) {
      reachesEnd = false;
      break;
    }
    chunks.push({ seq, messageId, parts });
    chars += parts.reduce((sum, { text }) => sum + text.length + PART_CHARS, 0);
  }
  return {
    messageId: message?._id ?? null,
    status: message?.status ?? null,
    chunks,
    lastSeq: chunks.at(-1)?.seq ?? afterSeq,
    isDone: reachesEnd && ended,
  };
}

/**
 * Deletes the chunks of messages that ended a while ago, once their runs have too, a batch at a time.
 *
 * @returns True when there may be more to do.
 */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const due = await ctx.db
    .query("messages")
    .withIndex("by_chunks_expiry", (q) =>
      q.gt("chunksExpireAtMs", 0).lte("chunksExpireAtMs", nowMs),
    )
    .take(SWEEP_MESSAGES_MAX);
  let rowsLeft = SWEEP_ROWS_MAX;
  for (const message of due) {
    const { _id: messageId, tenantId } = message;
    if (await isUnderWay(ctx, message)) {
      await ctx.db.patch("messages", messageId, { chunksExpireAtMs: nowMs + KEPT_MS });
      continue;
    }
    const chunks = await ctx.db
      .query("message_chunks")
      .withIndex("by_message", (q) => q.eq("tenantId", tenantId).eq("messageId", messageId))
      .take(rowsLeft);
    for (const chunk of chunks) await ctx.db.delete("message_chunks", chunk._id);
    rowsLeft -= chunks.length;
    if (rowsLeft === 0) return true;
    await ctx.db.patch("messages", messageId, { chunksExpireAtMs: undefined });
  }
  return due.length === SWEEP_MESSAGES_MAX;
}

/** The run goes on, and so may somebody who follows it from the start. */
async function isUnderWay(ctx: QueryCtx, { runId }: Doc<"messages">): Promise<boolean> {
  const run = runId === undefined ? null : await ctx.db.get("runs", runId);
  return run !== null && !isTerminal(run.state);
}

type Rows = (
  chunks: QueryInitializer<DataModel["message_chunks"]>,
  from: { tenantId: Id<"tenants">; afterSeq: number },
) => AsyncIterable<Doc<"message_chunks">>;

/** What is followed: a message, or all that a run writes, message after message. */
async function followed(
  ctx: QueryCtx,
  scope: TenantScope,
  { runId, messageId }: { runId?: Id<"runs"> | undefined; messageId?: Id<"messages"> | undefined },
): Promise<{ message: Doc<"messages"> | null; rows: Rows; ended: boolean }> {
  if (messageId !== undefined && runId === undefined) {
    const message = await Messages.getOrFail(ctx, scope, messageId);
    const rows: Rows = (chunks, { tenantId, afterSeq }) =>
      chunks.withIndex("by_message", (q) =>
        q.eq("tenantId", tenantId).eq("messageId", messageId).gt("seq", afterSeq),
      );
    return { message, rows, ended: message.status !== "streaming" };
  }
  if (runId === undefined || messageId !== undefined) {
    const reason = "give either runId or messageId";
    return fail({ kind: "invalid_argument", field: "runId", reason });
  }
  const run = requireOwned(scope, await ctx.db.get("runs", runId), { entity: "run", id: runId });
  const message = run.messageId === undefined ? null : await ctx.db.get("messages", run.messageId);
  const rows: Rows = (chunks, { tenantId, afterSeq }) =>
    chunks.withIndex("by_run", (q) =>
      q.eq("tenantId", tenantId).eq("runId", runId).gt("seq", afterSeq),
    );
  return { message, rows, ended: isTerminal(run.state) };
}
