/** Convex's limits, and the check of values against those that hold for every value. */
import { decodeFloat, isBase64, isWord, specialKey, type SpecialKey } from "./decode";
import type { Json, JsonObject } from "./json";
import { formatMebibytes, sizeBoundBytes, sizeBytes } from "./size";

const KIBIBYTE = 1 << 10;
const MEBIBYTE = 1 << 20;

/**
 * From Convex's published limits (docs.convex.dev/production/state/limits) and, where those are silent,
 * the defaults of its open-source backend (crates/common/src/knobs.rs, crates/value/src/size.rs) and of
 * the `convex-test` package (transactionMetrics.js).
 */
export const LIMITS = {
  // Of one query or mutation, its nested calls included.
  documentsRead: 32_000,
  readBytes: 16 * MEBIBYTE,
  /** Index intervals: each `db.get` and each query is one or more. */
  intervalsRead: 4_096,
  documentsWritten: 16_000,
  writtenBytes: 16 * MEBIBYTE,
  functionsScheduled: 1_000,
  /** Of all jobs that one mutation schedules. */
  scheduledArgsBytes: 16 * MEBIBYTE,
  // Convex has limits of these four kinds and publishes none; ours keep a mutation from holding up all others.
  filesRead: 100,
  fileReadBytes: 16 * MEBIBYTE,
  filesWritten: 100,
  fileWrittenBytes: 16 * MEBIBYTE,

  // Of one call.
  argsBytes: 16 * MEBIBYTE,
  resultBytes: 16 * MEBIBYTE,
  /** Of one scheduled job. */
  jobArgsBytes: 4 * MEBIBYTE,
  /** Time in the function's own code, database calls not counted. */
  userTimeMs: 1_000,
  actionMs: 30 * 60_000,
  nodeActionMs: 10 * 60_000,
  logLines: 256,
  /** `runQuery` in `runMutation` in `runMutation` …: crates/common/src/knobs.rs, MAX_REACTOR_CALL_DEPTH. */
  nestedCalls: 8,
  httpBodyBytes: 20 * 1_000_000,

  // Of values.
  documentBytes: MEBIBYTE,
  documentNesting: 16,
  valueNesting: 64,
  arrayLength: 8_192,
  objectFields: 1_024,
  fieldNameLength: KIBIBYTE,

  // Of schemas and queries.
  indexesPerTable: 64,
  queryOperators: 256,
  paginatePageSize: 32_000,
  searchTerms: 16,
  searchFilters: 8,
  searchCandidates: 1_024,
  vectorDimensionsMin: 2,
  vectorDimensionsMax: 4_096,
  vectorResults: 256,
} as const;

/**
 * Why a document cannot be stored, or null. `jsonTextLength`, the length of its JSON text when that is
 * known, saves measuring small documents.
 */
export function checkStorable(document: JsonObject, jsonTextLength?: number): string | null {
  for (const name in document) {
    if (name.startsWith("_") && name !== "_id" && name !== "_creationTime") {
      return `Field '${name}' starts with an underscore, which is only allowed for system fields like '_id'`;
    }
  }
  if (!isWithin(document, 0, LIMITS.documentNesting)) return takeFailure(document);
  if (jsonTextLength !== undefined && sizeBoundBytes(jsonTextLength) <= LIMITS.documentBytes) {
    return null;
  }
  const size = sizeBytes(document);
  return size <= LIMITS.documentBytes ? null : tooLarge(document, size);
}

/** Why a value cannot be an argument or a result, or null. Anything from outside must pass here first. */
export function checkValue(value: Json): string | null {
  return isWithin(value, 0, LIMITS.valueNesting) ? null : takeFailure(value);
}

// --- One pass, which stops at the first failure ----------------------------------------------------

const TOO_NESTED = Symbol("too nested");

let failure: string | typeof TOO_NESTED = "";
/** The path to the failure, put together on the way back out. */
let failurePath = "";

function fail(reason: string | typeof TOO_NESTED): false {
  failure = reason;
  failurePath = "";
  return false;
}

function failInside(segment: string): false {
  failurePath = segment + failurePath;
  return false;
}

function takeFailure(root: Json): string {
  const reason = failure === TOO_NESTED ? tooNested(root) : failure;
  return failurePath === "" ? reason : `${reason}\nPath: ${failurePath}`;
}

function isWithin(value: Json, depth: number, nestingMax: number): boolean {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return true;
  if (typeof value === "number") {
    // `JSON.parse("1e999")` gives Infinity, which would be written as null.
    return Number.isFinite(value) || fail(`Number out of range: ${value}`);
  }
  if (Array.isArray(value)) {
    if (value.length > LIMITS.arrayLength) {
      return fail(
        `Array length is too long (${value.length} > maximum length ${LIMITS.arrayLength})`,
      );
    }
    if (depth === nestingMax) return fail(TOO_NESTED);
    for (let i = 0; i < value.length; i++) {
      if (!isWithin(value[i] ?? null, depth + 1, nestingMax)) return failInside(`[${i}]`);
    }
    return true;
  }
  const special = specialKey(value);
  if (special !== null) return isWellFormed(value, special);
  if (depth === nestingMax) return fail(TOO_NESTED);
  let fieldCount = 0;
  for (const name in value) {
    fieldCount++;
    if (!isFieldName(name)) return fail(badFieldName(name));
    if (!isWithin(value[name] ?? null, depth + 1, nestingMax)) return failInside(`.${name}`);
  }
  if (fieldCount <= LIMITS.objectFields) return true;
  return fail(`Object has too many fields (${fieldCount} > maximum number ${LIMITS.objectFields})`);
}

function isWellFormed(object: JsonObject, special: SpecialKey): boolean {
  if (Object.keys(object).length > 1) return fail(badFieldName(special));
  const content = object[special];
  switch (special) {
    case "$integer":
      return isWord(content) || fail(`Malformed ${special}: expected the base64 form of 8 bytes`);
    case "$float":
      if (!isWord(content))
        return fail(`Malformed ${special}: expected the base64 form of 8 bytes`);
      return needsEncoding(decodeFloat(content)) || fail(`A plain number was sent as a ${special}`);
    case "$bytes":
      return isBase64(content) || fail(`Malformed ${special}: expected base64`);
    case "$commitTs":
      return content === null || fail(`Malformed ${special}: expected null`);
    case "$undefined":
      return fail("undefined is not a valid Convex value");
  }
}

/** Of the numbers that JSON has a form for, only -0 loses something on the way. */
function needsEncoding(number: number): boolean {
  return !Number.isFinite(number) || Object.is(number, -0);
}

const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;
const DOLLAR = 0x24;

function isFieldName(name: string): boolean {
  if (name.length > LIMITS.fieldNameLength || name.charCodeAt(0) === DOLLAR) return false;
  for (let i = 0; i < name.length; i++) {
    const unit = name.charCodeAt(i);
    if (unit < FIRST_PRINTABLE || unit > LAST_PRINTABLE) return false;
  }
  return true;
}

function badFieldName(name: string): string {
  if (name.startsWith("$")) return `Field name ${name} starts with '$', which is reserved.`;
  if (name.length > LIMITS.fieldNameLength) {
    return `Field name is too long (${name.length} > maximum ${LIMITS.fieldNameLength})`;
  }
  const character = /[^ -~]/u.exec(name)?.[0] ?? "";
  return `Field name ${name} has invalid character '${character}': Field names can only contain non-control ASCII characters`;
}

/** Convex refuses values of more than 64 levels as such, before it looks at them as documents. */
function tooNested(root: Json): string {
  const levels = nesting(root, 0);
  if (levels > LIMITS.valueNesting) {
    return `Value is too nested (nested ${levels} levels deep > maximum nesting ${LIMITS.valueNesting})`;
  }
  return `Document is too nested (nested ${levels} levels deep > maximum nesting ${LIMITS.documentNesting})`;
}

/** Levels of arrays and objects, counted up to one more than a value may have. */
function nesting(value: Json, depth: number): number {
  if (typeof value !== "object" || value === null || depth > LIMITS.valueNesting) return depth;
  if (!Array.isArray(value) && specialKey(value) !== null) return depth;
  let deepest = depth + 1;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, nesting(inner, depth + 1));
  return deepest;
}

function tooLarge(document: JsonObject, size: number): string {
  const [largest] = Object.entries(document)
    .map(([name, value]) => ({ name, size: sizeBytes(value) }))
    .sort((a, b) => b.size - a.size);
  const message = `Value is too large (${formatMebibytes(size)} > maximum size ${formatMebibytes(LIMITS.documentBytes)})`;
  return largest === undefined
    ? message
    : `${message}\nLargest field: .${largest.name} (${formatMebibytes(largest.size)})`;
}
