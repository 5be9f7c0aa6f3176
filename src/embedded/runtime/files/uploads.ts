/** What a file's sender says about it, checked. */
import { argumentError } from "../../engine/errors";
import { UserError } from "../../engine/types";
import type { PutFile } from "../../store/files";

const CONTENT_TYPE_CHARS_MAX = 1_024;
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const CONTENT_TYPE = new RegExp(`^${TOKEN}/${TOKEN}(?:\\s*;[\\x20-\\x7e\\t]*)?$`);
const SHA256_BYTES = 32;

/** Whether a text may stand in a Content-Type header: "type/subtype" and parameters. */
export function isContentType(text: string): boolean {
  return text.length <= CONTENT_TYPE_CHARS_MAX && CONTENT_TYPE.test(text);
}

/** A blob's type; null for none. @throws UserError */
export function toContentType(type: unknown): string | null {
  if (type === undefined || type === null || type === "") return null;
  if (typeof type === "string" && isContentType(type)) return type;
  throw new UserError(
    `Invalid content type of a file: ${JSON.stringify(type)}. It must be like "image/png".`,
    "InvalidContentTypeHeader",
  );
}

/** The digest's bytes of base64 text, or null when it is none. */
export function parseDigest(base64: string): Buffer | null {
  const digest = Buffer.from(base64, "base64");
  return digest.length === SHA256_BYTES && digest.toString("base64") === base64 ? digest : null;
}

/** @throws UserError - `sha256` is given and is not the file's, or not the base64 of a digest. */
export function requireDigest(file: PutFile, sha256: unknown): void {
  if (sha256 === undefined || sha256 === null) return;
  const expected = typeof sha256 === "string" ? parseDigest(sha256) : null;
  if (expected === null) {
    throw argumentError("sha256", "storage.store", "expected the base64 form of a SHA-256 digest");
  }
  if (expected.equals(file.sha256)) return;
  throw new UserError(digestMismatch(expected, file.sha256), "Sha256Mismatch");
}

export function digestMismatch(expected: Buffer, actual: Buffer): string {
  const [from, to] = [expected, actual].map((digest) => digest.toString("base64"));
  return `Sha256 mismatch. Expected: ${from} Actual: ${to}`;
}
