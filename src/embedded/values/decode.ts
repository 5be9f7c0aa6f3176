/** Reading encoded values: which objects are not objects, and what base64 stands for. */
import type { Json, JsonObject } from "./json";

/** The keys of objects that stand for a value JSON has no form for. */
export type SpecialKey = "$integer" | "$float" | "$bytes" | "$undefined" | "$commitTs";

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const DOLLAR = 36;

/** The key that makes an object stand for another value (`{"$integer": …}`), null for a true object. */
export function specialKey(object: JsonObject): SpecialKey | null {
  for (const key in object) {
    if (key.charCodeAt(0) !== DOLLAR) return null;
    switch (key) {
      case "$integer":
      case "$float":
      case "$bytes":
      case "$undefined":
      case "$commitTs":
        return key;
      default:
        return null;
    }
  }
  return null;
}

const wordBytes = new Uint8Array(8);
const wordView = new DataView(wordBytes.buffer);

const SEXTETS = new Uint8Array(256).fill(0xff);
for (let i = 0; i < 64; i++) {
  SEXTETS["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".charCodeAt(i)] = i;
}
// The `convex` package reads the URL-safe alphabet too.
SEXTETS["-".charCodeAt(0)] = 62;
SEXTETS["_".charCodeAt(0)] = 63;

const WORD_TEXT = /^[A-Za-z0-9+/_-]{11}=$/;
const BASE64_TEXT = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Whether this is what an `$integer` or `$float` holds: the base64 form of 8 bytes. */
export function isWord(base64: Json | undefined): base64 is string {
  return typeof base64 === "string" && WORD_TEXT.test(base64);
}

/** Whether this is what a `$bytes` holds. */
export function isBase64(text: Json | undefined): text is string {
  return typeof text === "string" && text.length % 4 === 0 && BASE64_TEXT.test(text);
}

/** The 8 bytes of an `$integer` or `$float`, valid until the next call. */
export function decodeWord(base64: Json | undefined): DataView {
  if (!isWord(base64)) {
    throw new Error(`Expected the base64 form of 8 bytes, got ${JSON.stringify(base64)}`);
  }
  for (let i = 0, at = 0; i < 12; i += 4, at += 3) {
    const bits =
      ((SEXTETS[base64.charCodeAt(i)] ?? 0) << 18) |
      ((SEXTETS[base64.charCodeAt(i + 1)] ?? 0) << 12) |
      ((SEXTETS[base64.charCodeAt(i + 2)] ?? 0) << 6) |
      (i === 8 ? 0 : (SEXTETS[base64.charCodeAt(i + 3)] ?? 0));
    wordBytes[at] = bits >> 16;
    wordBytes[at + 1] = bits >> 8;
    if (at < 6) wordBytes[at + 2] = bits;
  }
  return wordView;
}

/** The number of an `$integer`. */
export function decodeInteger(base64: Json | undefined): bigint {
  return decodeWord(base64).getBigInt64(0, true);
}

/** The number of a `$float`: NaN, ±Infinity or -0. */
export function decodeFloat(base64: Json | undefined): number {
  return decodeWord(base64).getFloat64(0, true);
}

/** The bytes of a `$bytes`. */
export function decodeBytes(base64: Json | undefined): Uint8Array {
  if (!isBase64(base64)) {
    throw new Error(`Expected the base64 form of bytes, got ${JSON.stringify(base64)}`);
  }
  return Buffer.from(base64, "base64");
}
