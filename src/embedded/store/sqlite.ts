/** The store on SQLite: prepared statements over the tables of `dataFile.ts`, one write transaction at a time. */
import { existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { checkDataFile, createDataFile, DATA_FILE, PAGE_BYTES, upgradeDataFile } from "./dataFile";
import { openDatabase, single, type Database, type Statement } from "./driver";
import { damaged, toStoreError } from "./failures";
import { lockFolder } from "./lock";
import {
  NO_REVISION,
  type DocumentChange,
  type IndexRow,
  type KeyRange,
  type Revision,
  type Seq,
  type Store,
} from "./store";
import { mergedKeys, RecentKeys } from "./recentKeys";
import { Sweep, type SweepOptions } from "./sweep";

export type StoreOptions = {
  /** The largest that the data file may become; past it, writing fails with `disk_full`. */
  maxSizeBytes?: number;
  /** How many changes of bare keys wait to be moved together; see `recentKeys.ts`. */
  recentKeysMax?: number;
};

/** Reads go through the page cache of the operating system up to here, without copying. */
const MMAP_BYTES = 2 ** 30;
const CACHE_KIB = 64 * 1024;
/** 32 MiB: fewer and larger checkpoints write a page that changed often only once. */
const CHECKPOINT_PAGES = 4096;
const WAL_BYTES_KEPT = 64 * 1024 * 1024;
/** How long to wait for another program that looks at the file and briefly locks it. */
const BUSY_TIMEOUT_MS = 1000;

/**
 * Opens the store in `folder`, made if it is missing, and owns the folder until `close` or the end of
 * the process.
 *
 * @throws StoreError folder_in_use, damaged, newer_version, disk_full, io
 */
export function openStore(folder: string, options: StoreOptions = {}): Store {
  const path = resolve(folder);
  const file = join(path, DATA_FILE);
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw toStoreError(error, path);
  }
  const lock = lockFolder(path);
  try {
    if (!existsSync(file)) createDataFile(file);
    checkDataFile(file);
    const { recentKeysMax } = options;
    return new SqliteStore(path, { database: openForWriting(file, options), lock, recentKeysMax });
  } catch (error) {
    lock.release();
    throw toStoreError(error, file);
  }
}

function openForWriting(file: string, { maxSizeBytes }: StoreOptions): Database {
  const database = openDatabase(file);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA mmap_size = ${MMAP_BYTES};
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};
      PRAGMA trusted_schema = OFF;`);
    if (maxSizeBytes !== undefined) {
      database.exec(
        `PRAGMA max_page_count = ${Math.max(1, Math.floor(maxSizeBytes / PAGE_BYTES))}`,
      );
    }
    // A file that may only be read is told now, not by the first write.
    database.exec("BEGIN IMMEDIATE; UPDATE clock SET ts = ts; ROLLBACK;");
    upgradeDataFile(database);
    return database;
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    database.close();
    throw error;
  }
}

class SqliteStore implements Store {
  readonly folder: string;
  readonly #file: string;
  readonly #database: Database;
  readonly #lock: { release(): void };
  readonly #sql: ReturnType<typeof prepareAll>;
  readonly #sweep: Sweep;
  readonly #recent: RecentKeys;
  #isOpen = true;
  #lastTsMicros: number;
  /** The newest timestamp written in the open transaction. */
  #writtenTsMicros = 0;

  constructor(
    folder: string,
    {
      database,
      lock,
      recentKeysMax,
    }: { database: Database; lock: { release(): void }; recentKeysMax: number | undefined },
  ) {
    this.folder = folder;
    this.#file = join(folder, DATA_FILE);
    this.#database = database;
    this.#lock = lock;
    this.#sql = prepareAll(database);
    this.#sweep = new Sweep(database);
    this.#recent = new RecentKeys(database, recentKeysMax);
    this.#lastTsMicros = Number(single(database, "SELECT ts FROM clock"));
  }

  scan(
    indexId: number,
    { lower, upper }: KeyRange,
    { order, limit }: { order: "asc" | "desc"; limit: number },
  ): IndexRow[] {
    const limitMax = Math.min(limit, Number.MAX_SAFE_INTEGER);
    const { between, from } = this.#sql.scan[order];
    // `all` ends the statement before it returns: an open one would keep the log from being emptied.
    const rows = this.#read(() =>
      upper === null
        ? from.all(indexId, lower, limitMax)
        : between.all(indexId, lower, upper, limitMax),
    ) as [string, number, string | null][];
    return rows.map(([key, seq, text]) => new StoredRow(key, seq, this.#present(text, seq)));
  }

  lookup(indexId: number, key: Uint8Array): Revision | null {
    const row = this.#read(() => this.#sql.lookup.get(indexId, key)) as
      [number, string | null] | undefined;
    return row === undefined ? null : { seq: row[0], text: this.#present(row[1], row[0]) };
  }

  keys(indexId: number, range: KeyRange, limit: number): Uint8Array[] {
    const keys: Uint8Array[] = [];
    const stored = this.#storedKeys(indexId, range, limit);
    for (const key of mergedKeys(stored, this.#recent.within(indexId, range))) {
      if (keys.length >= limit) break;
      keys.push(key);
    }
    return keys;
  }

  /** Those in `entries`, some at a time. */
  *#storedKeys(
    indexId: number,
    { lower, upper }: KeyRange,
    countAtOnce: number,
  ): Generator<Uint8Array> {
    const { keysBetween, keysFrom } = this.#sql;
    for (let from: Uint8Array = lower; ;) {
      const rows = this.#read(() =>
        upper === null
          ? keysFrom.all(indexId, from, countAtOnce)
          : keysBetween.all(indexId, from, upper, countAtOnce),
      ) as [Uint8Array][];
      for (const [key] of rows) yield key;
      const [last] = rows.at(-1) ?? [];
      if (last === undefined || rows.length < countAtOnce) return;
      from = Buffer.concat([last, Uint8Array.of(0)]); // the smallest key after it
    }
  }

  /** Walks the index without its documents: about 1.3 ms per 100,000 entries. */
  count(indexId: number): number {
    const row = this.#read(() => this.#sql.count.get(indexId)) as [number];
    return row[0];
  }

  reading<T>(run: () => T): T {
    if (this.#database.isTransaction) return run();
    this.#read(() => this.#sql.beginReading.run());
    try {
      return run();
    } finally {
      this.rollback();
    }
  }

  begin(): void {
    if (this.#database.isTransaction) throw new Error("A write transaction is already open.");
    this.#write(() => this.#sql.begin.run());
    this.#writtenTsMicros = 0;
  }

  write(change: DocumentChange, tsMicros: number): Seq {
    this.#requireTransaction();
    this.#requireLater(tsMicros);
    if (change.text !== null) requireText(change.text);
    const { tableId, internalId, text, puts, removes, bareKeys } = change;
    const byId = entryOfId(puts, internalId) ?? entryOfId(removes, internalId);
    const seq = this.#write(() => {
      const { lastInsertRowid } = this.#sql.append.run(
        tsMicros,
        tableId,
        internalId,
        byId?.indexId ?? null,
        internalId,
        text,
      );
      const appended = Number(lastInsertRowid);
      for (const { indexId, key } of removes) this.#sql.removeEntry.run(indexId, key);
      for (const { indexId, key } of puts) this.#sql.putEntry.run(indexId, key, appended);
      return appended;
    });
    for (const key of bareKeys?.removes ?? []) this.#recent.note("remove", key);
    for (const key of bareKeys?.puts ?? []) this.#recent.note("put", key);
    if (tsMicros > this.#writtenTsMicros) this.#writtenTsMicros = tsMicros;
    return seq;
  }

  dropIndex(indexId: number): void {
    this.#requireTransaction();
    // Nothing of it may come to `entries` later.
    this.#write(() => {
      this.#recent.move();
      this.#sweep.dropIndex(indexId);
    });
  }

  putBareKey(indexId: number, key: Uint8Array): void {
    this.putEntry(indexId, key, NO_REVISION);
  }

  putEntry(indexId: number, key: Uint8Array, seq: Seq): void {
    this.#requireTransaction();
    this.#write(() => this.#sql.putEntry.run(indexId, key, seq));
  }

  commit(tsMicros: number): void {
    this.#requireTransaction();
    try {
      this.#requireLater(tsMicros);
      if (tsMicros < this.#writtenTsMicros) {
        throw new Error(
          `Commit at ${tsMicros} is before its own write at ${this.#writtenTsMicros}.`,
        );
      }
    } catch (error) {
      this.rollback();
      throw error;
    }
    this.#write(() => {
      this.#recent.save();
      this.#sql.setClock.run(tsMicros);
      this.#sql.commit.run();
    });
    this.#recent.committed();
    this.#lastTsMicros = tsMicros;
  }

  /** Does nothing when no transaction is open: a failed write has already undone its own. */
  rollback(): void {
    this.#recent.rolledBack();
    if (!this.#database.isTransaction) return;
    try {
      this.#sql.rollback.run();
    } catch (error) {
      throw toStoreError(error, this.#file);
    }
  }

  sweep(options: SweepOptions): boolean {
    if (this.#database.isTransaction) throw new Error("A write transaction is open.");
    return this.#write(() => this.#sweep.run(options));
  }

  lastTsMicros(): number {
    return this.#lastTsMicros;
  }

  getSetting(name: string): string | null {
    const row = this.#read(() => this.#sql.getSetting.get(name)) as [string] | undefined;
    return row === undefined ? null : row[0];
  }

  setSetting(name: string, value: string | null): void {
    this.#requireTransaction();
    if (value !== null) requireText(value);
    this.#write(() =>
      value === null ? this.#sql.removeSetting.run(name) : this.#sql.setSetting.run(name, value),
    );
  }

  /** Closing twice is no error. An open transaction is rolled back. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.rollback();
      this.#emptyLog();
      this.#database.close();
    } finally {
      this.#lock.release();
    }
  }

  /** Moves the write-ahead log into the file, for a quick next start and for whoever copies the file. */
  #emptyLog(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // Everything committed is safe in the log; the next start goes on from there.
    }
  }

  /** An entry whose document is not there means a damaged file, and must not pass for an absent row. */
  #present(text: string | null, seq: Seq): string {
    if (text !== null) return text;
    throw damaged(this.#file, `an index has an entry for revision ${seq}, which is missing`);
  }

  #read<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw toStoreError(error, this.#file);
    }
  }

  /** What fails here leaves no transaction open, and nothing of it stored. */
  #write<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      this.rollback();
      throw toStoreError(error, this.#file);
    }
  }

  #requireTransaction(): void {
    if (!this.#database.isTransaction) throw new Error("No write transaction is open.");
  }

  #requireLater(tsMicros: number): void {
    if (Number.isSafeInteger(tsMicros) && tsMicros > this.#lastTsMicros) return;
    throw new Error(`${tsMicros} is not later than the last commit at ${this.#lastTsMicros}.`);
  }
}

class StoredRow implements IndexRow {
  readonly seq: Seq;
  readonly text: string;
  readonly #hexKey: string;
  #key: Uint8Array | null = null;

  constructor(hexKey: string, seq: Seq, text: string) {
    this.#hexKey = hexKey;
    this.seq = seq;
    this.text = text;
  }

  get key(): Uint8Array {
    // A copy: one that is kept would keep the 8 KiB of Node's pool that it is cut from.
    return (this.#key ??= new Uint8Array(Buffer.from(this.#hexKey, "hex")));
  }
}

/**
 * The entry whose key is the document's id alone, which is the one in `by_id`: in every other index
 * values stand before the id.
 */
function entryOfId(
  entries: DocumentChange["puts"],
  internalId: Uint8Array,
): { indexId: number } | undefined {
  return entries.find((entry) => entry.key.length === internalId.length);
}

/** SQLite's text ends at a NUL; JSON writes it as an escape. */
function requireText(text: string): void {
  if (text.includes("\0")) throw new Error("A text to be stored contains a NUL character.");
}

function prepareAll(database: Database) {
  const scan = (conditions: string, order: "ASC" | "DESC"): Statement =>
    database.prepare(
      // LEFT JOIN makes SQLite walk the entries and fetch each document, never the other way round.
      // `+ 0` hides the limit from SQLite's planner, which would plan anew for each value: 4 µs a scan.
      // The key as text, for a BLOB would get an ArrayBuffer of its own: more than all else of a row.
      `SELECT hex(entries.key), entries.seq, revisions.text
       FROM entries LEFT JOIN revisions ON revisions.seq = entries.seq
       WHERE entries.index_id = ? AND entries.key >= ? ${conditions}
       ORDER BY entries.key ${order} LIMIT ? + 0`,
    );
  const both = (order: "ASC" | "DESC") => ({
    between: scan("AND entries.key < ?", order),
    from: scan("", order),
  });
  return {
    scan: { asc: both("ASC"), desc: both("DESC") },
    lookup: database.prepare(
      `SELECT revisions.seq, revisions.text
       FROM entries LEFT JOIN revisions ON revisions.seq = entries.seq
       WHERE entries.index_id = ? AND entries.key = ?`,
    ),
    keysBetween: database.prepare(
      "SELECT key FROM entries WHERE index_id = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?",
    ),
    keysFrom: database.prepare(
      "SELECT key FROM entries WHERE index_id = ? AND key >= ? ORDER BY key LIMIT ?",
    ),
    count: database.prepare("SELECT count(*) FROM entries WHERE index_id = ?"),
    beginReading: database.prepare("BEGIN"),
    begin: database.prepare("BEGIN IMMEDIATE"),
    commit: database.prepare("COMMIT"),
    rollback: database.prepare("ROLLBACK"),
    append: database.prepare(
      `INSERT INTO revisions (ts, table_id, id, prev, text)
       VALUES (?, ?, ?, (SELECT seq FROM entries WHERE index_id = ? AND key = ?), ?)`,
    ),
    putEntry: database.prepare(
      `INSERT INTO entries (index_id, key, seq) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET seq = excluded.seq`,
    ),
    removeEntry: database.prepare("DELETE FROM entries WHERE index_id = ? AND key = ?"),
    setClock: database.prepare("UPDATE clock SET ts = ?"),
    getSetting: database.prepare("SELECT value FROM settings WHERE name = ?"),
    setSetting: database.prepare(
      `INSERT INTO settings (name, value) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
    ),
    removeSetting: database.prepare("DELETE FROM settings WHERE name = ?"),
  };
}
