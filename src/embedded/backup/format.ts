/**
 * A backup is a ZIP file with everything of a data folder but its admin key:
 *
 *   backup.json     what it is and when it was made
 *   data.sqlite     the database at one moment
 *   files/<key>     the bytes of each stored file
 */
import { z } from "zod";
import { ArchiveError, readText, type StoredEntry } from "../archive/zip";

export const MANIFEST_ENTRY = "backup.json";
export const DATA_ENTRY = "data.sqlite";
export const FILES_PREFIX = "files/";

const FORMAT = "convex-embedded-backup";
const VERSION = 1;

const Manifest = z.object({
  format: z.literal(FORMAT),
  version: z.number(),
  createdAt: z.string(),
});

export function manifestText(createdAt: Date): string {
  const manifest = { format: FORMAT, version: VERSION, createdAt: createdAt.toISOString() };
  return `${JSON.stringify(manifest)}\n`;
}

/** When the backup was made. @throws ArchiveError - It is none, or a newer version's. */
export async function readManifest(entries: readonly StoredEntry[]): Promise<string> {
  const entry = entries.find(({ name }) => name === MANIFEST_ENTRY);
  const parsed = Manifest.safeParse(entry && parseJson(await readText(entry)));
  if (!parsed.success) throw new ArchiveError("it is no backup of this runtime");
  const { version, createdAt } = parsed.data;
  if (version > VERSION) {
    throw new ArchiveError(`a newer version made it (format ${version}; this knows ${VERSION})`);
  }
  return createdAt;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
