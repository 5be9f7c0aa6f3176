/**
 * A session in React, live: its messages, and each reply as it is written.
 *
 *     function Session({ sessionId }: { sessionId: Id<"sessions"> }) {
 *       const { messages } = useMessages({ sessionId });
 *       return messages.map((message) => <Bubble key={message._id} message={message} />);
 *     }
 *     function Bubble({ message }: { message: Message }) {
 *       const { text, error } = useReply(message);
 *       return <p>{text} {error}</p>;
 *     }
 *
 * Needs `ConvexProvider` above it. A piece that arrives renders the one component that shows its message, and is sent
 * once. What is shown of a message only grows: it does not flicker where the stored message takes the place of its
 * pieces, nor when the connection was lost.
 */
import { usePaginatedQuery, useQuery } from "convex/react";
import { useMemo, useState } from "react";
import { api } from "../../convex/_generated/api";
import {
  CHUNKS_PER_PAGE,
  isWritten,
  nothingOf,
  take,
  toReply,
  type Caller,
  type Message,
  type Reply,
} from "./reply";

export type { Caller, Message, Reply } from "./reply";

export type Messages = {
  /** In the order in which they were said, the newest last. */
  messages: readonly Message[];
  /** True until the newest are there. */
  isLoading: boolean;
  /** Whether there are older ones; `loadOlder` gets that many of them. */
  hasOlder: boolean;
  loadOlder: (count: number) => void;
};

/**
 * The newest messages of a session, with those to come; "skip" where there is no session yet. Needs `sessions:read`.
 *
 * Throws what the query throws, for an error boundary to catch: `not_found` when the session is not there.
 */
export function useMessages(
  session: (Caller & { sessionId: Message["sessionId"] }) | "skip",
  { initialCount = 50 }: { initialCount?: number } = {},
): Messages {
  const { results, status, loadMore } = usePaginatedQuery(api.queries.messages.list, session, {
    initialNumItems: initialCount,
  });
  const messages = useMemo(() => results.toReversed(), [results]);
  return {
    messages,
    isLoading: status === "LoadingFirstPage",
    hasOlder: status === "CanLoadMore" || status === "LoadingMore",
    loadOlder: loadMore,
  };
}

/**
 * What there is to show of a message, whoever said it; of one that is being written more with each piece. `message` is
 * its row as a query has it, such as `useMessages`: the row says when it has ended.
 */
export function useReply(message: Message, caller: Caller = {}): Reply {
  const [kept, setKept] = useState(() => nothingOf(message._id));
  const before = kept.messageId === message._id ? kept : nothingOf(message._id);
  const { messageId, lastSeq: afterSeq } = before;
  const page = useQuery(
    api.queries.messages.chunks,
    isWritten(message) ? { ...caller, messageId, afterSeq, limit: CHUNKS_PER_PAGE } : "skip",
  );
  // Behind each new cursor there is nothing for a moment. What was there before is kept until then.
  const arrived = page === undefined ? before : take(before, afterSeq, page);
  if (arrived !== kept) setKept(arrived);
  return toReply(message, arrived);
}
