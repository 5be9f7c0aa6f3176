/**
 * A copy of a data folder as it is at one moment, taken while its server may go on writing, from a process of
 * its own: SQLite gives a second connection one unchanging view of the file. Readers and writers do not
 * wait for it; only the write-ahead log cannot be emptied meanwhile, and grows by what is written.
 *
 * A file may be removed between the moment of the view and its copying. Files are linked first, which takes
 * an instant and keeps their bytes; where one was gone already, a new view is taken, whose rows no longer
 * name it.
 */
import { createReadStream, existsSync } from "node:fs";
import { copyFile, link, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeZip, type NewEntry } from "../archive/zip";
import { checkDataFile, copyDataFile, DATA_FILE } from "../store/dataFile";
import { toStoreError } from "../store/failures";
import { FILES_FOLDER, filePlaces, type FileKey } from "../store/files";
import { syncFolder } from "../store/syncFolder";
import { DATA_ENTRY, FILES_PREFIX, MANIFEST_ENTRY, manifestText } from "./format";
import { namedFiles } from "./namedFiles";

const ATTEMPTS_MAX = 5;

export type BackupResult = {
  sizeBytes: number;
  files: number;
  /** Files that rows name and that are nowhere: lost before this backup. */
  missing: FileKey[];
};

/** A backup that cannot be made where it was asked for. */
export class BackupError extends Error {
  override readonly name = "BackupError";
}

/** @throws BackupError, StoreError */
export async function backUp({ data, to }: { data: string; to: string }): Promise<BackupResult> {
  if (!existsSync(join(data, DATA_FILE))) throw new BackupError(`There is no data in ${data}.`);
  if (existsSync(to)) throw new BackupError(`${to} exists. Choose another name for the backup.`);
  try {
    await mkdir(dirname(to), { recursive: true });
    const work = await mkdtemp(join(dirname(to), ".backup-"));
    try {
      const { files, missing } = await takeView(data, work);
      const archive = join(work, "archive.zip");
      await writeZip(archive, entriesOf(work, files));
      await rename(archive, to);
      syncFolder(dirname(to));
      return { sizeBytes: (await stat(to)).size, files: files.length, missing };
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } catch (error) {
    throw toStoreError(error, to);
  }
}

async function takeView(
  data: string,
  work: string,
): Promise<{ files: FileKey[]; missing: FileKey[] }> {
  await mkdir(join(work, FILES_FOLDER));
  const file = join(data, DATA_FILE);
  checkDataFile(file);
  for (let attempt = 1; ; attempt++) {
    try {
      copyDataFile(file, join(work, DATA_FILE));
    } catch (error) {
      throw toStoreError(error, file);
    }
    const keys = namedFiles(work);
    const missing: FileKey[] = [];
    for (const key of keys) if (!(await keepBytes(data, work, key))) missing.push(key);
    if (missing.length === 0 || attempt === ATTEMPTS_MAX) {
      return { files: keys.filter((key) => !missing.includes(key)), missing };
    }
    const names = await readdir(work);
    for (const name of names) if (name.startsWith(DATA_FILE)) await rm(join(work, name));
  }
}

/** Whether the file's bytes are in `work` now, whatever becomes of them in `data`. */
async function keepBytes(data: string, work: string, key: FileKey): Promise<boolean> {
  const kept = join(work, FILES_FOLDER, key);
  if (existsSync(kept)) return true;
  for (const place of filePlaces(join(data, FILES_FOLDER), key)) {
    try {
      await link(place, kept).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") throw error;
        await copyFile(place, kept); // on another disk, or one that has no links
      });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return false;
}

async function* entriesOf(work: string, files: readonly FileKey[]): AsyncGenerator<NewEntry> {
  yield { name: MANIFEST_ENTRY, content: [manifestText(new Date())] };
  yield { name: DATA_ENTRY, content: bytesOf(join(work, DATA_FILE)) };
  for (const key of files) {
    // Most large files are compressed already.
    const content = bytesOf(join(work, FILES_FOLDER, key));
    yield { name: FILES_PREFIX + key, content, isCompressed: false };
  }
}

function bytesOf(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}
