/** Values and validators as Convex prints them in its messages: `{body: 1.0}`, `v.object({body: v.string()})`. */
import { decodeFloat, decodeInteger, specialKey } from "./decode";
import type { Json, JsonObject } from "./json";
import type { FieldValidator, Validator } from "./validator";

/** The placeholder for a commit's timestamp counts as the largest integer until the commit. */
const COMMIT_TS_PLACEHOLDER = (2n ** 63n - 1n).toString();

export function displayValue(value: Json): string {
  if (value === null) return "null";
  if (typeof value === "string") return displayString(value);
  if (typeof value === "number") return displayNumber(value);
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(displayValue).join(", ")}]`;
  return displayObject(value);
}

function displayObject(object: JsonObject): string {
  switch (specialKey(object)) {
    case "$integer":
      return decodeInteger(object["$integer"]).toString();
    case "$float":
      return displayNumber(decodeFloat(object["$float"]));
    case "$bytes":
      return `b${displayValue(object["$bytes"] ?? null)}`;
    case "$undefined":
      return "undefined";
    case "$commitTs":
      return COMMIT_TS_PLACEHOLDER;
    case null:
      return `{${sortedFields(object, displayValue)}}`;
  }
}

/** Names are in byte order, in values and in validators. */
function sortedFields<T>(fields: Record<string, T>, display: (field: T) => string): string {
  return Object.entries(fields)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${name}: ${display(field)}`)
    .join(", ");
}

/** Always with a point or an exponent, so that a float cannot be taken for an integer: `1.0`, `5e-5`, `1e21`. */
function displayNumber(number: number): string {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "inf" : "-inf";
  if (Object.is(number, -0)) return "-0.0";
  const magnitude = Math.abs(number);
  if (magnitude >= 1e16 || (magnitude !== 0 && magnitude < 1e-4)) {
    return number.toExponential().replace("e+", "e");
  }
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\0": "\\0",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

function displayString(text: string): string {
  // Quotes, backslashes, control characters and lone surrogates.
  const escaped = text.replace(/["\\\p{Cc}\p{Cs}]/gu, (character) => {
    return ESCAPES[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${escaped}"`;
}

export function displayValidator(validator: Validator): string {
  switch (validator.type) {
    case "number":
      return "v.float64()";
    case "bigint":
      return "v.int64()";
    case "null":
    case "commitTs":
    case "boolean":
    case "string":
    case "bytes":
    case "any":
      return `v.${validator.type}()`;
    case "id":
      return `v.id("${validator.tableName}")`;
    case "literal":
      return `v.literal(${displayLiteral(validator.value)})`;
    case "array":
      return `v.array(${displayValidator(validator.value)})`;
    case "record":
      return `v.record(${displayValidator(validator.keys)}, ${displayField(validator.values)})`;
    case "object":
      return `v.object({${sortedFields(validator.value, displayField)}})`;
    case "union":
      return `v.union(${validator.value.map(displayValidator).join(", ")})`;
  }
}

function displayField(field: FieldValidator): string {
  const inner = displayValidator(field.fieldType);
  return field.optional ? `v.optional(${inner})` : inner;
}

/** Literals print as JSON where JSON has a form for them, else as their type alone. */
export function displayLiteral(value: Json): string {
  if (typeof value === "number") return displayNumber(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return "$integer" in value ? "<bigint>" : "<number>";
}
