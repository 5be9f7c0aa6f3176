/**
 * The JSON of exports: int64 as whole numbers, float64 with a point, bytes and special floats as Convex
 * encodes them. `JSON` cannot tell 1 from 1.0, so numbers are read and written as text here.
 */
import { decodeInteger } from "../../values/decode";
import type { Json } from "../../values/json";

/** A document's line in an export. */
export function toExportJson(value: Json): string {
  if (typeof value === "number") return floatText(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toExportJson).join(",")}]`;
  const { $integer } = value;
  if (typeof $integer === "string") return decodeInteger($integer).toString();
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}:${toExportJson(field)}`,
  );
  return `{${fields.join(",")}}`;
}

function floatText(number: number): string {
  const text = String(number);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Strings as a whole, so that numbers inside them are left alone. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WHOLE_NUMBER = /^-?\d+$/;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** The same line as encoded JSON text. */
export function fromExportJson(line: string): string {
  return line.replaceAll(TOKENS, (token) => {
    if (!WHOLE_NUMBER.test(token)) return token;
    const integer = BigInt(token);
    if (integer < INT64_MIN || integer > INT64_MAX) return token;
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(integer);
    return `{"$integer":"${bytes.toString("base64")}"}`;
  });
}
