/** Files outside of transactions: bytes that get their rows, and rows whose bytes are read. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { ComponentPath } from "../../engine/types";
import type { ByteRange, FileStore, PutFile } from "../../store/files";
import type { Committer } from "../committer";
import type { FileKeeper } from "./fileKeeper";
import { insertFile, type StoredFile } from "./fileTable";

export type StoredFilesOptions = { files: FileStore; keeper: FileKeeper; committer: Committer };

/**
 * Commits the rows of bytes that are stored, and gives the file's id.
 *
 * @param check - Throws to refuse the file. Whatever comes of it, the keeper sees to the bytes.
 */
export async function commitFile(
  { keeper, committer }: StoredFilesOptions,
  put: PutFile,
  about: { componentPath: ComponentPath; contentType: string | null; check: () => void },
): Promise<string> {
  const { componentPath, contentType, check } = about;
  const file = { ...put, contentType, urlId: randomUUID() };
  try {
    check();
    const { value } = await committer.submit((tx) => ({
      commit: true,
      value: insertFile(tx, componentPath, file),
    }));
    return value;
  } finally {
    keeper.doubt(put.key);
  }
}

/** The bytes of what `find` gives, or null when it is not there, or no longer. */
export async function openFile(
  { files }: StoredFilesOptions,
  find: () => StoredFile | null,
  range?: ByteRange,
): Promise<Readable | null> {
  const file = find();
  const content = file && (await files.read(file.key, range));
  if (file === null || content !== null) return content;
  // Deleted between the two steps: then its row is gone as well.
  if (find() === null) return null;
  throw new Error(`The bytes of file ${file.id} (${file.key}) are missing from the disk.`);
}
