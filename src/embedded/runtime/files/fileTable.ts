/** Rows of stored files, inside a transaction. */
import { argumentError } from "../../engine/errors";
import { UserError, type Catalog, type ComponentPath, type Transaction } from "../../engine/types";
import type { FileKey, PutFile } from "../../store/files";
import { tableNumberOf } from "../../values/ids";
import type { JsonDocument } from "../../values/json";
import {
  FILE_LOCATIONS_BY_FILE,
  FILE_LOCATIONS_BY_KEY,
  FILE_LOCATIONS_BY_URL_ID,
  FILE_LOCATIONS_TABLE,
  FILES_TABLE,
} from "../systemTables";

/** A file's row in `_storage` with the one beside it. */
export type StoredFile = {
  id: string;
  /** The UUID in its URL: who knows it may read the file. */
  urlId: string;
  key: FileKey;
  sizeBytes: number;
  /** Base64. */
  sha256: string;
  contentType: string | null;
  locationId: string;
};

/** A row of `_storage`. */
type Row = { sha256: string; size: number; contentType: string | null };
/** A row of `_file_storage`, with Convex's names. */
type Location = { fileId: string; storageId: string; storageKey: FileKey };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUrlId(text: string): boolean {
  return UUID.test(text);
}

/** Adds the rows of a file whose bytes are stored, and gives its id. */
export function insertFile(
  tx: Transaction,
  componentPath: ComponentPath,
  file: PutFile & { contentType: string | null; urlId: string },
): string {
  const { contentType, sizeBytes: size } = file;
  const row: Row = { contentType, sha256: file.sha256.toString("base64"), size };
  const id = tx.insert(componentPath, FILES_TABLE, row);
  const location: Location = { fileId: id, storageId: file.urlId, storageKey: file.key };
  tx.insert(componentPath, FILE_LOCATIONS_TABLE, location);
  return id;
}

/** Removes a file's rows. Its bytes go once that is committed. */
export function deleteFile(
  tx: Transaction,
  componentPath: ComponentPath,
  { id, locationId }: StoredFile,
): void {
  tx.delete(componentPath, id);
  tx.delete(componentPath, locationId);
}

/** The file that a URL names, or null. */
export function findFileByUrlId(
  tx: Transaction,
  componentPath: ComponentPath,
  urlId: string,
): StoredFile | null {
  return findFile(tx, componentPath, [FILE_LOCATIONS_BY_URL_ID, urlId.toLowerCase()]);
}

/**
 * The file that a function names, by its id or by what old code has: the UUID of its URL. Null when there is
 * none (any more).
 *
 * @param method - What the function called, for the refusal.
 * @throws UserError - No id of a file at all.
 */
export function findFileOfFunction(
  {
    tx,
    catalog,
    componentPath,
  }: { tx: Transaction; catalog: Catalog; componentPath: ComponentPath },
  storageId: unknown,
  method: string,
): StoredFile | null {
  if (typeof storageId !== "string") {
    throw argumentError("storageId", method, "expected a string");
  }
  const tableNumber = tableNumberOf(storageId);
  if (tableNumber !== null) {
    if (catalog.tableByNumber(componentPath, tableNumber)?.name !== FILES_TABLE) {
      throw new UserError(
        "Invalid storage ID. Storage ID cannot be an ID on any table other than '_storage'.",
        "InvalidArgument",
      );
    }
    return findFile(tx, componentPath, [FILE_LOCATIONS_BY_FILE, storageId]);
  }
  if (isUrlId(storageId)) return findFileByUrlId(tx, componentPath, storageId);
  throw argumentError(
    "storageId",
    method,
    `Invalid storage ID: ${JSON.stringify(storageId)}. Storage ID should be an Id of '_storage' table, or a UUID string.`,
  );
}

/** Whether a row names these bytes. */
export function isKeyNamed(tx: Transaction, componentPath: ComponentPath, key: FileKey): boolean {
  return findLocation(tx, componentPath, [FILE_LOCATIONS_BY_KEY, key]) !== null;
}

function findFile(
  tx: Transaction,
  componentPath: ComponentPath,
  where: [index: string, value: string],
): StoredFile | null {
  const location = findLocation(tx, componentPath, where);
  const row = location && tx.get(componentPath, location.fileId);
  if (location === null || row === null) return null;
  const { contentType, sha256, size } = row as unknown as Row;
  return {
    id: location.fileId,
    urlId: location.storageId,
    key: location.storageKey,
    sizeBytes: size,
    sha256,
    contentType,
    locationId: location._id,
  };
}

function findLocation(
  tx: Transaction,
  componentPath: ComponentPath,
  [index, value]: [index: string, value: string],
): (JsonDocument & Location) | null {
  const source = { table: FILE_LOCATIONS_TABLE, index, prefix: [value] };
  const [row] = tx.list(componentPath, source, { limit: 1 });
  return (row as (JsonDocument & Location) | undefined) ?? null;
}
