/**
 * A message as it is shown, from two things that a client reads: its row, and the pieces of it that arrive while it is
 * being written. Pure: who subscribes to what is said in `react.ts` and `session.ts`.
 *
 * What is shown of a message only ever grows. Pieces are taken once each and in order, whatever comes twice, late or
 * from another cursor; and the row of a message that has ended has all of their text, so it can take their place.
 */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api";

export type Message = FunctionReturnType<typeof api.queries.messages.list>["page"][number];
export type ChunksPage = FunctionReturnType<typeof api.queries.messages.chunks>;

/** Who reads: the tenant, where it is not the person's default one, or a program's key. */
export type Caller = { tenantId?: Message["tenantId"]; apiKey?: string };

/** The most that a page of pieces may have: a reader who comes late has caught up with the first, or soon. */
export const CHUNKS_PER_PAGE = 500;

/** What has arrived of a message while it is written. */
export type Arrived = Readonly<{
  messageId: Message["_id"];
  /** The piece that came last; `afterSeq` of the page that is to come. */
  lastSeq: number;
  text: string;
  reasoning: string;
  /** False until all has been read that was there when reading began. */
  hasCaughtUp: boolean;
}>;

export type Reply = {
  message: Message;
  /** What it says so far; of a message that has ended, its content. */
  text: string;
  /** What the model thought aloud, as far as its provider shows it. */
  reasoning: string;
  /** What it asked tools, with what they said once they have; there when the model has said all of it. */
  toolCalls: NonNullable<Message["toolCalls"]>;
  /** `interrupted`: it ended before the model was done; `text` is what had arrived, `error` says why. */
  status: Message["status"];
  error: string | undefined;
  /** True as long as less of it may be shown than is there: show that something comes, and not an empty reply. */
  isLoading: boolean;
};

export function nothingOf(messageId: Message["_id"]): Arrived {
  return { messageId, lastSeq: -1, text: "", reasoning: "", hasCaughtUp: false };
}

/** @returns The same object when the page has nothing new, so that it may be compared by identity. */
export function take(arrived: Arrived, afterSeq: number, page: ChunksPage): Arrived {
  // What stands between would be missing for good.
  if (afterSeq > arrived.lastSeq) return arrived;
  let { lastSeq, text, reasoning } = arrived;
  for (const { seq, messageId, parts } of page.chunks) {
    if (messageId !== arrived.messageId || seq <= lastSeq) continue;
    lastSeq = seq;
    for (const part of parts) {
      if (part.kind === "text") text += part.text;
      else reasoning += part.text;
    }
  }
  const hasCaughtUp = arrived.hasCaughtUp || page.chunks.length < CHUNKS_PER_PAGE;
  if (lastSeq === arrived.lastSeq && hasCaughtUp === arrived.hasCaughtUp) return arrived;
  return { ...arrived, lastSeq, text, reasoning, hasCaughtUp };
}

/** A message is read piece by piece as long as it is written. */
export function isWritten({ status }: Message): boolean {
  return status === "streaming";
}

export function toReply(message: Message, arrived: Arrived): Reply {
  const { content, status, error, toolCalls = [] } = message;
  const thoughts = message.reasoning?.steps?.join("\n\n") ?? "";
  return {
    message,
    text: isWritten(message) ? arrived.text : content,
    // Of long reasoning the row keeps the beginning only: whoever has read the whole goes on showing it.
    reasoning: thoughts.length > arrived.reasoning.length ? thoughts : arrived.reasoning,
    toolCalls,
    status,
    error,
    isLoading: isWritten(message) && !arrived.hasCaughtUp,
  };
}
