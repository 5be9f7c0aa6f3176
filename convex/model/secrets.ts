/**
 * Sealed secrets: AES-256-GCM under a key of the deployment's, bound to where they stand. A ciphertext that is
 * moved to another row, field or tenant, or altered in a single bit, does not open.
 *
 * For actions: only they have randomness that is fit for initialisation vectors.
 */
import { fromBase64, toBase64 } from "../lib/crypto";
import type { Sealed } from "../validators";
import type { SealingKey } from "./deploymentSecrets";

/** Where a secret stands. The id of the key that seals it is bound, too. */
export type Coordinates = Readonly<{ tenantId: string; table: string; id: string; field: string }>;

/** 96 bits, as GCM wants it; drawn anew each time, good for 2^32 seals under one key (NIST SP 800-38D, 8.3). */
const IV_BYTES = 12;
const VISIBLE_CHARS = 4;
/** Of a secret that is shorter, showing its end would give too much of it away. */
const MASKED_WITH_END_FROM = 12;

const utf8 = { encode: new TextEncoder(), decode: new TextDecoder("utf-8", { fatal: true }) };

/** Seals with the first of the keys. */
export async function seal(
  [key]: readonly [SealingKey, ...SealingKey[]],
  at: Coordinates,
  secret: string,
): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await crypto.subtle.encrypt(
    algorithm(iv, at, key.id),
    await imported(key, "encrypt"),
    utf8.encode.encode(secret),
  );
  return {
    keyId: key.id,
    iv: toBase64(iv),
    ciphertext: toBase64(new Uint8Array(ciphertext)),
  };
}

/** What was sealed there; null when its key is gone, it was sealed for another place, or it was altered. */
export async function open(
  keys: readonly SealingKey[],
  at: Coordinates,
  sealed: Sealed,
): Promise<string | null> {
  const key = keys.find(({ id }) => id === sealed.keyId);
  const iv = fromBase64(sealed.iv);
  const ciphertext = fromBase64(sealed.ciphertext);
  if (key === undefined || iv?.length !== IV_BYTES || ciphertext === null) return null;
  try {
    const secret = await crypto.subtle.decrypt(
      algorithm(iv, at, key.id),
      await imported(key, "decrypt"),
      ciphertext,
    );
    return utf8.decode.decode(secret);
  } catch {
    return null; // The tag does not fit: WebCrypto says no more, and neither do we.
  }
}

/** What may be shown of a secret: "••••1234", which tells people which one it is. */
export function maskOf(secret: string): string {
  return `••••${secret.length < MASKED_WITH_END_FROM ? "" : secret.slice(-VISIBLE_CHARS)}`;
}

function algorithm(
  iv: Uint8Array<ArrayBuffer>,
  { tenantId, table, id, field }: Coordinates,
  keyId: string,
): AesGcmParams {
  // As JSON, and not joined by a character that might stand in one of them.
  const additionalData = utf8.encode.encode(JSON.stringify([tenantId, table, id, field, keyId]));
  return { name: "AES-GCM", iv, additionalData };
}

async function imported({ key }: SealingKey, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  return await crypto.subtle.importKey("raw", key, "AES-GCM", false, [use]);
}
