/**
 * The store's file: how it is laid out, made, and checked before anything writes to it.
 *
 *   revisions   every version of every document, in commit order; a deletion is a row without text
 *   entries     every index of every table, in key order; each entry points at one revision, but for
 *               bare keys (of text and vector indexes), whose `seq` is 0
 *   recent_keys the newest changes of bare keys, which are not in `entries` yet; a row for each commit
 *   clock       the newest commit timestamp
 *   settings    named texts
 *
 * Rows of `revisions` are only ever appended. `prev` is the document's revision before this one: a sweep
 * over the log in order (`sweep.ts`) removes what became unreachable before some time, which is the `prev`
 * of each revision that is old enough and, where the text is null, the revision itself.
 */
import { chmodSync, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { openDatabase, single, type Database } from "./driver";
import { damaged, toStoreError } from "./failures";
import { checkContent } from "./integrity";
import { StoreError } from "./store";
import { syncFolder } from "./syncFolder";

export const DATA_FILE = "data.sqlite";

/** Larger than SQLite's 4,096: an index page then holds a few hundred entries. */
export const PAGE_BYTES = 8192;

/** Marks the file as ours ("cvxe"), so that some other program's database is not taken for one. */
const APPLICATION_ID = 0x63767865;
const FORMAT_VERSION = 3;

const TABLES = {
  revisions: `CREATE TABLE revisions (
    seq INTEGER PRIMARY KEY,
    ts INTEGER NOT NULL,
    table_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    prev INTEGER,
    text TEXT
  ) STRICT`,
  entries: `CREATE TABLE entries (
    index_id INTEGER NOT NULL,
    key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (index_id, key)
  ) STRICT, WITHOUT ROWID`,
  recent_keys: `CREATE TABLE recent_keys (seq INTEGER PRIMARY KEY, keys BLOB NOT NULL) STRICT`,
  clock: `CREATE TABLE clock (only INTEGER PRIMARY KEY CHECK (only = 1), ts INTEGER NOT NULL) STRICT`,
  // With row ids: some values have megabytes, and whoever looked for another one would read these to compare them.
  settings: `CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,
} as const;

/** What files of formats before have in place of these tables, by their format; null: they have none. */
const BEFORE: Readonly<Record<number, Partial<Record<keyof typeof TABLES, string | null>>>> = {
  1: { recent_keys: null, settings: `${TABLES.settings}, WITHOUT ROWID` },
  2: { settings: `${TABLES.settings}, WITHOUT ROWID` },
};

const COPY_WAIT_MS = 10_000;

/** Makes the file under another name first: whatever bears the final name is complete. */
export function createDataFile(file: string): void {
  if (existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0) {
    throw damaged(file, `it is missing while its log ${file}-wal is there`);
  }
  const draft = `${file}.new`;
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(draft + suffix, { force: true });

  const database = openDatabase(draft);
  try {
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA synchronous = FULL; BEGIN;`);
    for (const sql of Object.values(TABLES)) database.exec(sql);
    database.exec(`INSERT INTO clock (only, ts) VALUES (1, 0);
      PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${FORMAT_VERSION}; COMMIT;
      PRAGMA journal_mode = WAL;`);
  } finally {
    database.close();
  }
  // Deployments keep secrets in their data. SQLite gives its log files the same mode.
  chmodSync(draft, 0o600);
  renameSync(draft, file);
  syncFolder(dirname(file));
}

/**
 * Looks at the file through a read-only connection, which leaves it and its log untouched.
 *
 * @param options.thorough - All of it, however long that takes.
 * @throws StoreError damaged, newer_version
 */
export function checkDataFile(file: string, options: { thorough?: boolean } = {}): void {
  const { size: sizeBytes } = statSync(file);
  if (sizeBytes === 0) throw damaged(file, "it is empty");
  const database = openDatabase(file, { readOnly: true });
  try {
    checkHeader(database, file);
    checkTables(database, file);
    checkContent(database, { file, sizeBytes, ...options });
  } finally {
    database.close();
  }
}

/** Checks all of a data folder's database. @throws StoreError */
export function checkFolder(folder: string): void {
  const file = join(folder, DATA_FILE);
  try {
    checkDataFile(file, { thorough: true });
  } catch (error) {
    throw toStoreError(error, file);
  }
}

/**
 * Copies the file as it is at one moment, while others may go on writing to it, into `copy`, which must
 * not exist. The copy has no free pages, and no log beside it.
 */
export function copyDataFile(file: string, copy: string): void {
  const database = openDatabase(file, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${COPY_WAIT_MS}`);
    database.prepare("VACUUM INTO ?").run(copy);
  } finally {
    database.close();
  }
  chmodSync(copy, 0o600);
}

function checkHeader(database: Database, file: string): void {
  if (single(database, "PRAGMA application_id") !== APPLICATION_ID) {
    throw damaged(file, "it is not a data file of this runtime");
  }
  const version = Number(single(database, "PRAGMA user_version"));
  if (version > FORMAT_VERSION) {
    throw new StoreError(
      "newer_version",
      `${file} was written by a newer version (format ${version}; this version knows ${FORMAT_VERSION}). Start the newer version again, or choose another data folder.`,
    );
  }
  if (version !== FORMAT_VERSION && BEFORE[version] === undefined) {
    throw damaged(file, `its format ${version} was never in use`);
  }
}

/** Brings a file of a format before up to this one. */
export function upgradeDataFile(database: Database): void {
  const before = BEFORE[Number(single(database, "PRAGMA user_version"))];
  if (before === undefined) return;
  database.exec(`BEGIN IMMEDIATE;
    ${before.recent_keys === null ? TABLES.recent_keys : ""};
    ALTER TABLE settings RENAME TO settings_before;
    ${TABLES.settings};
    INSERT INTO settings (name, value) SELECT name, value FROM settings_before;
    DROP TABLE settings_before;
    PRAGMA user_version = ${FORMAT_VERSION};
    COMMIT;`);
}

function checkTables(database: Database, file: string): void {
  const definitions = database
    .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    .all() as [string, string][];
  const found = new Map(definitions);
  const before = BEFORE[Number(single(database, "PRAGMA user_version"))];
  for (const [name, sql] of Object.entries({ ...TABLES, ...before })) {
    if (sql !== null && found.get(name) !== sql)
      throw damaged(file, `its table "${name}" is missing or changed`);
  }
}
