/** Going through all documents of a table in bounded batches, to check them or to fill indexes. */
import type { Seq, Store } from "../store/store";
import { INTERNAL_ID_BYTES } from "../values/ids";
import type { JsonDocument } from "../values/json";
import { keySuccessor } from "../values/keys";
import { indexKey } from "./indexKeys";
import type { IndexInfo, TableInfo } from "./types";

export type StoredDocument = { document: JsonDocument; internalId: Uint8Array; seq: Seq };

/** Some milliseconds of work: other work waits for as long as one batch takes. */
const BATCH_ROWS_MAX = 500;
const BATCH_CHARACTERS = 1_000_000;
const FIRST_BATCH_ROWS = 50;

export class TableWalk {
  readonly #store: Store;
  readonly #indexId: number;
  /** Everything before it was given out. */
  #from: Uint8Array = new Uint8Array(0);
  #limit = FIRST_BATCH_ROWS;

  /** @param index - The order to go in; any index of the table that has all its documents. */
  constructor(store: Store, index: IndexInfo) {
    this.#store = store;
    this.#indexId = index.indexId;
  }

  /** The next documents as they are now; none at the end. */
  next(): StoredDocument[] {
    const range = { lower: this.#from, upper: null };
    const rows = this.#store.scan(this.#indexId, range, { order: "asc", limit: this.#limit });
    const last = rows.at(-1);
    if (last === undefined) return [];
    this.#from = keySuccessor(last.key);
    this.#limit = nextLimit(rows);
    return rows.map(({ key, seq, text }) => ({
      document: JSON.parse(text) as JsonDocument,
      internalId: key.subarray(key.length - INTERNAL_ID_BYTES),
      seq,
    }));
  }
}

/** As many rows as come to a batch's characters at the size that the last ones had. */
function nextLimit(rows: readonly { text: string }[]): number {
  const characters = rows.reduce((sum, { text }) => sum + text.length, 0);
  const limit = Math.floor((BATCH_CHARACTERS * rows.length) / characters);
  return Math.max(1, Math.min(limit, BATCH_ROWS_MAX));
}

/** Puts documents into indexes. Inside a store write transaction. */
export function addToIndexes(
  store: Store,
  documents: readonly StoredDocument[],
  indexes: readonly IndexInfo[],
): void {
  for (const { document, internalId, seq } of documents) {
    for (const index of indexes) {
      store.putEntry(index.indexId, indexKey(index, document, internalId), seq);
    }
  }
}

/** Puts all documents of a table into indexes, within one transaction. */
export function fillIndexes(store: Store, table: TableInfo, indexes: readonly IndexInfo[]): void {
  const [byId] = table.indexes;
  if (byId === undefined || indexes.length === 0) return;
  const walk = new TableWalk(store, byId);
  for (let batch = walk.next(); batch.length > 0; batch = walk.next()) {
    addToIndexes(store, batch, indexes);
  }
}
