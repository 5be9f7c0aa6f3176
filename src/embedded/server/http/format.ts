/** The two forms in which the HTTP API gives values: Convex's encoding, and plain JSON. */
import { RequestError } from "../../runtime/types";
import type { Json } from "../../values/json";

export type ValueFormat = "convex_encoded_json" | "json";

const FORMATS: Readonly<Record<string, ValueFormat>> = {
  convex_encoded_json: "convex_encoded_json",
  json: "json",
  // The names of old clients.
  convex_json: "convex_encoded_json",
  convex_clean_json: "json",
};

export function parseFormat(format: Json | undefined): ValueFormat {
  if (format === undefined || format === null) return "json";
  const known = typeof format === "string" && Object.hasOwn(FORMATS, format) && FORMATS[format];
  if (known) return known;
  throw new RequestError(
    400,
    "BadFormat",
    `"format" must be "json" or "convex_encoded_json", not ${JSON.stringify(format)}.`,
  );
}

/** JSON text of an encoded value, in `format`. Plain JSON cannot tell an int64 or bytes from a string. */
export function formatValue(encoded: string, format: ValueFormat): string {
  // Only values that plain JSON lacks have a key that starts with "$".
  if (format === "convex_encoded_json" || !encoded.includes('"$')) return encoded;
  return JSON.stringify(JSON.parse(encoded, (_key, value: Json) => plain(value)));
}

function plain(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { $integer, $float, $bytes } = value;
  if (typeof $integer === "string") {
    return Buffer.from($integer, "base64").readBigInt64LE().toString();
  }
  if (typeof $float === "string") {
    const number = Buffer.from($float, "base64").readDoubleLE();
    return Number.isFinite(number) ? number : String(number);
  }
  return typeof $bytes === "string" ? $bytes : value;
}
