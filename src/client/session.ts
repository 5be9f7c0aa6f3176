/**
 * A session without React, live, through a `ConvexClient`:
 *
 *     const stop = followSession(client, { sessionId }, {
 *       onChange: (replies) => show(replies.at(-1)?.text),
 *       onError: (error) => console.error(error),
 *     });
 */
import type { ConvexClient } from "convex/browser";
import { api } from "../../convex/_generated/api";
import {
  CHUNKS_PER_PAGE,
  isWritten,
  nothingOf,
  take,
  toReply,
  type Arrived,
  type Caller,
  type Message,
  type Reply,
} from "./reply";

export type { Caller, Message, Reply } from "./reply";

export type SessionListener = {
  /** The messages as they are to be shown, in the order in which they were said; what is shown of each only grows. */
  onChange: (replies: readonly Reply[]) => void;
  /** A query failed: `not_found` when the session is not there. Nothing more will come. */
  onError: (error: Error) => void;
};

/**
 * Follows the newest `count` messages of a session (at most 100) and those to come. Needs `sessions:read`.
 *
 * @returns What stops it.
 */
export function followSession(
  client: ConvexClient,
  {
    sessionId,
    count = 50,
    ...caller
  }: Caller & { sessionId: Message["sessionId"]; count?: number },
  { onChange, onError }: SessionListener,
): () => void {
  let messages: readonly Message[] = [];
  const followed = new Map<Message["_id"], FollowedMessage>();
  const stop = () => {
    stopListing();
    for (const one of followed.values()) one.stop();
  };
  const fail = (error: Error) => {
    stop();
    onError(error);
  };
  const change = () => {
    const arrivedOf = ({ _id }: Message) => followed.get(_id)?.arrived ?? nothingOf(_id);
    onChange(messages.map((message) => toReply(message, arrivedOf(message))));
  };
  const list = (page: readonly Message[]) => {
    messages = page.toReversed();
    for (const message of messages) {
      const { _id: messageId } = message;
      const one = followed.get(messageId);
      if (!isWritten(message)) one?.stop();
      else if (one === undefined) {
        const listener = { onChange: change, onError: fail };
        followed.set(messageId, new FollowedMessage(client, { messageId, caller }, listener));
      }
    }
    change();
  };
  const args = { ...caller, sessionId, paginationOpts: { numItems: count, cursor: null } };
  const { list: listed } = api.queries.messages;
  const stopListing = onceOnly(client.onUpdate(listed, args, ({ page }) => list(page), fail));
  return stop;
}

/** The pieces of one message, from the first on, each behind the cursor of the one before. */
class FollowedMessage {
  arrived: Arrived;
  readonly #client: ConvexClient;
  readonly #caller: Caller;
  readonly #listener: { onChange: () => void; onError: (error: Error) => void };
  #unsubscribe: () => void;

  constructor(
    client: ConvexClient,
    { messageId, caller }: { messageId: Message["_id"]; caller: Caller },
    listener: { onChange: () => void; onError: (error: Error) => void },
  ) {
    this.arrived = nothingOf(messageId);
    this.#client = client;
    this.#caller = caller;
    this.#listener = listener;
    this.#unsubscribe = this.#follow();
  }

  /** What has arrived is kept. */
  stop(): void {
    this.#unsubscribe();
  }

  #follow(): () => void {
    const { messageId, lastSeq: afterSeq } = this.arrived;
    const args = { ...this.#caller, messageId, afterSeq, limit: CHUNKS_PER_PAGE };
    const { chunks } = api.queries.messages;
    const { onChange, onError } = this.#listener;
    return onceOnly(
      this.#client.onUpdate(
        chunks,
        args,
        (page) => {
          const before = this.arrived;
          this.arrived = take(before, afterSeq, page);
          if (this.arrived === before) return;
          if (this.arrived.lastSeq > afterSeq) {
            this.#unsubscribe();
            this.#unsubscribe = this.#follow();
          }
          onChange();
        },
        onError,
      ),
    );
  }
}

/** A `ConvexClient` does not take it when a subscription is ended twice. */
function onceOnly(end: () => void): () => void {
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    end();
  };
}
