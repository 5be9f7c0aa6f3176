/** How many bytes a value counts as, for limits and metrics: what `getConvexSize` of the `convex` package says. */
import { specialKey } from "./decode";
import type { Json, JsonObject } from "./json";

const TAG_BYTES = 1;
const WORD_BYTES = 9;
/** A tag before and a terminator after: strings, bytes, arrays, objects. */
const ENCLOSING_BYTES = 2;
const NAME_TERMINATOR_BYTES = 1;

/** Above this length, the native count is faster than a loop. */
const LOOP_LENGTH_MAX = 64;

export function sizeBytes(value: Json | undefined): number {
  if (value === undefined) return 0;
  if (typeof value === "string") return ENCLOSING_BYTES + utf8Bytes(value);
  if (typeof value === "number") return WORD_BYTES;
  if (value === null || typeof value === "boolean") return TAG_BYTES;
  if (Array.isArray(value)) {
    let size = ENCLOSING_BYTES;
    for (const element of value) size += sizeBytes(element);
    return size;
  }
  return objectBytes(value);
}

function objectBytes(object: JsonObject): number {
  switch (specialKey(object)) {
    case "$integer":
    case "$float":
    case "$commitTs":
      return WORD_BYTES;
    case "$undefined":
      return 0;
    case "$bytes":
      return ENCLOSING_BYTES + base64Bytes(object["$bytes"]);
    case null: {
      let size = ENCLOSING_BYTES;
      for (const name in object) {
        size += utf8Bytes(name) + NAME_TERMINATOR_BYTES + sizeBytes(object[name]);
      }
      return size;
    }
  }
}

function base64Bytes(base64: Json | undefined): number {
  if (typeof base64 !== "string") return 0;
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length / 4) * 3 - padding;
}

function utf8Bytes(text: string): number {
  const length = text.length;
  if (length > LOOP_LENGTH_MAX) return Buffer.byteLength(text);
  let bytes = length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // Two units of a pair make four bytes; any other unit from 0x800 on makes three.
    bytes += unit < 0x800 || isPair(text, i) ? 1 : 2;
    if (isPair(text, i)) {
      bytes += 1;
      i++;
    }
  }
  return bytes;
}

function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff;
}

/**
 * What no value of so much JSON text exceeds in size: the worst is `[1,1,…]`, nine bytes for every two
 * characters. Saves measuring values that are small anyway.
 */
export function sizeBoundBytes(jsonTextLength: number): number {
  return WORD_BYTES + jsonTextLength * (WORD_BYTES / 2);
}

/** As Convex's messages put it: `1.26 MiB`, `1 MiB`. */
export function formatMebibytes(bytes: number): string {
  const mebibytes = bytes / (1 << 20);
  return `${Number.isInteger(mebibytes) ? mebibytes : mebibytes.toFixed(2)} MiB`;
}
