/** One query of a connection's query set: its watch, and what of it the client already has. */
import type { Identity } from "../../engine/types";
import type { RequestMetadata } from "../../execution/types";
import type { LiveQueries, QueryReply, Watch } from "../../runtime/types";
import { errorDataField, errorMessage, logLinesText, newRequestId } from "../replies";
import { functionRequest } from "../requests";
import type { AddQuery, Modification } from "./protocol";

export class LiveQuery {
  readonly #live: LiveQueries;
  readonly #query: AddQuery;
  #requestId = "";
  #watch: Watch | null = null;
  #sentReply: QueryReply | null = null;
  #sentContent: Buffer | null = null;
  #sentError: string | null = null;

  constructor(live: LiveQueries, query: AddQuery) {
    this.#live = live;
    this.#query = query;
  }

  /** Starts the query, or runs it again for another caller. */
  watchAs(identity: Identity, request: RequestMetadata): void {
    const previous = this.#watch;
    const journal = previous?.reply.journal ?? this.#query.journal;
    this.#requestId = newRequestId();
    const caller = { identity, request, requestId: this.#requestId };
    this.#watch = this.#live.watch({ ...functionRequest(this.#query, caller), journal });
    // After the new watch is there, so that what both need is not thrown away in between.
    previous?.close();
  }

  /** The modification that brings the client up to date; null when it is. */
  takeUpdate(): Modification | null {
    const reply = this.#watch?.reply;
    if (reply === undefined || reply === this.#sentReply) return null;
    this.#sentReply = reply;
    const content = replyContent(reply);
    // The request id inside an error message differs each time and is no difference in the result.
    const error = reply.ok ? null : reply.error.message;
    const isKnown = error === this.#sentError && this.#sentContent?.equals(content) === true;
    if (isKnown) return null;
    this.#sentError = error;
    this.#sentContent = content;
    const { queryId } = this.#query;
    if (reply.ok) return { own: `{"type":"QueryUpdated","queryId":${queryId},`, shared: content };
    const message = JSON.stringify(errorMessage(reply.error, this.#requestId));
    const own = `{"type":"QueryFailed","queryId":${queryId},"errorMessage":${message},`;
    return { own, shared: content };
  }

  close(): void {
    this.#watch?.close();
    this.#watch = null;
  }
}

// A reply is shared by all who watch the same query, so its bytes are made once for all of them.
const contents = new WeakMap<QueryReply, Buffer>();

/** The end of a modification, from the fields that do not depend on who gets it. */
function replyContent(reply: QueryReply): Buffer {
  const known = contents.get(reply);
  if (known !== undefined) return known;
  const logLines = logLinesText(reply.logLines);
  const journal = JSON.stringify(reply.journal);
  const content = Buffer.from(
    reply.ok
      ? `"value":${reply.value},"logLines":${logLines},"journal":${journal}}`
      : `"logLines":${logLines},"journal":${journal}${errorDataField(reply.error)}}`,
  );
  contents.set(reply, content);
  return content;
}
