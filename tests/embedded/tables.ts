/** Documents in tables, written as the transaction engine does: every index of the table has each. */
import { indexKey } from "../../src/embedded/engine/indexKeys";
import { bareKeysOf } from "../../src/embedded/engine/search/bareKeys";
import type { TableInfo } from "../../src/embedded/engine/types";
import type { Store } from "../../src/embedded/store/store";
import { decodeId, encodeId } from "../../src/embedded/values/ids";
import type { JsonDocument, JsonObject } from "../../src/embedded/values/json";
import { internalId, transact } from "./store/folders";

let inserted = 0;

/** Adds a document, in a transaction of its own. */
export function insert(store: Store, table: TableInfo, fields: JsonObject): JsonDocument {
  const [document] = insertMany(store, table, [fields]);
  return document!;
}

/** Adds documents, in one transaction. */
export function insertMany(
  store: Store,
  table: TableInfo,
  fieldsOfEach: readonly JsonObject[],
): JsonDocument[] {
  return transact(store, (ts) =>
    fieldsOfEach.map((fields) => {
      inserted++;
      // In no order, as real ones are; the factor is odd, so that none comes twice.
      const id = encodeId(table.tableNumber, internalId(Math.imul(inserted, 0x9e3779b1)));
      const document: JsonDocument = { ...fields, _id: id, _creationTime: 1.7e12 + inserted };
      write(store, table, { before: null, after: document, ts });
      return document;
    }),
  );
}

/** Changes or removes (null) a document, in a transaction of its own. */
export function change(
  store: Store,
  table: TableInfo,
  { before, fields }: { before: JsonDocument; fields: JsonObject | null },
): JsonDocument | null {
  const { _id, _creationTime } = before;
  const after = fields === null ? null : { ...fields, _id, _creationTime };
  transact(store, (ts) => write(store, table, { before, after, ts }));
  return after;
}

function write(
  store: Store,
  table: TableInfo,
  { before, after, ts }: { before: JsonDocument | null; after: JsonDocument | null; ts: number },
): void {
  const { internalId: id } = decodeId((after ?? before)!._id)!;
  const entries = (document: JsonDocument | null) =>
    document === null
      ? []
      : table.indexes.map((index) => ({
          indexId: index.indexId,
          key: indexKey(index, document, id),
        }));
  const bareKeys = (document: JsonDocument | null) =>
    document === null
      ? []
      : table.searchIndexes.flatMap((index) =>
          bareKeysOf(index, document, id).map((key) => ({ indexId: index.indexId, key })),
        );
  store.write(
    {
      tableId: table.tableId,
      internalId: id,
      text: after === null ? null : JSON.stringify(after),
      puts: entries(after),
      removes: entries(before),
      bareKeys: { puts: bareKeys(after), removes: bareKeys(before) },
    },
    ts,
  );
}

/** The documents of a table in the order of one of its indexes. */
export function documentsOf(
  store: Store,
  table: TableInfo,
  indexName = "by_creation_time",
): JsonDocument[] {
  const index = table.indexes.find((candidate) => candidate.name === indexName)!;
  const everything = { lower: new Uint8Array(0), upper: null };
  return store
    .scan(index.indexId, everything, { order: "asc", limit: 100_000 })
    .map((row) => JSON.parse(row.text) as JsonDocument);
}
