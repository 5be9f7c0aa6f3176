/** Folders that take long to make, to start copies of: each is made once in a run of the tests, by whoever asks first. */
import { existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * @param name - What the workers know it by.
 * @param make - Fills a new, empty folder.
 */
export async function madeOnce(
  name: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const parent = process.env["DEPLOYED_FOLDERS"];
  if (parent === undefined) throw new Error("tests/support/deployedFolders.ts sets it up.");
  const folder = join(parent, name);
  if (!existsSync(folder)) {
    const made = mkdtempSync(`${folder}-`);
    await make(made);
    publish(made, folder);
  }
  return folder;
}

/** Whole or not at all: another worker may have made it meanwhile, and others read it already. */
function publish(made: string, folder: string): void {
  try {
    renameSync(made, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(made, { recursive: true });
  }
}
