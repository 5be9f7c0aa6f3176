/** Secrets that a data folder keeps in files of their own: made once, for their owner's eyes only. */
import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";

const OWNER_ONLY = 0o600;

/** What the file holds, without the white space around it; `make` says what a missing file is to hold. */
export function openSecretFile(path: string, make: () => string): string {
  const secret = readSecretFile(path) ?? makeIfMissing(path, make());
  chmodSync(path, OWNER_ONLY);
  return secret;
}

/** Null if there is no such file. */
export function readSecretFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** The file appears whole or not at all, and one that another process has made meanwhile stays. */
function makeIfMissing(path: string, content: string): string {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  writeFileSync(draft, `${content}\n`, { mode: OWNER_ONLY, flag: "wx" });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(draft);
  }
  return readFileSync(path, "utf8").trim();
}
