/** Where a conflict happened, in words: which table and index, which range of it, which document. */
import { BY_ID } from "../../engine/indexKeys";
import { TABLE_MARKERS_INDEX_ID } from "../../engine/readSet";
import { readPosting } from "../../engine/search/postings";
import type {
  AnyIndexInfo,
  Catalog,
  ComponentPath,
  IndexInfo,
  TableInfo,
} from "../../engine/types";
import type { KeyRange } from "../../store/store";
import { decodeKey } from "../../values/decodeKey";
import { displayValue } from "../../values/display";
import { encodeId, INTERNAL_ID_BYTES } from "../../values/ids";
import type { Json } from "../../values/json";
import { compareKeys, prefixRange } from "../../values/keys";
import type { Overlap } from "./window";

export type Place = {
  componentPath: ComponentPath;
  table: string;
  index: string;
  /** What of the index was read. */
  range: string;
  /** The document whose change fell into it; null when it cannot be told. */
  documentId: string | null;
};

const VALUE_CHARS_MAX = 60;

export function placeOf(catalog: Catalog, { indexId, range, key }: Overlap): Place {
  if (indexId === TABLE_MARKERS_INDEX_ID) return missingTable(key);
  for (const componentPath of catalog.componentPaths()) {
    for (const table of catalog.tables(componentPath)) {
      const index = [...table.indexes, ...table.searchIndexes].find(
        (candidate) => candidate.indexId === indexId,
      );
      if (index === undefined) continue;
      return {
        componentPath,
        table: table.name,
        index: index.name,
        range: index.kind === "database" ? rangeText(table, index, range) : "words of a search",
        documentId: encodeId(table.tableNumber, internalIdOf(index, key)),
      };
    }
  }
  // A push has removed the index meanwhile.
  return { componentPath: "", table: "?", index: "?", range: "?", documentId: null };
}

function internalIdOf(index: AnyIndexInfo, key: Uint8Array): Uint8Array {
  if (index.kind === "text") return readPosting(index, key).internalId;
  return index.kind === "vector" ? key.slice(0, INTERNAL_ID_BYTES) : key.slice(-INTERNAL_ID_BYTES);
}

/** The table was read before it had its first document. */
function missingTable(marker: Uint8Array): Place {
  const [componentPath, table] = decodeKey(marker, 2).values as [string, string];
  return {
    componentPath,
    table,
    index: "by_creation_time",
    range: "all (the table did not exist)",
    documentId: null,
  };
}

function rangeText(table: TableInfo, index: IndexInfo, { lower, upper }: KeyRange): string {
  if (lower.length === 0 && upper === null) return "all";
  if (index.name === BY_ID) return idRangeText(table, { lower, upper });
  const start = decodeKey(lower, index.fields.length);
  if (start.isWhole && isSame(prefixRange(lower).upper, upper)) {
    return start.values.map((value, i) => `${index.fields[i]} = ${valueText(value)}`).join(", ");
  }
  const from = lower.length === 0 ? "the start" : valuesText(start.values);
  return `(${index.fields.join(", ")}) from ${from} to ${endText(index, upper)}`;
}

function idRangeText({ tableNumber }: TableInfo, { lower, upper }: KeyRange): string {
  const isOne = lower.length === INTERNAL_ID_BYTES && upper?.length === INTERNAL_ID_BYTES + 1;
  if (isOne) return `_id = "${encodeId(tableNumber, lower)}"`;
  const idText = (key: Uint8Array | null, none: string) =>
    key === null || key.length < INTERNAL_ID_BYTES
      ? none
      : `"${encodeId(tableNumber, key.slice(0, INTERNAL_ID_BYTES))}"`;
  return `_id from ${idText(lower, "the start")} to ${idText(upper, "the end")}`;
}

/** An end is often the first key after some values: those values say more than that key. */
function endText(index: IndexInfo, upper: Uint8Array | null): string {
  if (upper === null) return "the end";
  const end = decodeKey(upper, index.fields.length);
  if (end.isWhole) return valuesText(end.values);
  const before = upper.slice();
  before[before.length - 1] = (before.at(-1) ?? 0) - 1;
  return `the end of ${valuesText(decodeKey(before, index.fields.length).values)}`;
}

function valuesText(values: readonly (Json | undefined)[]): string {
  return `(${values.map(valueText).join(", ")})`;
}

function valueText(value: Json | undefined): string {
  const text = value === undefined ? "undefined" : displayValue(value);
  return text.length <= VALUE_CHARS_MAX ? text : `${text.slice(0, VALUE_CHARS_MAX)}…`;
}

function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b;
  return compareKeys(a, b) === 0;
}
