/**
 * Document ids: the table's number as a variable-length integer, 16 internal bytes and a checksum, in
 * lower-case Crockford base32 (31 to 37 characters). The internal bytes name the document; the table
 * number tells which table of its component it is in.
 */
import { randomFillSync } from "node:crypto";

export const INTERNAL_ID_BYTES = 16;

const CHECKSUM_BYTES = 2;
const TABLE_NUMBER_BYTES_MAX = 5;
const TABLE_NUMBER_MAX = 0xffffffff;
const TEXT_LENGTH_MIN = textLength(1 + INTERNAL_ID_BYTES + CHECKSUM_BYTES);
const TEXT_LENGTH_MAX = textLength(TABLE_NUMBER_BYTES_MAX + INTERNAL_ID_BYTES + CHECKSUM_BYTES);

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const INVALID = 0xff;
const DIGITS = new Uint8Array(128).fill(INVALID);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

const MS_PER_DAY = 86_400_000;

function textLength(bytes: number): number {
  return Math.ceil((bytes * 8) / 5);
}

// Scratch space: ids are coded synchronously, and nothing outlives the call.
const bytes = new Uint8Array(TABLE_NUMBER_BYTES_MAX + INTERNAL_ID_BYTES + CHECKSUM_BYTES);
const text = Buffer.alloc(TEXT_LENGTH_MAX);

/** The id of a document as functions see it. */
export function encodeId(tableNumber: number, internalId: Uint8Array): string {
  if (internalId.length !== INTERNAL_ID_BYTES) {
    throw new Error(`An internal id has ${INTERNAL_ID_BYTES} bytes, not ${internalId.length}`);
  }
  let length = 0;
  let rest = tableNumber;
  while (rest > 0x7f) {
    bytes[length++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[length++] = rest;
  for (let i = 0; i < INTERNAL_ID_BYTES; i++) bytes[length++] = internalId[i] ?? 0;
  const checksum = fletcher16(length);
  bytes[length++] = checksum;
  bytes[length++] = checksum >> 8;
  return toBase32(length);
}

/** What an id says, or null for a text that is not an id. Says nothing of whether the document exists. */
export function decodeId(id: string): { tableNumber: number; internalId: Uint8Array } | null {
  const tableNumber = tableNumberOf(id);
  if (tableNumber === null) return null;
  return { tableNumber, internalId: bytes.slice(internalIdAt, internalIdAt + INTERNAL_ID_BYTES) };
}

/** Where the internal bytes of the id that was read last stand among the scratch bytes. */
let internalIdAt = 0;

/** The table number an id says, or null for a text that is not an id. */
export function tableNumberOf(id: string): number | null {
  const length = fromBase32(id);
  if (length === 0) return null;

  let tableNumber = 0;
  let at = 0;
  for (let factor = 1; ; factor *= 0x80) {
    if (at === TABLE_NUMBER_BYTES_MAX) return null;
    const byte = bytes[at++] ?? 0;
    tableNumber += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      // A last byte of zero would make a second id for the same document.
      if (byte === 0) return null;
      break;
    }
  }
  if (tableNumber > TABLE_NUMBER_MAX) return null;

  const end = at + INTERNAL_ID_BYTES;
  if (length !== end + CHECKSUM_BYTES) return null;
  const checksum = fletcher16(end);
  if (bytes[end] !== (checksum & 0xff) || bytes[end + 1] !== checksum >> 8) return null;
  internalIdAt = at;
  return tableNumber;
}

/** Fletcher-16 (sums modulo 256) over the first `length` scratch bytes. The ids' version, 0, changes nothing. */
function fletcher16(length: number): number {
  let sum = 0;
  let sumOfSums = 0;
  for (let i = 0; i < length; i++) {
    sum += bytes[i] ?? 0;
    sumOfSums += sum;
  }
  return (sum & 0xff) | ((sumOfSums & 0xff) << 8);
}

function toBase32(length: number): string {
  let bits = 0;
  let bitCount = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    bits = (bits << 8) | (bytes[i] ?? 0);
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text[at++] = ALPHABET.charCodeAt((bits >> bitCount) & 31);
    }
  }
  if (bitCount > 0) text[at++] = ALPHABET.charCodeAt((bits << (5 - bitCount)) & 31);
  return text.toString("latin1", 0, at);
}

/** Fills the scratch bytes and gives their number; 0 for a text that no bytes have. */
function fromBase32(id: string): number {
  if (id.length < TEXT_LENGTH_MIN || id.length > TEXT_LENGTH_MAX) return 0;
  let bits = 0;
  let bitCount = 0;
  let length = 0;
  for (let i = 0; i < id.length; i++) {
    const digit = DIGITS[id.charCodeAt(i)] ?? INVALID;
    if (digit === INVALID) return 0;
    bits = ((bits << 5) | digit) & 0xfff;
    bitCount += 5;
    if (bitCount >= 8) {
      bitCount -= 8;
      bytes[length++] = bits >> bitCount;
    }
  }
  const leftOver = bits & ((1 << bitCount) - 1);
  return leftOver === 0 && textLength(length) === id.length ? length : 0;
}

const POOL_IDS = 256;
const pool = new Uint8Array(POOL_IDS * INTERNAL_ID_BYTES);
let poolUsed = pool.length;

/** A new document's internal bytes: 14 random ones, then the day, so that old ids can be told from new. */
export function newInternalId(nowMs: number): Uint8Array {
  if (poolUsed === pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  const internalId = pool.slice(poolUsed, poolUsed + INTERNAL_ID_BYTES);
  poolUsed += INTERNAL_ID_BYTES;
  const day = Math.floor(nowMs / MS_PER_DAY);
  internalId[INTERNAL_ID_BYTES - 2] = day >> 8;
  internalId[INTERNAL_ID_BYTES - 1] = day;
  return internalId;
}
