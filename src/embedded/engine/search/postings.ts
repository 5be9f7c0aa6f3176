/**
 * Where a document stands in a text index: at one key (a posting) for each of its words.
 *
 *     scope    0, or for a filter field its position from 1 on and the digest of the document's value
 *     word     as in any index key
 *     weight   2 bytes: how much the word says about the document, the weightiest first
 *     time     8 bytes: when the document was made, the newest first
 *     id       16 bytes
 *     filters  the digest of the document's value in each filter field
 *
 * Each word has a posting in the scope of all documents and one more in the scope of each filter field, so
 * that a search within one tenant reads that tenant's postings alone, and only those of the word, the best
 * first. All that decides the order of results is in the keys of the documents that match: which writes
 * can change a result is therefore a question of key intervals, as for every other index.
 */
import { createHash } from "node:crypto";
import { INTERNAL_ID_BYTES } from "../../values/ids";
import type { Json, JsonDocument } from "../../values/json";
import { encodeKey, prefixRange } from "../../values/keys";
import type { KeyRange } from "../../store/store";
import { fieldAt } from "../indexKeys";
import type { TextIndexInfo } from "../types";
import { wordsOf } from "./tokens";

export const DIGEST_BYTES = 8;
const WEIGHT_BYTES = 2;
const TIME_BYTES = 8;
const WEIGHT_MAX = 0xffff;

// BM25's parameters, as at Convex. The length that counts as ordinary is fixed where BM25 takes the mean
// of all documents: with a mean, any document could change the order of any others.
const SATURATION = 1.2;
const LENGTH_EFFECT = 0.75;
const ORDINARY_LENGTH = 32;

/** What a posting says, read from its key. */
export type Posting = { weight: number; creationTime: number; internalId: Uint8Array };

/** The document's postings; none where its search field holds no text. */
export function postingsOf(
  index: TextIndexInfo,
  doc: JsonDocument,
  internalId: Uint8Array,
): Uint8Array[] {
  const text = fieldAt(doc, index.searchField);
  if (typeof text !== "string") return [];
  const words = wordsOf(text);
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);

  const digests = index.filterFields.map((field) => digestOf(fieldAt(doc, field)));
  const scopes = [wholeScope(), ...digests.map((digest, i) => filterScope(i, digest))];
  const tail = Buffer.concat([timeBytes(doc._creationTime), internalId, ...digests]);
  const lengthFactor =
    1 - LENGTH_EFFECT + (LENGTH_EFFECT * rounded(words.length)) / ORDINARY_LENGTH;
  const postings: Uint8Array[] = [];
  for (const [word, count] of counts) {
    const wordKey = encodeKey([word]);
    const weight = weightBytes(count / (count + SATURATION * lengthFactor));
    for (const scope of scopes) postings.push(concat([scope, wordKey, weight, tail]));
  }
  return postings;
}

/** The scope of all documents. */
export function wholeScope(): Uint8Array {
  return Uint8Array.of(0);
}

/** The scope of the documents that have one value in a filter field. */
export function filterScope(position: number, digest: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(position + 1), digest]);
}

/** The postings of exactly this word. */
export function wordRange(scope: Uint8Array, word: string): KeyRange {
  return prefixRange(concat([scope, encodeKey([word])]));
}

/** The postings of all words that begin so. */
export function prefixWordsRange(scope: Uint8Array, prefix: string): KeyRange {
  // A word's key ends with one byte that says so.
  return prefixRange(concat([scope, encodeKey([prefix]).subarray(0, -1)]));
}

/** The postings of the same scope and word as this one. */
export function rangeOfWordAt(index: TextIndexInfo, key: Uint8Array): KeyRange {
  return prefixRange(key.subarray(0, key.length - payloadBytes(index)));
}

export function readPosting(index: TextIndexInfo, key: Uint8Array): Posting {
  const start = key.length - payloadBytes(index);
  const view = new DataView(key.buffer, key.byteOffset + start, WEIGHT_BYTES + TIME_BYTES);
  return {
    weight: (WEIGHT_MAX - view.getUint16(0)) / WEIGHT_MAX,
    creationTime: timeOf(view, WEIGHT_BYTES),
    internalId: internalIdIn(index, key),
  };
}

/** The document that a posting is of. */
export function internalIdIn(index: TextIndexInfo, key: Uint8Array): Uint8Array {
  const at = key.length - payloadBytes(index) + WEIGHT_BYTES + TIME_BYTES;
  return key.subarray(at, at + INTERNAL_ID_BYTES);
}

/** Whether the document has the value of this digest in the filter field at `position`. */
export function hasDigest(
  index: Pick<TextIndexInfo, "filterFields">,
  key: Uint8Array,
  { position, digest }: { position: number; digest: Uint8Array },
): boolean {
  const at = key.length - (index.filterFields.length - position) * DIGEST_BYTES;
  for (let i = 0; i < DIGEST_BYTES; i++) if (key[at + i] !== digest[i]) return false;
  return true;
}

/** Stands for a value where only equality matters. `undefined` is a missing field. */
export function digestOf(value: Json | undefined): Uint8Array {
  return createHash("sha256")
    .update(encodeKey([value]))
    .digest()
    .subarray(0, DIGEST_BYTES);
}

function payloadBytes(index: TextIndexInfo): number {
  const fixed = WEIGHT_BYTES + TIME_BYTES + INTERNAL_ID_BYTES;
  return fixed + index.filterFields.length * DIGEST_BYTES;
}

/** Long texts in steps of some percent: most edits then leave the weights of the other words as they are. */
function rounded(length: number): number {
  const shift = Math.max(0, 27 - Math.clz32(length));
  return (length >>> shift) << shift;
}

function weightBytes(weight: number): Uint8Array {
  const inverted = WEIGHT_MAX - Math.round(weight * WEIGHT_MAX);
  return Uint8Array.of(inverted >>> 8, inverted & 0xff);
}

/** Times are positive: the greater, the greater their bits. Inverted, the newest comes first. */
function timeBytes(time: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES);
  bytes.writeDoubleBE(time);
  for (let i = 0; i < TIME_BYTES; i++) bytes[i] = ~(bytes[i] ?? 0);
  return bytes;
}

function timeOf(view: DataView, at: number): number {
  const bits = new DataView(new ArrayBuffer(TIME_BYTES));
  bits.setUint32(0, ~view.getUint32(at));
  bits.setUint32(4, ~view.getUint32(at + 4));
  return bits.getFloat64(0);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
