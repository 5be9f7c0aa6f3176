/** Search in what was said in a run's session, for its agent. */
import { v, type Infer } from "convex/values";
import { excerptAround } from "../../src/core/excerpt";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { vMessageRole } from "../validators";

const FOUND_MAX = 8;
const EXCERPT_CHARS_MAX = 500;

export const vFound = v.object({ turn: v.number(), role: vMessageRole, text: v.string() });
export type Found = Infer<typeof vFound>;

/** Pieces of messages of earlier turns that have the words, the best match first. What tools said is not searched. */
export async function search(
  ctx: QueryCtx,
  { tenantId, sessionId, turn, messageCount }: Doc<"runs">,
  words: string,
): Promise<Found[]> {
  const found = ctx.db
    .query("messages")
    .withSearchIndex("search_content", (q) =>
      q.search("content", words).eq("tenantId", tenantId).eq("sessionId", sessionId),
    );
  // Of the run's own turn, the model has every word; they would take the places of what it asks for.
  const best = await found.take(FOUND_MAX + messageCount);
  return best
    .filter((message) => message.turn < turn)
    .slice(0, FOUND_MAX)
    .map(({ content, role, ...message }) => ({
      turn: message.turn,
      role,
      text: excerptAround(content, words, EXCERPT_CHARS_MAX),
    }));
}
