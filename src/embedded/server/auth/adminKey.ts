/** The admin key of a data folder: whoever has it may do everything. Made once, never logged. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { openSecretFile, readSecretFile } from "../../store/secretFile";

const FILE_NAME = "admin_key";
const FORMAT = /^[^|\s]+\|[0-9a-f]{64}$/;

/**
 * The key kept in `folder`, made on first use. Only the file's owner can read it.
 *
 * @throws Error - The file holds something else; the message says which file, not what is in it.
 */
export function loadAdminKey(folder: string, instanceName: string): string {
  const path = join(folder, FILE_NAME);
  const key = openSecretFile(path, () => `${instanceName}|${randomBytes(32).toString("hex")}`);
  if (!FORMAT.test(key)) {
    throw new Error(`${path} does not hold an admin key. Delete the file to get a new one.`);
  }
  return key;
}

/** The key kept in `folder`; null if there is none. */
export function existingAdminKey(folder: string): string | null {
  return readSecretFile(join(folder, FILE_NAME));
}

/** Takes the same time whether the first or the last character differs. */
export function isAdminKey(given: string, adminKey: string): boolean {
  // "prod:name|secret" is how Convex marks the kind of deployment that a key is for.
  const withoutType = given.replace(/^[^|:]*:(?=[^|]*\|)/, "");
  return timingSafeEqual(sha256(withoutType), sha256(adminKey));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
