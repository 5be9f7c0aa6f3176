/** `ctx.storage.store` and `ctx.storage.get` of actions, which are no transactions. */
import type { Readable } from "node:stream";
import type { Catalog, ComponentPath, Journal, Transaction } from "../../engine/types";
import type { FileBlob, StoreFileRequest } from "../../execution/types";
import { findFileOfFunction } from "./fileTable";
import { commitFile, openFile, type StoredFilesOptions } from "./storedFiles";
import { requireDigest, toContentType } from "./uploads";

export interface FileBlobs {
  /** @throws UserError - What the function says of the blob cannot be. */
  store(componentPath: ComponentPath, request: StoreFileRequest): Promise<string>;
  /** Null when there is no such file. */
  get(componentPath: ComponentPath, storageId: unknown): Promise<FileBlob | null>;
}

export function createFileBlobs(
  options: StoredFilesOptions & {
    catalog: Catalog;
    beginQuery(journal: Journal): Transaction;
  },
): FileBlobs {
  const { files, catalog } = options;
  return {
    async store(componentPath, { bytes, contentType: type, sha256 }) {
      const contentType = toContentType(type);
      const put = await files.put([bytes]);
      const check = () => requireDigest(put, sha256);
      return await commitFile(options, put, { componentPath, contentType, check });
    },
    async get(componentPath, storageId) {
      const find = () => {
        const tx = options.beginQuery(null);
        return findFileOfFunction({ tx, catalog, componentPath }, storageId, "storage.get");
      };
      const file = find();
      const content = await openFile(options, find);
      if (file === null || content === null) return null;
      return { bytes: await readAll(content, file.sizeBytes), contentType: file.contentType };
    },
  };
}

/** In memory of its own, which can be handed to another thread. */
async function readAll(content: Readable, sizeBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(sizeBytes);
  let at = 0;
  for await (const piece of content as AsyncIterable<Buffer>) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
