/**
 * Puts a backup into a data folder that has no data. Everything is unpacked and checked beside its place
 * first; the database takes its name last, so that a folder either has all of the backup or no data.
 */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { ArchiveError, readZip, type StoredEntry } from "../archive/zip";
import { checkDataFile, DATA_FILE } from "../store/dataFile";
import { toStoreError } from "../store/failures";
import { FILES_FOLDER, isFileKey, placeOfFile } from "../store/files";
import { lockFolder } from "../store/lock";
import { syncFolder } from "../store/syncFolder";
import { BackupError } from "./backup";
import { DATA_ENTRY, FILES_PREFIX, readManifest } from "./format";
import { namedFiles } from "./namedFiles";

/** @throws BackupError, StoreError - The folder has no data then, as before. */
export async function restore({
  from,
  data,
}: {
  from: string;
  data: string;
}): Promise<{ createdAt: string; files: number }> {
  if (!existsSync(from)) throw new BackupError(`There is no file ${from}.`);
  try {
    await mkdir(data, { recursive: true });
    const lock = lockFolder(data);
    try {
      await requireEmpty(data);
      const work = await mkdtemp(join(data, ".restore-"));
      try {
        return await unpack({ from, data, work });
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    } finally {
      lock.release();
    }
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw toStoreError(error, data);
    throw new BackupError(`${from} cannot be restored: ${error.message}.`, { cause: error });
  }
}

async function requireEmpty(data: string): Promise<void> {
  const found = (await readdir(data)).find((name) => name.startsWith(DATA_FILE));
  if (found === undefined) return;
  throw new BackupError(
    `${data} has data already (${found}). Restore into another folder, or move this one away.`,
  );
}

async function unpack({ from, data, work }: { from: string; data: string; work: string }) {
  return await readZip(from, async (entries) => {
    const createdAt = await readManifest(entries);
    const database = entries.find(({ name }) => name === DATA_ENTRY);
    if (database === undefined) throw new ArchiveError(`it has no ${DATA_ENTRY}`);
    await save(database, join(work, DATA_FILE));
    checkDataFile(join(work, DATA_FILE), { thorough: true });

    const files = entries.filter(({ name }) => name.startsWith(FILES_PREFIX));
    const keys = files.map(({ name }) => name.slice(FILES_PREFIX.length));
    for (const key of keys) {
      if (!isFileKey(key)) throw new ArchiveError(`it holds a file named ${JSON.stringify(key)}`);
    }
    for (const entry of files) await save(entry, join(work, entry.name));
    requireAll(namedFiles(work), new Set(keys));
    for (const key of keys) {
      const place = placeOfFile(join(data, FILES_FOLDER), key);
      await mkdir(dirname(place), { recursive: true, mode: 0o700 });
      await rename(join(work, FILES_PREFIX + key), place);
      syncFolder(dirname(place));
    }
    await rename(join(work, DATA_FILE), join(data, DATA_FILE));
    syncFolder(data);
    return { createdAt, files: keys.length };
  });
}

/** Bytes that the backup said were lost already are no reason to lose the rest. */
function requireAll(named: readonly string[], present: ReadonlySet<string>): void {
  const missing = named.filter((key) => !present.has(key)).length;
  if (missing > 0) console.error(`Warning: ${missing} stored files are not in the backup.`);
}

async function save(entry: StoredEntry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await pipeline(entry.read(), createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }));
}
