/** Files by HTTP: uploads by a token, downloads by the id in a URL. */
import type { Readable } from "node:stream";
import type { Catalog, ComponentPath, Journal, Transaction } from "../../engine/types";
import type { ByteRange } from "../../store/files";
import { StoreError } from "../../store/store";
import type { CommitClock } from "../clock";
import { FILES_TABLE } from "../systemTables";
import { RequestError } from "../types";
import { findFileByUrlId, type StoredFile } from "./fileTable";
import { commitFile, openFile, type StoredFilesOptions } from "./storedFiles";
import { digestMismatch } from "./uploads";
import type { UploadTokens } from "./uploadTokens";

/** What an upload's headers say. */
export type UploadHeaders = { contentType: string | null; sha256: Buffer | null };

/** A file as its URL serves it. `read` gives null when it was deleted meanwhile. */
export type ServedFile = Pick<StoredFile, "contentType" | "sizeBytes" | "sha256"> & {
  read(range?: ByteRange): Promise<Readable | null>;
};

export interface Files {
  /**
   * Whether an upload with this token is allowed now: asked before its body is read.
   *
   * @throws RequestError - 401: the token. 404: its component is gone. 503: too many uploads run already.
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

/** Each holds an open file; who sends more at once is told to come back. */
const UPLOADS_MAX = 256;

export function createHttpFiles(
  options: StoredFilesOptions & {
    tokens: UploadTokens;
    catalog: Catalog;
    clock: CommitClock;
    beginQuery(journal: Journal): Transaction;
  },
): Files {
  const { files, tokens, catalog, clock } = options;
  let uploads = 0;
  return {
    authorize(token) {
      const componentPath = tokens.open(token, clock.nowMs());
      if (catalog.table(componentPath, FILES_TABLE) === undefined) {
        throw new RequestError(404, "ComponentNotFound", "The component of this upload is gone.");
      }
      if (uploads >= UPLOADS_MAX) {
        const message = `${UPLOADS_MAX} files are being uploaded already. Try again later.`;
        throw new RequestError(503, "TooManyConcurrentRequests", message);
      }
      return componentPath;
    },
    async upload(componentPath, content, { contentType, sha256 }) {
      uploads++;
      const put = await files
        .put(content)
        .catch(throwFullDisk)
        .finally(() => uploads--);
      const check = () => {
        if (sha256 === null || sha256.equals(put.sha256)) return;
        throw new RequestError(400, "Sha256Mismatch", digestMismatch(sha256, put.sha256));
      };
      return await commitFile(options, put, { componentPath, contentType, check });
    },
    find(componentPath, urlId) {
      const find = () => findFileByUrlId(options.beginQuery(null), componentPath, urlId);
      const file = find();
      if (file === null) return null;
      const { contentType, sizeBytes, sha256 } = file;
      return { contentType, sizeBytes, sha256, read: (range) => openFile(options, find, range) };
    },
  };
}

function throwFullDisk(error: unknown): never {
  if (!(error instanceof StoreError) || error.kind !== "disk_full") throw error;
  throw new RequestError(507, "InsufficientStorage", "There is no room left to store this file.");
}
