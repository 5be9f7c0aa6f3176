/** Files for those outside of transactions: uploads, downloads, and blobs of actions. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { Catalog, ComponentPath, Journal, Transaction } from "../../engine/types";
import type { FileBlob, StoreFileRequest } from "../../execution/types";
import type { ByteRange, FileStore, PutFile } from "../../store/files";
import { StoreError } from "../../store/store";
import type { CommitClock } from "../clock";
import type { Committer } from "../committer";
import { RequestError } from "../types";
import type { FileKeeper } from "./fileKeeper";
import { findFileByUrlId, findFileOfFunction, insertFile, type StoredFile } from "./fileTable";
import { digestMismatch, requireDigest, toContentType } from "./uploads";
import type { UploadTokens } from "./uploadTokens";

/** What an upload's headers say. */
export type UploadHeaders = { contentType: string | null; sha256: Buffer | null };

/** A file as its URL serves it. `read` gives null when it was deleted meanwhile. */
export type ServedFile = Pick<StoredFile, "contentType" | "sizeBytes" | "sha256"> & {
  read(range?: ByteRange): Promise<Readable | null>;
};

/** Files by HTTP. */
export interface Files {
  /**
   * Whether an upload with this token is allowed now: asked before its body is read.
   *
   * @throws RequestError - 401
   */
  authorize(token: string): ComponentPath;
  /**
   * Stores what `content` gives, in the component that `authorize` gave, and gives the file's id.
   *
   * @throws RequestError - 400: the digest is another one. 507: the disk is full.
   */
  upload(
    componentPath: ComponentPath,
    content: AsyncIterable<Uint8Array>,
    headers: UploadHeaders,
  ): Promise<string>;
  /** The file whose URL has this id, or null. */
  find(componentPath: ComponentPath, urlId: string): ServedFile | null;
}

/** Blobs of actions. */
export interface FileBlobs {
  store(componentPath: ComponentPath, request: StoreFileRequest): Promise<string>;
  /** Null when there is no such file. */
  get(componentPath: ComponentPath, storageId: unknown): Promise<FileBlob | null>;
}

export function createFileService(options: {
  files: FileStore;
  keeper: FileKeeper;
  tokens: UploadTokens;
  catalog: Catalog;
  clock: CommitClock;
  committer: Committer;
  beginQuery(journal: Journal): Transaction;
}): { http: Files; blobs: FileBlobs } {
  const { files, keeper, tokens, catalog, clock, committer } = options;

  /** Adds the rows of bytes that are stored. Whatever comes of it, the keeper sees to the bytes. */
  async function commit(
    componentPath: ComponentPath,
    put: PutFile,
    contentType: string | null,
  ): Promise<string> {
    const file = { ...put, contentType, urlId: randomUUID() };
    const { value } = await committer.submit((tx) => ({
      commit: true,
      value: insertFile(tx, componentPath, file),
    }));
    return value;
  }

  return {
    http: {
      authorize: (token) => tokens.open(token, clock.nowMs()),
      async upload(componentPath, content, { contentType, sha256 }) {
        const put = await files.put(content).catch(throwFullDisk);
        try {
          if (sha256 !== null && !sha256.equals(put.sha256)) {
            throw new RequestError(400, "Sha256Mismatch", digestMismatch(sha256, put.sha256));
          }
          return await commit(componentPath, put, contentType);
        } finally {
          keeper.doubt(put.key);
        }
      },
      find(componentPath, urlId) {
        const file = findFileByUrlId(options.beginQuery(null), componentPath, urlId);
        if (file === null) return null;
        const { contentType, sizeBytes, sha256, key } = file;
        return { contentType, sizeBytes, sha256, read: (range) => files.read(key, range) };
      },
    },
    blobs: {
      async store(componentPath, { bytes, contentType, sha256 }) {
        const type = toContentType(contentType);
        const put = await files.put([bytes]);
        try {
          requireDigest(put, sha256);
          return await commit(componentPath, put, type);
        } finally {
          keeper.doubt(put.key);
        }
      },
      async get(componentPath, storageId) {
        const tx = options.beginQuery(null);
        const file = findFileOfFunction({ tx, catalog, componentPath }, storageId, "storage.get");
        const content = file && (await files.read(file.key));
        if (file === null || content === null) return null;
        const { contentType, sizeBytes } = file;
        return { bytes: await readAll(content, sizeBytes), contentType };
      },
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

function throwFullDisk(error: unknown): never {
  if (!(error instanceof StoreError) || error.kind !== "disk_full") throw error;
  throw new RequestError(507, "InsufficientStorage", "There is no room left to store this file.");
}
