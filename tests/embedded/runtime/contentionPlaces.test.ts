import { expect, test } from "vitest";
import { tableMarker } from "../../../src/embedded/engine/documents";
import { indexKey } from "../../../src/embedded/engine/indexKeys";
import { postingsOf } from "../../../src/embedded/engine/search/postings";
import { compileRange } from "../../../src/embedded/engine/ranges";
import { TABLE_MARKERS_INDEX_ID } from "../../../src/embedded/engine/readSet";
import type {
  Catalog,
  IndexInfo,
  TableInfo,
  TextIndexInfo,
} from "../../../src/embedded/engine/types";
import { placeOf } from "../../../src/embedded/runtime/contention/places";
import { encodeId } from "../../../src/embedded/values/ids";
import type { Json, JsonDocument } from "../../../src/embedded/values/json";
import { keySuccessor } from "../../../src/embedded/values/keys";

const shared = { kind: "database", state: "enabled" } as const;
const byId: IndexInfo = { ...shared, indexId: 1, name: "by_id", fields: ["_id"] };
const byOwner: IndexInfo = {
  ...shared,
  indexId: 2,
  name: "by_owner",
  fields: ["owner", "rank", "_creationTime"],
};
const byText: TextIndexInfo = {
  kind: "text",
  state: "enabled",
  indexId: 3,
  name: "by_text",
  searchField: "text",
  filterFields: [],
};
const table: TableInfo = {
  tableId: 1,
  tableNumber: 10_001,
  name: "notes",
  componentPath: "",
  isSystem: false,
  indexes: [byId, byOwner],
  searchIndexes: [byText],
  documentType: null,
};
const catalog = {
  componentPaths: () => [""],
  tables: () => [table],
} as unknown as Catalog;

const internalId = new Uint8Array(16).fill(7);
const documentId = encodeId(10_001, internalId);
const document: JsonDocument = { _id: documentId, _creationTime: 5, owner: "ann", rank: 2 };

type Expression = { type: string; fieldPath: string; value: Json };
const eq = (fieldPath: string, value: Json) => ({ type: "Eq", fieldPath, value });

test.each<[Expression[], string]>([
  [[], "all"],
  [[eq("owner", "ann")], 'owner = "ann"'],
  [[eq("owner", "ann"), eq("rank", 2)], 'owner = "ann", rank = 2.0'],
  [
    [eq("owner", "ann"), { type: "Gte", fieldPath: "rank", value: "a" }],
    '(owner, rank, _creationTime) from ("ann", "a") to the end of ("ann")',
  ],
  [
    [{ type: "Lt", fieldPath: "owner", value: "bob" }],
    '(owner, rank, _creationTime) from the start to ("bob")',
  ],
])("the range of %o is named %s", (expressions, range) => {
  const overlap = {
    indexId: 2,
    range: compileRange(table, byOwner, expressions),
    key: indexKey(byOwner, document, internalId),
    writer: null,
  };
  expect(placeOf(catalog, overlap)).toEqual({
    componentPath: "",
    table: "notes",
    index: "by_owner",
    range,
    documentId,
  });
});

test("one document is named by its id, long values are cut, other reads of `by_id` by their ends", () => {
  const place = (lower: Uint8Array, upper: Uint8Array | null) =>
    placeOf(catalog, { indexId: 1, range: { lower, upper }, key: internalId, writer: null }).range;
  expect(place(internalId, keySuccessor(internalId))).toBe(`_id = "${documentId}"`);
  expect(place(new Uint8Array(0), null)).toBe("all");
  expect(place(internalId, null)).toBe(`_id from "${documentId}" to the end`);
  const long = compileRange(table, byOwner, [eq("owner", "x".repeat(1_000))]);
  const { range } = placeOf(catalog, {
    indexId: 2,
    range: long,
    key: internalId,
    writer: null,
  });
  expect(range.length).toBeLessThan(100);
});

test("a search is named by its index, and the document whose words came", () => {
  const [key] = postingsOf(byText, { ...document, text: "hello" }, internalId);
  const overlap = { indexId: 3, range: { lower: key!, upper: null }, key: key!, writer: null };
  expect(placeOf(catalog, overlap)).toMatchObject({
    index: "by_text",
    range: "words of a search",
    documentId,
  });
});

test("a table that did not exist yet, and an index that is gone", () => {
  const key = tableMarker("child", "later");
  const range = { lower: key, upper: keySuccessor(key) };
  const missing = { indexId: TABLE_MARKERS_INDEX_ID, range, key, writer: null };
  expect(placeOf(catalog, missing)).toMatchObject({ componentPath: "child", table: "later" });
  expect(placeOf(catalog, { ...missing, indexId: 99 })).toMatchObject({ table: "?" });
});
