/**
 * The form of an API key: `ak_live_<8 id><43 secret><6 checksum>`, all base62.
 *
 * GitHub's design (github.blog, "Behind GitHub's new authentication token formats"): a prefix that scanners
 * find, underscores so that a double click selects the whole, and a CRC32 that tells a typing mistake or a
 * made-up key from a real one without any look into a database. 43 characters carry 256 bits.
 */

export const API_KEY_PREFIX = "ak_live_";
export const KEY_ID_LENGTH = 8;
export const KEY_SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const FORM = new RegExp(
  `^${API_KEY_PREFIX}[0-9A-Za-z]{${KEY_ID_LENGTH + KEY_SECRET_LENGTH + CHECKSUM_LENGTH}}$`,
);

export type NewApiKey = Readonly<{
  /** Shown once. */
  key: string;
  /** The part that may be shown and logged. */
  keyId: string;
}>;

/** @param random - As many random bytes as asked for, from a generator fit for secrets. */
export function makeApiKey(random: (countBytes: number) => Uint8Array): NewApiKey {
  const keyId = randomText(random, KEY_ID_LENGTH);
  const body = API_KEY_PREFIX + keyId + randomText(random, KEY_SECRET_LENGTH);
  return { key: body + checksumOf(body), keyId };
}

/** The id in a key that has the form of one and the checksum of its characters; null for anything else. */
export function keyIdIn(key: string): string | null {
  if (!FORM.test(key)) return null;
  const body = key.slice(0, -CHECKSUM_LENGTH);
  if (checksumOf(body) !== key.slice(-CHECKSUM_LENGTH)) return null;
  return key.slice(API_KEY_PREFIX.length, API_KEY_PREFIX.length + KEY_ID_LENGTH);
}

/** Every character equally likely: bytes beyond the last multiple of their number are thrown away. */
export function randomText(
  random: (countBytes: number) => Uint8Array,
  length: number,
  letters = BASE62,
): string {
  const evenMax = Math.floor(256 / letters.length) * letters.length;
  let text = "";
  while (text.length < length) {
    for (const byte of random(length)) {
      if (byte < evenMax && text.length < length) text += letters[byte % letters.length] ?? "";
    }
  }
  return text;
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = "";
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = (BASE62[rest % BASE62.length] ?? "") + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
}

/** CRC-32/ISO-HDLC, as in zip and PNG. Keys are short, so no table. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
