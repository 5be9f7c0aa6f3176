/** SQLite's errors as refusals that name the file and what to do. */
import { StoreError } from "./store";

/** Primary result codes of SQLite that are about the machine and not about our SQL. */
const SQLITE = {
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
} as const;

/** The disk has no room left, or its owner may use no more of it. */
const DISK_FULL: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT"]);

/** SQLite's primary result code of an error that it threw. */
function resultCode(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return typeof error.errcode === "number" ? error.errcode & 0xff : null;
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === SQLITE.BUSY;
}

/**
 * What to throw for an error that came up while working on `file`: a `StoreError` for trouble with
 * the file or the disk. Anything else is a bug and stays as it is.
 */
export function toStoreError(error: unknown, file: string): unknown {
  if (error instanceof StoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  switch (resultCode(error)) {
    case SQLITE.FULL:
      return diskFull(file, reason, error);
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return damaged(file, reason, error);
    case SQLITE.PERM:
    case SQLITE.BUSY:
    case SQLITE.LOCKED:
    case SQLITE.NOMEM:
    case SQLITE.READONLY:
    case SQLITE.IOERR:
    case SQLITE.CANTOPEN:
      return inputOutput(file, reason, error);
    case null:
    default:
      if (!isSystemError(error)) return error;
      return DISK_FULL.has(error.code)
        ? diskFull(file, reason, error)
        : inputOutput(file, reason, error);
  }
}

export function damaged(file: string, reason: string, cause?: unknown): StoreError {
  return new StoreError(
    "damaged",
    `${file} cannot be used: ${reason}. It was left as it is. Restore it from a backup, or move it away to start empty.`,
    { cause },
  );
}

function diskFull(file: string, reason: string, cause: unknown): StoreError {
  return new StoreError(
    "disk_full",
    `No room left to write ${file} (${reason}). Nothing of this change was stored. Free disk space, or raise the store's size limit, and try again.`,
    { cause },
  );
}

function inputOutput(file: string, reason: string, cause: unknown): StoreError {
  return new StoreError(
    "io",
    `${file} could not be read or written: ${reason}. Check the disk, the file's permissions and whether another program has it open.`,
    { cause },
  );
}

/** An error of `node:fs`: it has the name of the failed system call. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}
