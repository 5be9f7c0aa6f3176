/**
 * Index keys: bytes whose order is Convex's order of values, field after field.
 *
 * Per field a tag and a payload. No key of a value is the beginning of the key of another value, so
 * the keys that start with the key of some fields are exactly those of documents with those fields.
 *
 *     undefined 1 · null 3 · int64 4…12 by sign and length · float64 13 · false 14 · true 15
 *     string 16, bytes 17   content with 0x00 → 01 01 and 0x01 → 01 02, then 0x00
 *     array 18              elements, then 0x00
 *     object 21             fields by name: name as a string, value; then 0x00
 */
import type { KeyRange } from "../store/store";
import { decodeBytes, decodeWord, specialKey } from "./decode";
import type { Json, JsonObject } from "./json";
import {
  END,
  UNDEFINED,
  NULL,
  INT64_ZERO,
  FLOAT64,
  FALSE,
  TRUE,
  STRING,
  BYTES,
  ARRAY,
  OBJECT,
  ESCAPE,
} from "./keyTags";

// One buffer for all keys: encoding is synchronous, and the result is a copy of its used part.
let buffer = new Uint8Array(1024);
let used = 0;

const float = new Float64Array(1);
const floatWords = new Uint32Array(float.buffer);

/** The key of the values of an index's fields, in order. `undefined` is a missing field. */
export function encodeKey(values: readonly (Json | undefined)[]): Uint8Array {
  used = 0;
  for (const value of values) putValue(value);
  return buffer.slice(0, used);
}

function putValue(value: Json | undefined): void {
  if (used + 16 > buffer.length) grow(16);
  if (typeof value === "string") {
    putString(value);
  } else if (typeof value === "number") {
    float[0] = value;
    putFloat(floatWords[1] ?? 0, floatWords[0] ?? 0);
  } else if (value === undefined) {
    buffer[used++] = UNDEFINED;
  } else if (value === null) {
    buffer[used++] = NULL;
  } else if (typeof value === "boolean") {
    buffer[used++] = value ? TRUE : FALSE;
  } else if (Array.isArray(value)) {
    buffer[used++] = ARRAY;
    for (const element of value) putValue(element);
    putEnd();
  } else {
    putObject(value);
  }
}

/** UTF-8, lone surrogates as if they were characters: the order of code points. */
function putString(text: string): void {
  const length = text.length;
  // A UTF-16 unit takes at most three bytes, or two when escaped.
  if (used + length * 3 + 2 > buffer.length) grow(length * 3 + 2);
  const out = buffer;
  let at = used;
  out[at++] = STRING;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      if (unit <= ESCAPE) {
        out[at++] = ESCAPE;
        out[at++] = unit + 1;
      } else {
        out[at++] = unit;
      }
    } else if (unit < 0x800) {
      out[at++] = 0xc0 | (unit >> 6);
      out[at++] = 0x80 | (unit & 0x3f);
    } else {
      const low = unit >= 0xd800 && unit < 0xdc00 ? text.charCodeAt(i + 1) : 0;
      if (low >= 0xdc00 && low < 0xe000) {
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
        out[at++] = 0xf0 | (point >> 18);
        out[at++] = 0x80 | ((point >> 12) & 0x3f);
        out[at++] = 0x80 | ((point >> 6) & 0x3f);
        out[at++] = 0x80 | (point & 0x3f);
        i++;
      } else {
        out[at++] = 0xe0 | (unit >> 12);
        out[at++] = 0x80 | ((unit >> 6) & 0x3f);
        out[at++] = 0x80 | (unit & 0x3f);
      }
    }
  }
  out[at++] = END;
  used = at;
}

/** Big-endian with the sign flipped; all bits flipped when negative. So -0 < 0, and NaNs go by their bits. */
function putFloat(high: number, low: number): void {
  buffer[used++] = FLOAT64;
  if (high >>> 31) putWords(~high, ~low);
  else putWords(high ^ 0x80000000, low);
}

/** The shortest of 0, 1, 2, 4 or 8 bytes, big-endian. More bytes is further from zero. */
function putInteger(high: number, low: number): void {
  const negative = high < 0;
  const fits = high === low >> 31;
  const step = negative ? -1 : 1;
  if (fits && low === 0) {
    buffer[used++] = INT64_ZERO;
  } else if (fits && low >= -0x80 && low < 0x80) {
    buffer[used++] = INT64_ZERO + step;
    buffer[used++] = low;
  } else if (fits && low >= -0x8000 && low < 0x8000) {
    buffer[used++] = INT64_ZERO + 2 * step;
    buffer[used++] = low >> 8;
    buffer[used++] = low;
  } else if (fits) {
    buffer[used++] = INT64_ZERO + 3 * step;
    putWord(low);
  } else {
    buffer[used++] = INT64_ZERO + 4 * step;
    putWords(high, low);
  }
}

function putWords(high: number, low: number): void {
  putWord(high);
  putWord(low);
}

function putWord(word: number): void {
  buffer[used++] = word >> 24;
  buffer[used++] = word >> 16;
  buffer[used++] = word >> 8;
  buffer[used++] = word;
}

function putObject(object: JsonObject): void {
  switch (specialKey(object)) {
    case "$integer": {
      const word = decodeWord(object["$integer"]);
      return putInteger(word.getInt32(4, true), word.getInt32(0, true));
    }
    case "$float": {
      const word = decodeWord(object["$float"]);
      return putFloat(word.getInt32(4, true), word.getInt32(0, true));
    }
    case "$bytes":
      return putBytes(decodeBytes(object["$bytes"]));
    case "$undefined":
      buffer[used++] = UNDEFINED;
      return;
    case "$commitTs":
      // Not known before the commit, but later than all others: the largest integer.
      return putInteger(0x7fffffff, -1);
    case null:
      return putFields(object);
  }
}

function putBytes(bytes: Uint8Array): void {
  if (used + bytes.length * 2 + 2 > buffer.length) grow(bytes.length * 2 + 2);
  buffer[used++] = BYTES;
  for (const byte of bytes) {
    if (byte <= ESCAPE) {
      buffer[used++] = ESCAPE;
      buffer[used++] = byte + 1;
    } else {
      buffer[used++] = byte;
    }
  }
  buffer[used++] = END;
}

function putFields(object: JsonObject): void {
  buffer[used++] = OBJECT;
  for (const name of sortedNames(object)) {
    putString(name);
    putValue(object[name]);
  }
  putEnd();
}

function putEnd(): void {
  if (used === buffer.length) grow(1);
  buffer[used++] = END;
}

/** Names sort by their code units: field names are ASCII. */
function sortedNames(object: JsonObject): string[] {
  const names = Object.keys(object);
  for (let i = 1; i < names.length; i++) {
    if ((names[i - 1] ?? "") > (names[i] ?? "")) return names.sort();
  }
  return names;
}

function grow(needed: number): void {
  const larger = new Uint8Array(Math.max(buffer.length * 2, used + needed));
  larger.set(buffer);
  buffer = larger;
}

/** All keys that start with `prefix`. */
export function prefixRange(prefix: Uint8Array): KeyRange {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return { lower: prefix, upper: null };
  const upper = prefix.slice(0, length);
  upper[length - 1] = (upper[length - 1] ?? 0) + 1;
  return { lower: prefix, upper };
}

/** The smallest key greater than `key`. */
export function keySuccessor(key: Uint8Array): Uint8Array {
  const successor = new Uint8Array(key.length + 1);
  successor.set(key);
  return successor;
}

/** Negative, zero or positive: byte by byte, a beginning before the whole. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
