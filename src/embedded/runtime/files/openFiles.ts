/** Puts the parts of file storage together. */
import type { Catalog, ComponentPath, Journal, Transaction } from "../../engine/types";
import { type FileStore, openFileStore } from "../../store/files";
import type { Store } from "../../store/store";
import type { CommitClock } from "../clock";
import type { Committer } from "../committer";
import type { Variables } from "../environment";
import { createFileKeeper, type FileKeeper } from "./fileKeeper";
import { createFileBlobs, type FileBlobs } from "./fileBlobs";
import { createHttpFiles, type Files } from "./httpFiles";
import { createFileSyscalls, type FileSyscalls } from "./fileSyscalls";
import { openUploadTokens } from "./uploadTokens";

/** Where the API is when its surroundings do not say. */
const DEFAULT_API_URL = "http://127.0.0.1:3210";

export type OpenFiles = {
  /** The bytes. */
  store: FileStore;
  http: Files;
  blobs: FileBlobs;
  syscalls: FileSyscalls;
  keeper: FileKeeper;
};

export function openFiles(options: {
  store: Store;
  catalog: Catalog;
  clock: CommitClock;
  committer: Committer;
  componentPaths(): readonly ComponentPath[];
  beginQuery(journal: Journal): Transaction;
  systemEnvironment?: () => Variables;
}): OpenFiles {
  const { store, systemEnvironment } = options;
  const files = openFileStore(store.folder);
  const keeper = createFileKeeper({ ...options, files });
  const parts = { ...options, files, keeper, tokens: openUploadTokens(store) };
  const apiUrl = () => systemEnvironment?.()["CONVEX_CLOUD_URL"] ?? DEFAULT_API_URL;
  const syscalls = createFileSyscalls({ ...parts, apiUrl });
  const [http, blobs] = [createHttpFiles(parts), createFileBlobs(parts)];
  return { store: files, http, blobs, syscalls, keeper };
}
