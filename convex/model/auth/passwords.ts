/**
 * Passwords: what is asked of them, and how they are hashed. PBKDF2-HMAC-SHA-256, because it is native in
 * every runtime; its parameters stand with each hash and are raised at the next sign-in.
 */
import { fromBase64, isSame, toBase64 } from "../../lib/crypto";
import { fail } from "../../lib/errors";
import type { PasswordHash } from "../../validators";

/** As OWASP's Password Storage Cheat Sheet has it for PBKDF2-HMAC-SHA256. */
export const ITERATIONS = 600_000;
const SALT_BYTES = 16;
const DIGEST_BITS = 256;

/** NIST SP 800-63B: long rather than complicated, and no rules about kinds of characters. */
const LENGTH_MIN = 12;
/** A bound to what has to be hashed; passphrases fit. */
const LENGTH_MAX = 256;

/** @throws invalid_argument - It is too short or too long. */
export function checkPassword(field: string, password: string): void {
  if (password.length >= LENGTH_MIN && password.length <= LENGTH_MAX) return;
  const reason = `must have ${LENGTH_MIN} to ${LENGTH_MAX} characters`;
  fail({ kind: "invalid_argument", field, reason });
}

/** For actions: it draws a salt. */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  return {
    algorithm: "pbkdf2-sha256",
    iterations: ITERATIONS,
    salt: toBase64(salt),
    digest: await derive(password, { salt, iterations: ITERATIONS }),
  };
}

/**
 * Whether it is the password of the hash. Takes as long for an account that does not exist (null) and for an
 * old hash with fewer iterations as for any other.
 */
export async function isPassword(password: string, hash: PasswordHash | null): Promise<boolean> {
  // Nobody has a password of this length, so there is no account whose work would be missed.
  if (password.length > LENGTH_MAX) return false;
  const salt = hash === null ? null : fromBase64(hash.salt);
  if (hash === null || salt === null) {
    await derive(password, { salt: new Uint8Array(SALT_BYTES), iterations: ITERATIONS });
    return false;
  }
  const digest = await derive(password, { salt, iterations: hash.iterations });
  const rest = ITERATIONS - hash.iterations;
  if (rest > 0) await derive(password, { salt, iterations: rest });
  return isSame(digest, hash.digest);
}

/** True when the hash was made with less than is asked for now. */
export function isOutdated({ iterations }: PasswordHash): boolean {
  return iterations < ITERATIONS;
}

async function derive(
  password: string,
  { salt, iterations }: { salt: Uint8Array<ArrayBuffer>; iterations: number },
): Promise<string> {
  // Keyboards differ in how they compose what people see as one character.
  const bytes = new TextEncoder().encode(password.normalize("NFC"));
  const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return toBase64(new Uint8Array(await crypto.subtle.deriveBits(parameters, key, DIGEST_BITS)));
}
