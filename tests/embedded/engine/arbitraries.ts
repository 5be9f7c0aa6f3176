/** Random documents of few values, so that queries hit, and random queries and writes on them. */
import fc from "fast-check";
import type { Json, JsonDocument, JsonObject } from "../../../src/embedded/values/json";
import type { Db, QueryJson } from "./database";
import { toJson, type RangeExpression } from "./model";

export const INDEXES: Record<string, string[]> = { by_a_b: ["a", "b"], by_deep: ["o.x"] };

/** Fields of every index of the test table, as ranges may use them. */
export const INDEX_FIELDS: Record<string, string[]> = {
  by_id: ["_id"],
  by_creation_time: ["_creationTime"],
  by_a_b: ["a", "b", "_creationTime"],
  by_deep: ["o.x", "_creationTime"],
};

export const fewValues: fc.Arbitrary<Json | undefined> = fc.constantFrom<Json | undefined>(
  undefined,
  null,
  0,
  1,
  { $float: "AAAAAAAAAIA=" }, // -0
  { $integer: "AQAAAAAAAAA=" },
  { $bytes: "AAE=" },
  true,
  "",
  "a",
  "a\0",
  "b",
  [1],
  { k: 1 },
);

export const fields: fc.Arbitrary<JsonObject> = fc
  .record({ a: fewValues, b: fewValues, o: fc.constantFrom("none", "empty", "x"), x: fewValues })
  .map(({ a, b, o, x }) => {
    const doc: JsonObject = {};
    if (a !== undefined) doc["a"] = a;
    if (b !== undefined) doc["b"] = b;
    if (o !== "none") doc["o"] = o === "x" && x !== undefined ? { x } : {};
    return doc;
  });

/** Which of the existing documents, as a number that wraps around. */
const which = fc.nat(1000);

export type Write =
  | { kind: "insert"; value: JsonObject }
  | { kind: "replace"; which: number; value: JsonObject }
  | { kind: "patch"; which: number; name: "a" | "b"; value: Json | undefined }
  | { kind: "delete"; which: number };

export const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), value: fields }),
  fc.record({ kind: fc.constant("replace" as const), which, value: fields }),
  fc.record({
    kind: fc.constant("patch" as const),
    which,
    name: fc.constantFrom("a" as const, "b" as const),
    value: fewValues,
  }),
  fc.record({ kind: fc.constant("delete" as const), which }),
);

/** Makes a write and keeps `docs`, the documents by id, in step with it. */
export function perform(db: Db, docs: Map<string, JsonDocument>, action: Write): void {
  if (action.kind === "insert") {
    const id = db.insert("t", action.value);
    docs.set(id, db.get(id) as JsonDocument);
    return;
  }
  const id = [...docs.keys()][action.which % docs.size];
  if (id === undefined) return;
  if (action.kind === "delete") {
    db.delete(id);
    docs.delete(id);
  } else if (action.kind === "replace") {
    docs.set(id, db.replace(id, action.value));
  } else {
    const { name, value } = action;
    docs.set(id, db.patch(id, { [name]: value === undefined ? { $undefined: null } : value }));
  }
}

export type RandomQuery = {
  indexName: string;
  range: RangeExpression[];
  order: "asc" | "desc";
};

type Bound = { value: Json | undefined; inclusive: boolean };

const bound: fc.Arbitrary<Bound | null> = fc.option(
  fc.record({ value: fewValues, inclusive: fc.boolean() }),
);

/** A range as data. What it means depends on the documents: `_id` and `_creationTime` bounds are theirs. */
export const rangeSpec = fc.record({
  index: fc.nat(1000),
  equalCount: fc.nat(4),
  values: fc.array(fewValues, { minLength: 4, maxLength: 4 }),
  lower: bound,
  upper: bound,
  which: fc.array(which, { minLength: 3, maxLength: 3 }),
  fromDocument: fc.boolean(),
  order: fc.constantFrom("asc" as const, "desc" as const),
});
export type RangeSpec = typeof rangeSpec extends fc.Arbitrary<infer T> ? T : never;

/** A range of any shape that is allowed, over one of the indexes. */
export function toQuery(
  spec: RangeSpec,
  docs: readonly JsonDocument[],
  fieldsByIndex = INDEX_FIELDS,
): RandomQuery {
  const names = Object.keys(fieldsByIndex);
  const indexName = names[spec.index % names.length] ?? "by_id";
  const indexFields = fieldsByIndex[indexName] ?? [];
  const rangeFields = indexName === "by_id" ? indexFields : [...indexFields, "_id"];
  const sample = docs[(spec.which[0] ?? 0) % docs.length];
  const valueFor = (field: string, at: number, value: Json | undefined): Json | undefined => {
    const doc = field.startsWith("_") ? docs[(spec.which[at] ?? 0) % docs.length] : undefined;
    return doc === undefined ? value : doc[field];
  };
  const equalCount = spec.equalCount % (rangeFields.length + 1);
  const range: RangeExpression[] = rangeFields.slice(0, equalCount).map((fieldPath, i) => ({
    type: "Eq",
    fieldPath,
    value:
      spec.fromDocument && sample !== undefined
        ? (atPath(sample, fieldPath) ?? undefined)
        : valueFor(fieldPath, 0, spec.values[i]),
  }));
  const next = rangeFields[equalCount];
  if (next !== undefined && spec.lower !== null) {
    const value = valueFor(next, 1, spec.lower.value);
    range.push({ type: spec.lower.inclusive ? "Gte" : "Gt", fieldPath: next, value });
  }
  if (next !== undefined && spec.upper !== null) {
    const value = valueFor(next, 2, spec.upper.value);
    range.push({ type: spec.upper.inclusive ? "Lte" : "Lt", fieldPath: next, value });
  }
  return { indexName, range, order: spec.order };
}

export const randomQuery: fc.Arbitrary<(docs: readonly JsonDocument[]) => RandomQuery> =
  rangeSpec.map((spec) => (docs) => toQuery(spec, docs));

function atPath(doc: JsonDocument, path: string): Json | undefined {
  let value: Json | undefined = doc;
  for (const name of path.split(".")) value = (value as JsonObject | undefined)?.[name];
  return value;
}

export function toQueryJson({ indexName, range, order }: RandomQuery): QueryJson {
  return {
    source: { type: "IndexRange", indexName: `t.${indexName}`, range: range.map(toJson), order },
    operators: [],
  };
}
