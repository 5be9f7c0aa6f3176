/** Where a document stands in an index. The one place that says so: queries, writes and backfills agree. */
import { encodeKey } from "../values/keys";
import type { Json, JsonDocument } from "../values/json";
import type { IndexInfo } from "./types";

/** The indexes that every table has. */
export const BY_ID = "by_id";
export const BY_CREATION_TIME = "by_creation_time";

/**
 * The key of `doc` in `index`: its field values in order (a missing field is undefined, which sorts
 * first), then the 16 internal bytes of its id, which make the key unique. The key in `by_id` is
 * those 16 bytes alone.
 */
export function indexKey(index: IndexInfo, doc: JsonDocument, internalId: Uint8Array): Uint8Array {
  if (index.name === BY_ID) return internalId;
  const values = encodeKey(index.fields.map((path) => fieldAt(doc, path)));
  const key = new Uint8Array(values.length + internalId.length);
  key.set(values);
  key.set(internalId, values.length);
  return key;
}

/** The value at a field path such as "a.b", or undefined where the path leaves the objects. */
export function fieldAt(doc: JsonDocument, path: string): Json | undefined {
  if (!path.includes(".")) return Object.hasOwn(doc, path) ? doc[path] : undefined;
  let value: Json | undefined = doc;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    if (!Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}
