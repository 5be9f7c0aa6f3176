/**
 * Where a document stands in a vector index: at one key, if it has a vector of the index's length.
 *
 *     id       16 bytes
 *     filters  the digest of the document's value in each filter field
 *     vector   its numbers, 4 bytes each, scaled to length 1
 *
 * The key is all that a search needs: it reads no document.
 */
import { decodeFloat, isObject, specialKey } from "../../values/decode";
import { INTERNAL_ID_BYTES } from "../../values/ids";
import type { Json, JsonDocument } from "../../values/json";
import { fieldAt } from "../indexKeys";
import type { VectorIndexInfo } from "../types";
import { DIGEST_BYTES, digestOf } from "./postings";

/** The document's key, or none where the vector is missing, of another length, or not all finite numbers. */
export function vectorKeysOf(
  index: VectorIndexInfo,
  doc: JsonDocument,
  internalId: Uint8Array,
): Uint8Array[] {
  const vector = toVector(fieldAt(doc, index.vectorField), index.dimensions);
  if (vector === null) return [];
  const digests = index.filterFields.map((field) => digestOf(fieldAt(doc, field)));
  return [Buffer.concat([internalId, ...digests, new Uint8Array(vector.buffer)])];
}

/** What stands in a key of a vector index; the vector is a copy. */
export function readVectorKey(
  index: VectorIndexInfo,
  key: Uint8Array,
): { internalId: Uint8Array; digests: Uint8Array; vector: Float32Array } {
  const vectorAt = INTERNAL_ID_BYTES + index.filterFields.length * DIGEST_BYTES;
  return {
    internalId: key.subarray(0, INTERNAL_ID_BYTES),
    digests: key.subarray(INTERNAL_ID_BYTES, vectorAt),
    // A copy, since a Float32Array must begin at a multiple of four.
    vector: new Float32Array(new Uint8Array(key.subarray(vectorAt)).buffer),
  };
}

/** The numbers scaled to length 1 (all zeros stay so), or null where they are no vector of this length. */
export function toVector(value: Json | undefined, dimensions: number): Float32Array | null {
  if (!Array.isArray(value) || value.length !== dimensions) return null;
  const vector = new Float32Array(dimensions);
  for (let i = 0; i < dimensions; i++) {
    const number = toNumber(value[i]);
    if (number === null) return null;
    vector[i] = number;
  }
  return scaled(vector);
}

function toNumber(value: Json | undefined): number | null {
  if (typeof value === "number") return value;
  if (!isObject(value) || specialKey(value) !== "$float") return null;
  const number = decodeFloat(value["$float"]);
  return Number.isFinite(number) ? number : null;
}

function scaled(vector: Float32Array): Float32Array | null {
  let sum = 0;
  for (const number of vector) sum += number * number;
  if (!Number.isFinite(sum)) return null;
  const length = Math.sqrt(sum);
  if (length > 0) for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] ?? 0) / length;
  return vector;
}
