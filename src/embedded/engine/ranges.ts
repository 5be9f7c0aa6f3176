/** From the range expressions of `withIndex` to the interval of keys that they mean. */
import { compareEncoded } from "../values/compare";
import { isObject, specialKey } from "../values/decode";
import { decodeId, encodeId, INTERNAL_ID_BYTES } from "../values/ids";
import { encodeKey, keySuccessor, prefixRange } from "../values/keys";
import { displayValue } from "../values/display";
import type { Json, JsonObject } from "../values/json";
import type { KeyRange } from "../store/store";
import { argumentError } from "./errors";
import { BY_ID } from "./indexKeys";
import { UserError, type IndexInfo, type TableInfo } from "./types";

/** Every key of an index. */
export const EVERYTHING: KeyRange = { lower: new Uint8Array(0), upper: null };

type Comparison = "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
type RangeExpression = { type: Comparison; fieldPath: string; value: Json | undefined };
type Bound = { value: Json | undefined; inclusive: boolean };

/** What a field may be: exactly something, or between two bounds. The fields before it are fixed. */
type Constraint = { prefix: (Json | undefined)[]; lower: Bound | null; upper: Bound | null };

/**
 * The keys of the documents that fulfil all expressions: equalities on the first fields of the index,
 * then at most one lower and one upper bound on the next field. Every index ends with the id.
 */
export function compileRange(table: TableInfo, index: IndexInfo, json: Json | undefined): KeyRange {
  if (!Array.isArray(json)) throw argumentError("query", "queryStream", "`range` is not an array");
  if (json.length === 0) return EVERYTHING;
  const fields = index.name === BY_ID ? index.fields : [...index.fields, "_id"];
  const where = { name: `${table.name}.${index.name}`, fields };
  const { prefix, lower, upper } = toConstraint(where, json.map(parseExpression));
  const isId = (position: number) => position === fields.length - 1;

  const last = prefix.length - 1;
  if (isId(last)) {
    const id = { value: prefix[last], inclusive: true };
    return idRange(table, encodeKey(prefix.slice(0, last)), { lower: id, upper: id });
  }
  const prefixKey = encodeKey(prefix);
  if (isId(prefix.length)) return idRange(table, prefixKey, { lower, upper });

  const whole = prefixRange(prefixKey);
  return {
    lower: lower === null ? whole.lower : fieldBound(prefix, lower, !lower.inclusive),
    upper: upper === null ? whole.upper : fieldBound(prefix, upper, upper.inclusive),
  };
}

/** The keys of rows whose first fields equal `prefix` and whose next field lies in the bounds, both inclusive. */
export function prefixAndBounds(
  prefix: readonly Json[],
  lower: Json | undefined,
  upper: Json | undefined,
): KeyRange {
  const whole = prefixRange(encodeKey(prefix));
  return {
    lower: lower === undefined ? whole.lower : encodeKey([...prefix, lower]),
    upper: upper === undefined ? whole.upper : prefixRange(encodeKey([...prefix, upper])).upper,
  };
}

/** The key at which the values equal to a bound begin, or the one after the last of them. */
function fieldBound(
  prefix: readonly (Json | undefined)[],
  bound: Bound,
  after: boolean,
): Uint8Array {
  const key = encodeKey([...prefix, bound.value]);
  return after ? (prefixRange(key).upper ?? key) : key;
}

// --- The id, which stands in keys as its 16 internal bytes ---------------------------------------

function idRange(
  table: TableInfo,
  prefix: Uint8Array,
  { lower, upper }: { lower: Bound | null; upper: Bound | null },
): KeyRange {
  const whole = prefixRange(prefix);
  return {
    lower:
      lower === null ? whole.lower : idBound(table, prefix, { ...lower, after: !lower.inclusive }),
    upper:
      upper === null ? whole.upper : idBound(table, prefix, { ...upper, after: upper.inclusive }),
  };
}

/**
 * Where ids that are greater than a value begin (or equal, unless `after`). The value may be anything:
 * not every text is an id, but all values have an order.
 */
function idBound(
  table: TableInfo,
  prefix: Uint8Array,
  { value, after }: { value: Json | undefined; after: boolean },
): Uint8Array {
  const exact = typeof value === "string" ? decodeId(value) : null;
  if (exact !== null && exact.tableNumber === table.tableNumber) {
    const key = concat(prefix, exact.internalId);
    return after ? keySuccessor(key) : key;
  }
  const first = firstIdAfter(table.tableNumber, value);
  return concat(prefix, first ?? AFTER_ALL_IDS);
}

/** Greater than the 16 bytes of any id. */
const AFTER_ALL_IDS = new Uint8Array(INTERNAL_ID_BYTES + 1).fill(0xff);

/** The internal bytes of the first possible id of the table that sorts after `value`, null if all are before it. */
function firstIdAfter(tableNumber: number, value: Json | undefined): Uint8Array | null {
  const internalId = new Uint8Array(INTERNAL_ID_BYTES);
  const isBefore = () => compareEncoded(encodeId(tableNumber, internalId), value) < 0;
  if (!isBefore()) return internalId;

  // Ids of one table sort as their bytes: find the last one before `value`, bit by bit.
  for (let bit = 0; bit < INTERNAL_ID_BYTES * 8; bit++) {
    const byte = bit >> 3;
    const mask = 0x80 >> (bit & 7);
    internalId[byte] = (internalId[byte] ?? 0) | mask;
    if (!isBefore()) internalId[byte] = (internalId[byte] ?? 0) & ~mask;
  }
  for (let byte = INTERNAL_ID_BYTES - 1; byte >= 0; byte--) {
    const next = ((internalId[byte] ?? 0) + 1) & 0xff;
    internalId[byte] = next;
    if (next !== 0) return internalId;
  }
  return null;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const whole = new Uint8Array(a.length + b.length);
  whole.set(a);
  whole.set(b, a.length);
  return whole;
}

// --- Which fields are fixed, which are bounded ---------------------------------------------------

function parseExpression(json: Json): RangeExpression {
  if (isObject(json)) {
    const { type, fieldPath, value } = json;
    if (isComparison(type) && typeof fieldPath === "string" && value !== undefined) {
      return { type, fieldPath, value: isUndefined(value) ? undefined : value };
    }
  }
  throw argumentError("query", "queryStream", `${JSON.stringify(json)} is not an index range`);
}

function isComparison(type: Json | undefined): type is Comparison {
  return type === "Eq" || type === "Gt" || type === "Gte" || type === "Lt" || type === "Lte";
}

function isUndefined(value: Json): boolean {
  return isObject(value) && specialKey(value as JsonObject) === "$undefined";
}

type Where = { name: string; fields: readonly string[] };

function toConstraint(where: Where, expressions: readonly RangeExpression[]): Constraint {
  const { fields } = where;
  const equal = new Map<string, Json | undefined>();
  let bounded: string | null = null;
  let lower: Bound | null = null;
  let upper: Bound | null = null;

  for (const expression of expressions) {
    const { type, fieldPath, value } = expression;
    if (type === "Eq") {
      if (equal.has(fieldPath)) throw alreadyBound("equality", expression);
      equal.set(fieldPath, value);
      continue;
    }
    const isLower = type === "Gt" || type === "Gte";
    if ((isLower ? lower : upper) !== null) {
      throw alreadyBound(isLower ? "lower" : "upper", expression);
    }
    if (bounded !== null && bounded !== fieldPath) throw twoBounded(where, bounded, fieldPath);
    bounded = fieldPath;
    const bound = { value, inclusive: type === "Gte" || type === "Lte" };
    if (isLower) lower = bound;
    else upper = bound;
  }
  if (bounded !== null && equal.has(bounded)) {
    throw alreadyBound("inequality", { type: "Eq", fieldPath: bounded, value: equal.get(bounded) });
  }

  const used = [...equal.keys()].sort((a, b) => fields.indexOf(a) - fields.indexOf(b));
  if (bounded !== null) used.push(bounded);
  for (const field of used) if (!fields.includes(field)) throw notInIndex(where, field);
  const wrong = used.findIndex((field, position) => fields[position] !== field);
  if (wrong !== -1) throw outOfOrder(where, used, used[wrong] ?? "");

  return { prefix: fields.slice(0, equal.size).map((field) => equal.get(field)), lower, upper };
}

const SYMBOLS: Record<Comparison, string> = { Eq: "==", Gt: ">", Gte: ">=", Lt: "<", Lte: "<=" };

function alreadyBound(bound: string, { type, fieldPath, value }: RangeExpression): UserError {
  const shown = value === undefined ? "undefined" : displayValue(value);
  return new UserError(
    `Already defined ${bound} bound in index range. Can't add "${fieldPath}" ${SYMBOLS[type]} ${shown}.`,
    "AlreadyDefinedBound",
  );
}

function twoBounded(where: Where, first: string, second: string): UserError {
  return new UserError(
    "Upper and lower bounds in `range` can only be applied to a single index field. " +
      `This query against index ${where.name} attempted to set a range bound on both ` +
      `"${first}" and "${second}". Consider using \`filter\` instead. ` +
      "See https://docs.convex.dev/using/indexes for more info.",
    "BoundsOnMultipleFields",
  );
}

function notInIndex(where: Where, field: string): UserError {
  return new UserError(
    `The index range included a comparison with "${field}", but ${where.name} with fields ` +
      `${showFields(where.fields)} doesn't index this field. ` +
      "For more information see https://docs.convex.dev/using/indexes.",
    "FieldNotInIndex",
  );
}

function outOfOrder(where: Where, used: readonly string[], wrong: string): UserError {
  return new UserError(
    `Tried to query index ${where.name} but the query didn't use the index fields in order.\n` +
      `Index fields: ${showFields(where.fields)}\n` +
      `Query fields: ${showFields(used)}\n` +
      `First incorrect field: ${wrong}\n` +
      "For more information see https://docs.convex.dev/using/indexes.",
    "InvalidIndexRange",
  );
}

function showFields(fields: readonly string[]): string {
  return `[${fields.map((field) => `"${field}"`).join(", ")}]`;
}
