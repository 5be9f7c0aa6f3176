/** The cryptography that queries, mutations and actions share: WebCrypto, as Convex's default runtime has it. */

const utf8 = new TextEncoder();

/** HMAC-SHA-256 as lower-case hexadecimal. */
export async function hmacSha256(secret: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  return toHex(await crypto.subtle.sign("HMAC", key, utf8.encode(text)));
}

/** SHA-256 as lower-case hexadecimal, for tokens that are random enough to need no secret. */
export async function sha256(text: string): Promise<string> {
  return toHex(await crypto.subtle.digest("SHA-256", utf8.encode(text)));
}

export function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Without regard to where the two differ: how long it takes tells nothing of the secret. */
export function isSame(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}

/** `countBytes` random bytes as base64url. Only actions have randomness that is fit for secrets. */
export function randomToken(countBytes: number): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(countBytes)));
}

export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Null for what is no base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
