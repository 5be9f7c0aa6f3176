/** The keys of documents in text and vector indexes. The one place that says so: queries, writes and backfills agree. */
import type { JsonDocument } from "../../values/json";
import { fieldAt } from "../indexKeys";
import type { SearchIndexInfo } from "../types";
import { postingsOf } from "./postings";
import { vectorKeysOf } from "./vectors";

/** Documents are never changed in place, so what was once worked out for one holds. */
const known = new WeakMap<JsonDocument, Map<number, readonly Uint8Array[]>>();

/** The keys at which a document stands in a search index, in no order. */
export function bareKeysOf(
  index: SearchIndexInfo,
  doc: JsonDocument,
  internalId: Uint8Array,
): readonly Uint8Array[] {
  let byIndex = known.get(doc);
  if (byIndex === undefined) known.set(doc, (byIndex = new Map()));
  let keys = byIndex.get(index.indexId);
  if (keys === undefined) {
    keys =
      index.kind === "text"
        ? postingsOf(index, doc, internalId)
        : vectorKeysOf(index, doc, internalId);
    byIndex.set(index.indexId, keys);
  }
  return keys;
}

/** Whether two versions of a document have the same keys, because nothing differs that they are made of. */
export function standsAlike(index: SearchIndexInfo, a: JsonDocument, b: JsonDocument): boolean {
  const content = index.kind === "text" ? index.searchField : index.vectorField;
  return [content, ...index.filterFields].every((field) => {
    const [ofA, ofB] = [fieldAt(a, field), fieldAt(b, field)];
    return ofA === ofB || JSON.stringify(ofA) === JSON.stringify(ofB);
  });
}

/** What is in one list of keys and not in the other. */
export function keysOnlyIn(
  keys: readonly Uint8Array[],
  others: readonly Uint8Array[],
): Uint8Array[] {
  if (others.length === 0) return [...keys];
  const texts = new Set(others.map(textOf));
  return keys.filter((key) => !texts.has(textOf(key)));
}

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
