/** The pieces in which a kept answer arrives, for its stream to be told again as it was told first. */
import { v, type Infer } from "convex/values";
import type { Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { CallerScope } from "../access";
import * as Chunks from "../chunks";
import { kept } from "./responses";

const PAGE_SIZE = 500;

/** Where a reader is: the chunk that was read last, and the reply of which text was heard last. */
export const vPlace = v.object({
  seq: v.number(),
  messageId: v.union(v.id("messages"), v.null()),
});
export type Place = Infer<typeof vPlace>;

const vPiece = v.object({ messageId: v.id("messages"), text: v.string() });
type Piece = Infer<typeof vPiece>;

export const vPieces = v.object({
  pieces: v.array(vPiece),
  /** From where to go on. */
  place: vPlace,
  /** Another worker began the reply anew after these pieces, for the first was lost. */
  wasBegunAnew: v.boolean(),
  hasMore: v.boolean(),
  /** There are no more to come. */
  isDone: v.boolean(),
});
export type Pieces = Infer<typeof vPieces>;

/**
 * The pieces of text after that place.
 *
 * @throws not_found - There is no answer of that id, it is not kept, or it is not the caller's to read.
 */
export async function after(
  ctx: QueryCtx,
  scope: CallerScope,
  { id, place }: { id: string; place: Place },
): Promise<Pieces> {
  const { run } = await kept(ctx, scope, id);
  const { chunks, lastSeq, isDone } = await Chunks.listAfter(ctx, scope, {
    of: { runId: run._id },
    afterSeq: place.seq,
    limit: PAGE_SIZE,
  });
  // Their numbers have no gaps.
  const isSwept = chunks.length > 0 && chunks[0]?.seq !== place.seq + 1;
  if (isSwept) throw new Error(`pieces of run ${run._id} were deleted while they were read`);
  const pieces = chunks.flatMap(({ messageId, parts }) =>
    parts.flatMap(({ kind, text }) => (kind === "text" ? [{ messageId, text }] : [])),
  );
  const heard = await untilBegunAnew(ctx, { pieces, from: place.messageId });
  return {
    pieces: heard,
    place: { seq: lastSeq, messageId: pieces.at(-1)?.messageId ?? place.messageId },
    wasBegunAnew: heard.length < pieces.length,
    hasMore: chunks.length === PAGE_SIZE,
    isDone,
  };
}

/** What was said up to where a reply follows one that was not ended: it says the same again, or something else. */
async function untilBegunAnew(
  ctx: QueryCtx,
  { pieces, from }: { pieces: Piece[]; from: Id<"messages"> | null },
): Promise<Piece[]> {
  let before = from;
  for (const [at, { messageId }] of pieces.entries()) {
    if (before !== null && before !== messageId) {
      const reply = await ctx.db.get("messages", before);
      if (reply?.status === "interrupted") return pieces.slice(0, at);
    }
    before = messageId;
  }
  return pieces;
}
