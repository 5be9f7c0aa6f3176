/**
 * The bytes of stored files, each in a file of its own in the data folder:
 *
 *   put ──▶ files/incoming/KEY ──keep──▶ files/KE/KEY ──remove──▶ gone
 *
 * They are not in SQLite: there, an upload would hold the one write transaction or need rows that only a part
 * of the file stands in, each byte would be written twice, and freed space would stay with the data file.
 *
 * A file belongs to the row of the database that names its key; this module knows nothing of rows. The order
 * of steps makes both agree after a crash: `put` ends when the bytes are durable, then the row is committed,
 * then `keep` moves the file to its place; a row is deleted and committed before `remove`. So in `incoming/`
 * lies what may or may not have a row, and elsewhere at worst what has none any more.
 */
import { createHash, randomUUID } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from "node:fs";
import { mkdir, open, readdir, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { toStoreError } from "./failures";
import { SharedSync } from "./sharedSync";
import { syncFolder, syncFolderLater } from "./syncFolder";

/** What a file is found by here; no client ever sees it. */
export type FileKey = string;

/** `sha256` is the digest's 32 bytes. */
export type PutFile = { key: FileKey; sizeBytes: number; sha256: Buffer };

/** Bytes from `start` up to and with `end`, both from 0. */
export type ByteRange = { start: number; end: number };

export interface FileStore {
  /**
   * Stores bytes as they come, holding a piece of them at a time. Once it resolves they are durable. When it
   * fails (the disk is full, or the content ends with an error, which is thrown as it is) nothing stays.
   *
   * @throws StoreError disk_full, io
   */
  put(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<PutFile>;
  /** The same for those who cannot wait: functions in a transaction. */
  putSync(content: Uint8Array): PutFile;

  /** Moves a file whose row is committed to its place. Does nothing when it is there. */
  keep(key: FileKey): Promise<void>;
  /** Removes a file that no row names. Who reads it still reads it to its end. */
  remove(key: FileKey): Promise<void>;

  /** Until the returned function is called, removed files stay on the disk: for who copies what a view names. */
  holdRemovals(): () => void;

  /** A stream of the file's bytes, or null when there is no such file. Its reader must end or destroy it. */
  read(key: FileKey, range?: ByteRange): Promise<Readable | null>;
  /** All bytes at once, for functions in a transaction. */
  readSync(key: FileKey): Uint8Array | null;

  /** Files that were put and not yet kept: after a start, those that a crash left in doubt. */
  incoming(): Promise<FileKey[]>;
  /** The keys of all kept files, some thousands at a time. */
  list(): AsyncIterable<FileKey[]>;
}

/** The folder of the files within a data folder. */
export const FILES_FOLDER = "files";
const INCOMING = "incoming";
const KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SHARD_CHARS = 2;
/** What a reader holds of a file at a time. */
const PIECE_BYTES = 256 * 1024;
/** Files are their owner's only, as the database is. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export function isFileKey(text: string): text is FileKey {
  return KEY.test(text);
}

/** Where a kept file lies. */
export function placeOfFile(top: string, key: FileKey): string {
  return join(top, key.slice(0, SHARD_CHARS), key);
}

/** Where to look for a file. Last again where it stands at the end: it may be moved there between two looks. */
export function filePlaces(top: string, key: FileKey): string[] {
  const place = placeOfFile(top, key);
  return [place, join(top, INCOMING, key), place];
}

/** @param folder - The data folder, owned by its store. */
export function openFileStore(folder: string): FileStore {
  const top = join(folder, FILES_FOLDER);
  mkdirSync(join(top, INCOMING), { recursive: true, mode: FOLDER_MODE });
  for (const made of [folder, top]) syncFolder(made);
  return new FolderFileStore(top);
}

class FolderFileStore implements FileStore {
  readonly #top: string;
  readonly #incoming: string;
  readonly #incomingSync: SharedSync;
  #holds = 0;
  /** Removed while removals are held. */
  readonly #held = new Set<FileKey>();

  constructor(top: string) {
    this.#top = top;
    this.#incoming = join(top, INCOMING);
    this.#incomingSync = new SharedSync(() => syncFolderLater(this.#incoming));
  }

  async put(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<PutFile> {
    const key = randomUUID();
    const path = join(this.#incoming, key);
    try {
      const handle = await open(path, "wx", FILE_MODE).catch((error: unknown) => {
        throw toStoreError(error, path);
      });
      try {
        const measured = await writeAll(handle, content, path);
        await handle.sync();
        await this.#incomingSync.run();
        return { key, ...measured };
      } finally {
        await handle.close();
      }
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  putSync(content: Uint8Array): PutFile {
    const key = randomUUID();
    const path = join(this.#incoming, key);
    try {
      const handle = openSync(path, "wx", FILE_MODE);
      try {
        let written = 0;
        while (written < content.length) written += writeSync(handle, content, written);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      syncFolder(this.#incoming);
    } catch (error) {
      rmSync(path, { force: true });
      throw toStoreError(error, path);
    }
    const sha256 = createHash("sha256").update(content).digest();
    return { key, sizeBytes: content.length, sha256 };
  }

  async keep(key: FileKey): Promise<void> {
    const place = this.#place(key);
    await mkdir(dirname(place), { recursive: true, mode: FOLDER_MODE });
    await rename(join(this.#incoming, key), place).catch(unlessMissing);
  }

  async remove(key: FileKey): Promise<void> {
    if (this.#holds > 0) {
      this.#held.add(key);
      return;
    }
    await rm(join(this.#incoming, key), { force: true });
    await rm(this.#place(key), { force: true });
  }

  holdRemovals(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      if (this.#holds > 0) return;
      const keys = [...this.#held];
      this.#held.clear();
      // What fails here is garbage that the next start sweeps.
      for (const key of keys) void this.remove(key).catch(() => undefined);
    };
  }

  async read(key: FileKey, range?: ByteRange): Promise<Readable | null> {
    for (const path of this.#whereabouts(key)) {
      const handle = await open(path, "r").catch(unlessMissing);
      if (handle) return handle.createReadStream({ ...range, highWaterMark: PIECE_BYTES });
    }
    return null;
  }

  readSync(key: FileKey): Uint8Array | null {
    for (const path of this.#whereabouts(key)) {
      try {
        return readFileSync(path);
      } catch (error) {
        unlessMissing(error);
      }
    }
    return null;
  }

  async incoming(): Promise<FileKey[]> {
    return (await readdir(this.#incoming)).filter((name) => KEY.test(name));
  }

  async *list(): AsyncIterable<FileKey[]> {
    const shards = await readdir(this.#top);
    for (const shard of shards.filter((name) => name.length === SHARD_CHARS)) {
      yield (await readdir(join(this.#top, shard))).filter((name) => KEY.test(name));
    }
  }

  #place(key: FileKey): string {
    return placeOfFile(this.#top, key);
  }

  #whereabouts(key: FileKey): string[] {
    return filePlaces(this.#top, key);
  }
}

async function writeAll(
  handle: FileHandle,
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  path: string,
): Promise<{ sizeBytes: number; sha256: Buffer }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const piece of content) {
    hash.update(piece);
    sizeBytes += piece.length;
    // Goes on where the last one ended, and writes all of the piece.
    await handle.writeFile(piece).catch((error: unknown) => {
      throw toStoreError(error, path);
    });
  }
  return { sizeBytes, sha256: hash.digest() };
}

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
}
