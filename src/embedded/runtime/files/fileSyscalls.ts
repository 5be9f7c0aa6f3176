/** `ctx.storage` in queries and mutations, and the parts of it in actions that move no bytes. */
import { randomUUID } from "node:crypto";
import { argumentError } from "../../engine/errors";
import { UserError, type Catalog, type Transaction } from "../../engine/types";
import { UnsupportedError, type Call, type OtherSyscall } from "../../execution/types";
import type { FileStore } from "../../store/files";
import type { FileKeeper } from "./fileKeeper";
import { deleteFile, findFileOfFunction, insertFile, type StoredFile } from "./fileTable";
import { requireDigest, toContentType } from "./uploads";
import type { UploadTokens } from "./uploadTokens";

type Args = Record<string, unknown>;

export interface FileSyscalls {
  handles(op: string): boolean;
  /** JSON text. @throws UserError */
  answer(tx: Transaction, syscall: OtherSyscall): string;
}

/** What only a mutation may do. */
const WRITES = new Set([
  "1.0/storageGenerateUploadUrl",
  "1.0/storageDelete",
  "1.0/storageStore",
  "1.0/storageGet",
]);

export function createFileSyscalls(options: {
  files: FileStore;
  keeper: FileKeeper;
  tokens: UploadTokens;
  catalog: Catalog;
  /** What clients reach the API at. */
  apiUrl(): string;
}): FileSyscalls {
  const { files, keeper, tokens, catalog } = options;

  function find(tx: Transaction, { args, call }: { args: Args; call: Call }, method: string) {
    const { componentPath } = call.spec;
    return findFileOfFunction({ tx, catalog, componentPath }, args["storageId"], method);
  }

  function urlOf(file: StoredFile, { spec: { componentPath } }: Call): string {
    const query = componentPath === "" ? "" : `?component=${encodeURIComponent(componentPath)}`;
    return `${options.apiUrl()}/api/storage/${file.urlId}${query}`;
  }

  function remove(tx: Transaction, asked: { args: Args; call: Call }): void {
    const file = find(tx, asked, "storage.delete");
    if (file === null) {
      throw new UserError(
        `storage id ${String(asked.args["storageId"])} not found`,
        "StorageIdNotFound",
      );
    }
    deleteFile(tx, asked.call.spec.componentPath, file);
    keeper.doubt(file.key);
  }

  function store(tx: Transaction, { args, call }: { args: Args; call: Call }): string {
    const { blob, contentType, sha256 } = args;
    if (typeof blob !== "string") throw argumentError("blob", "storage.store", "expected a Blob");
    const bytes = Buffer.from(blob, "base64");
    tx.countFile("stored", bytes.length);
    const type = toContentType(contentType);
    const file = files.putSync(bytes);
    // Also when the transaction fails, or is run again.
    keeper.doubt(file.key);
    requireDigest(file, sha256);
    const { componentPath } = call.spec;
    return insertFile(tx, componentPath, { ...file, contentType: type, urlId: randomUUID() });
  }

  function read(tx: Transaction, asked: { args: Args; call: Call }) {
    const file = find(tx, asked, "storage.get");
    if (file === null) return null;
    tx.countFile("read", file.sizeBytes);
    const bytes = files.readSync(file.key);
    if (bytes === null) throw new Error(`The bytes of file ${file.id} are missing.`);
    const blob = Buffer.from(bytes).toString("base64");
    return { blob, contentType: file.contentType };
  }

  return {
    handles: (op) => op.startsWith("1.0/storage"),
    answer(tx, { op, args, call }) {
      const asked = { args, call };
      if (call.spec.kind === "query" && WRITES.has(op)) {
        throw new UserError(`${op} is not allowed in queries.`, "StorageInQuery");
      }
      switch (op) {
        case "1.0/storageGetUrl": {
          const file = find(tx, asked, "storage.getUrl");
          return JSON.stringify(file && urlOf(file, call));
        }
        case "1.0/storageGetMetadata":
          return JSON.stringify(toMetadata(find(tx, asked, "storage.getMetadata")));
        case "1.0/storageGenerateUploadUrl": {
          const token = tokens.issue(call.spec.componentPath, tx.nowMs);
          return JSON.stringify(`${options.apiUrl()}/api/storage/upload?token=${token}`);
        }
        case "1.0/storageDelete":
          remove(tx, asked);
          return "null";
        case "1.0/storageStore":
          return JSON.stringify(store(tx, asked));
        case "1.0/storageGet":
          return JSON.stringify(read(tx, asked));
        default:
          throw new UnsupportedError(op);
      }
    },
  };
}

/** The old form, whose digest is hexadecimal where that of `_storage` is base64. */
function toMetadata(file: StoredFile | null) {
  if (file === null) return null;
  const sha256 = Buffer.from(file.sha256, "base64").toString("hex");
  return { storageId: file.urlId, sha256, size: file.sizeBytes, contentType: file.contentType };
}
