/** The admin key of a data folder: whoever has it may do everything. Made once, never logged. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, link, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILE_NAME = "admin_key";
const FORMAT = /^[^|\s]+\|[0-9a-f]{64}$/;

/**
 * The key kept in `folder`, made on first use. Only the file's owner can read it.
 *
 * @throws Error - The file holds something else; the message says which file, not what is in it.
 */
export async function loadAdminKey(folder: string, instanceName: string): Promise<string> {
  const path = join(folder, FILE_NAME);
  await makeIfMissing(path, `${instanceName}|${randomBytes(32).toString("hex")}\n`);
  const key = (await readFile(path, "utf8")).trim();
  if (!FORMAT.test(key)) {
    throw new Error(`${path} does not hold an admin key. Delete the file to get a new one.`);
  }
  await chmod(path, 0o600);
  return key;
}

/** The key kept in `folder`; null if there is none. */
export async function existingAdminKey(folder: string): Promise<string | null> {
  try {
    return (await readFile(join(folder, FILE_NAME), "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Appears whole or not at all, and never replaces a key that is there. */
async function makeIfMissing(path: string, content: string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  await writeFile(draft, content, { mode: 0o600, flag: "wx" });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(draft);
  }
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
