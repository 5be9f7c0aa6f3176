/**
 * Mutations that a client may send twice because it lost the connection before the reply. The reply is
 * stored in the mutation's own transaction, so there is one exactly if the mutation happened. A mutation
 * that failed stores nothing: it changed nothing, and may run again.
 */
import type { Transaction } from "../engine/types";
import type { LogLine } from "../execution/types";
import { CLIENT_REQUESTS_BY_REQUEST, CLIENT_REQUESTS_TABLE } from "./systemTables";
import type { MutationReply } from "./types";

/** Which request of which client session. */
export type ClientRequest = { sessionId: string; requestId: number };

type StoredReply = { value: string; logLines: LogLine[]; tsMicros: number };

/** A reply may be larger than a document: its text is stored in parts of so many characters. */
const PART_CHARS = 250_000;
/** More than the largest reply has. */
const PARTS_MAX = 1_000;

/** The reply of the request's first run, or null if it has not happened. */
export function storedReply(tx: Transaction, request: ClientRequest): MutationReply | null {
  const parts = tx.list(
    "",
    {
      table: CLIENT_REQUESTS_TABLE,
      index: CLIENT_REQUESTS_BY_REQUEST,
      prefix: [request.sessionId, request.requestId],
    },
    { limit: PARTS_MAX },
  );
  if (parts.length === 0) return null;
  const text = parts.map((part) => part["text"] as string).join("");
  return { ok: true, ...(JSON.parse(text) as StoredReply) };
}

export function storeReply(tx: Transaction, request: ClientRequest, reply: StoredReply): void {
  const text = JSON.stringify(reply);
  for (let from = 0; from < text.length; from += PART_CHARS) {
    tx.insert("", CLIENT_REQUESTS_TABLE, { ...request, text: text.slice(from, from + PART_CHARS) });
  }
}
