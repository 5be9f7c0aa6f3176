/** ZIP files, written and read as streams: what is held in memory does not grow with them. */
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import * as yauzl from "yauzl";
import { ZipFile } from "yazl";

export type Content = Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>;
export type NewEntry = { name: string; content: Content; isCompressed?: boolean };

/** Writes the entries in their order, each as it is asked for, and makes the file durable. Only its owner can read it. */
export async function writeZip(path: string, entries: AsyncIterable<NewEntry>): Promise<void> {
  const zip = new ZipFile();
  const output = createWriteStream(path, { flags: "wx", mode: 0o600, flush: true });
  const written = pipeline(zip.outputStream, output);
  const failed = new Promise<never>((_resolve, reject) => {
    zip.on("error", reject);
    written.catch(reject);
  });
  failed.catch(() => {}); // told to whoever waits for an entry or the end
  try {
    for await (const { name, content, isCompressed = true } of entries) {
      await Promise.race([failed, addEntry(zip, { name, content, isCompressed })]);
    }
    zip.end();
    await Promise.race([failed, written]);
  } catch (error) {
    output.destroy();
    throw error;
  }
}

/** Resolves when the content has been read to its end. */
function addEntry(zip: ZipFile, entry: Required<NewEntry>): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { compress: entry.isCompressed, mode: 0o100600 };
    zip.addReadStreamLazy(entry.name, options, (give) => {
      const stream = Readable.from(toBuffers(entry.content), { objectMode: false });
      stream.once("end", resolve).once("error", reject);
      give(null, stream);
    });
  });
}

async function* toBuffers(content: Content): AsyncGenerator<Uint8Array> {
  for await (const piece of content) yield typeof piece === "string" ? Buffer.from(piece) : piece;
}

/** A file that is no archive, or is damaged, or holds what it should not. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

export type StoredEntry = {
  name: string;
  sizeBytes: number;
  /** Its bytes; they end with an `ArchiveError` when they are not those that were stored. */
  read(): AsyncIterable<Buffer>;
};

/**
 * Gives the entries to `use`, in the order they were written. They can be read until it settles, also
 * out of order and more than once. Folders are left out.
 *
 * @throws ArchiveError
 */
export async function readZip<T>(
  path: string,
  use: (entries: readonly StoredEntry[]) => Promise<T>,
): Promise<T> {
  const zip = await orArchiveError(
    yauzl.openPromise(path, { lazyEntries: true, autoClose: false }),
  );
  try {
    const entries: StoredEntry[] = [];
    const list = async () => {
      for await (const entry of zip.eachEntry()) {
        if (!entry.fileName.endsWith("/")) entries.push(toStoredEntry(zip, entry));
      }
    };
    await orArchiveError(list());
    return await use(entries);
  } finally {
    zip.close();
  }
}

function toStoredEntry(zip: yauzl.ZipFile, entry: yauzl.Entry): StoredEntry {
  const { fileName: name, uncompressedSize: sizeBytes } = entry;
  return {
    name,
    sizeBytes,
    async *read() {
      let checksum = 0;
      const stream = await orArchiveError(zip.openReadStreamPromise(entry));
      try {
        for await (const piece of stream as AsyncIterable<Buffer>) {
          checksum = crc32(piece, checksum);
          yield piece;
        }
      } catch (error) {
        throw new ArchiveError(`${name} is damaged: ${(error as Error).message}`, { cause: error });
      }
      if (checksum !== entry.crc32)
        throw new ArchiveError(`${name} is damaged: its checksum differs`);
    },
  };
}

async function orArchiveError<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error && "syscall" in error) throw error; // no file, no permission
    throw new ArchiveError((error as Error).message, { cause: error });
  }
}

export async function readText(entry: StoredEntry): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of entry.read()) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
