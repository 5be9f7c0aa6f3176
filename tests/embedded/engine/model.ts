/** What queries must give, computed the slow way: every document, filtered, then sorted with Convex's own comparison. */
import { compareValues, jsonToConvex, type Value } from "convex/values";
import type { Json, JsonDocument } from "../../../src/embedded/values/json";

export type RangeExpression = {
  type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
  fieldPath: string;
  value: Json | undefined;
};

export function decode(value: Json | undefined): Value | undefined {
  return value === undefined ? undefined : jsonToConvex(value);
}

export function fieldOf(doc: JsonDocument, path: string): Value | undefined {
  let value: Json | undefined = doc;
  for (const name of path.split(".")) {
    value =
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? value[name]
        : undefined;
  }
  return decode(value);
}

/** The documents in a range of an index, in its order. */
export function rangeOf(
  docs: Iterable<JsonDocument>,
  fields: readonly string[],
  { range, order }: { range: readonly RangeExpression[]; order: "asc" | "desc" },
): JsonDocument[] {
  const direction = order === "asc" ? 1 : -1;
  return [...docs]
    .filter((doc) => range.every((expression) => holds(doc, expression)))
    .sort((a, b) => direction * compareDocuments(a, b, fields));
}

export function holds(doc: JsonDocument, { type, fieldPath, value }: RangeExpression): boolean {
  const order = compareValues(fieldOf(doc, fieldPath), decode(value));
  switch (type) {
    case "Eq":
      return order === 0;
    case "Gt":
      return order > 0;
    case "Gte":
      return order >= 0;
    case "Lt":
      return order < 0;
    case "Lte":
      return order <= 0;
  }
}

export function compareDocuments(
  a: JsonDocument,
  b: JsonDocument,
  fields: readonly string[],
): number {
  for (const field of [...fields, "_id"]) {
    const order = compareValues(fieldOf(a, field), fieldOf(b, field));
    if (order !== 0) return order;
  }
  return 0;
}

/** As the `convex` package sends it: undefined has an encoding in ranges. */
export function toJson({ type, fieldPath, value }: RangeExpression) {
  return { type, fieldPath, value: value === undefined ? { $undefined: null } : value };
}
