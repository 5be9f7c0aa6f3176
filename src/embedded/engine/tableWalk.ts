/** Going through all documents of a table in bounded batches, to check them or to fill indexes. */
import type { Seq, Store } from "../store/store";
import { INTERNAL_ID_BYTES } from "../values/ids";
import type { JsonDocument } from "../values/json";
import { keySuccessor } from "../values/keys";
import { indexKey } from "./indexKeys";
import { bareKeysOf } from "./search/bareKeys";
import type { AnyIndexInfo, IndexInfo, TableInfo } from "./types";

export type StoredDocument = { document: JsonDocument; internalId: Uint8Array; seq: Seq };

/** Some milliseconds of work: other work waits for as long as one batch takes. */
const BATCH_ROWS_MAX = 500;
const BATCH_CHARACTERS = 1_000_000;
/** A text of so many characters has thousands of words, each with keys of its own. */
const BATCH_CHARACTERS_OF_WORDS = 100_000;
const FIRST_BATCH_ROWS = 50;

export class TableWalk {
  readonly #store: Store;
  readonly #indexId: number;
  readonly #batchCharacters: number;
  /** Everything before it was given out. */
  #from: Uint8Array = new Uint8Array(0);
  #limit: number;

  /**
   * @param index - The order to go in; any index of the table that has all its documents.
   * @param toFill - What each batch is to be put into, which decides how large a batch is.
   */
  constructor(store: Store, index: IndexInfo, toFill: readonly AnyIndexInfo[] = []) {
    this.#store = store;
    this.#indexId = index.indexId;
    const hasWords = toFill.some(({ kind }) => kind === "text");
    this.#batchCharacters = hasWords ? BATCH_CHARACTERS_OF_WORDS : BATCH_CHARACTERS;
    // How large documents are shows only with the first ones.
    this.#limit = hasWords ? 1 : FIRST_BATCH_ROWS;
  }

  /** The next documents as they are now; none at the end. */
  next(): StoredDocument[] {
    const range = { lower: this.#from, upper: null };
    const rows = this.#store.scan(this.#indexId, range, { order: "asc", limit: this.#limit });
    const last = rows.at(-1);
    if (last === undefined) return [];
    this.#from = keySuccessor(last.key);
    this.#limit = nextLimit(rows, this.#batchCharacters);
    return rows.map(({ key, seq, text }) => ({
      document: JSON.parse(text) as JsonDocument,
      internalId: key.subarray(key.length - INTERNAL_ID_BYTES),
      seq,
    }));
  }
}

/** As many rows as come to a batch's characters at the size that the last ones had. */
function nextLimit(rows: readonly { text: string }[], batchCharacters: number): number {
  const characters = rows.reduce((sum, { text }) => sum + text.length, 0);
  const limit = Math.floor((batchCharacters * rows.length) / characters);
  return Math.max(1, Math.min(limit, BATCH_ROWS_MAX));
}

/** Puts documents into indexes. Inside a store write transaction. */
export function addToIndexes(
  store: Store,
  documents: readonly StoredDocument[],
  indexes: readonly AnyIndexInfo[],
): void {
  for (const { document, internalId, seq } of documents) {
    for (const index of indexes) {
      const { indexId } = index;
      if (index.kind === "database") {
        store.putEntry(indexId, indexKey(index, document, internalId), seq);
      } else {
        for (const key of bareKeysOf(index, document, internalId)) store.putBareKey(indexId, key);
      }
    }
  }
}

/** Puts all documents of a table into indexes, within one transaction. */
export function fillIndexes(
  store: Store,
  table: TableInfo,
  indexes: readonly AnyIndexInfo[],
): void {
  const [byId] = table.indexes;
  if (byId === undefined || indexes.length === 0) return;
  const walk = new TableWalk(store, byId);
  for (let batch = walk.next(); batch.length > 0; batch = walk.next()) {
    addToIndexes(store, batch, indexes);
  }
}
