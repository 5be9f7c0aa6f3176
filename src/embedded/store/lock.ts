/**
 * One owner per data folder.
 *
 * The owner holds an exclusive transaction on a tiny SQLite file for as long as it lives. That is an
 * operating-system lock: it ends with the process, however the process ends, so there is no stale
 * lock to clear; and SQLite refuses a second connection of the same process as well. Do not open or
 * copy the lock file with `node:fs` inside the owner: on POSIX, closing any handle of a file drops
 * the process's locks on it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "./driver";
import { isBusy, toStoreError } from "./failures";
import { StoreError } from "./store";

const LOCK_FILE = "lock";
/** The owner's process id: only for the message that the next one gets. */
const OWNER_FILE = "lock.pid";

/** @throws StoreError folder_in_use - Another store, in this process or another, owns `folder`. */
export function lockFolder(folder: string): { release(): void } {
  const file = join(folder, LOCK_FILE);
  const database = openDatabaseAt(file);
  try {
    // On a file that it may only read, SQLite takes no exclusive lock and says nothing. So change
    // something, which is never written: the transaction does not end before the process does.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE; PRAGMA user_version = 1;");
    writeFileSync(join(folder, OWNER_FILE), `${process.pid}\n`);
  } catch (error) {
    database.close();
    throw isBusy(error) ? inUse(folder) : toStoreError(error, file);
  }
  return { release: () => database.close() };
}

function openDatabaseAt(file: string) {
  try {
    return openDatabase(file);
  } catch (error) {
    throw toStoreError(error, file);
  }
}

function inUse(folder: string): StoreError {
  const pid = ownerPid(folder);
  if (pid === process.pid) {
    return new StoreError(
      "folder_in_use",
      `The data folder ${folder} is already open in this process. Close its store first, or choose another data folder.`,
    );
  }
  const owner = pid === null ? "another process" : `another process (pid ${pid})`;
  return new StoreError(
    "folder_in_use",
    `The data folder ${folder} is in use by ${owner}. Stop that process, or choose another data folder.`,
  );
}

function ownerPid(folder: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(join(folder, OWNER_FILE), "utf8"), 10);
    return Number.isSafeInteger(pid) ? pid : null;
  } catch {
    return null; // the owner has not come to writing it yet
  }
}
