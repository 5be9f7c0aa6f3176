/**
 * Deletes what nothing can reach any more: revisions that a later one has replaced, deletions, and the
 * entries of dropped indexes. A little at a time, in transactions of its own.
 *
 * It walks the log in order and remembers how far it came. Where it has been, every document has one
 * revision, the one its entries point at, and deleted documents have none. An entry never points at a
 * revision that was replaced: each write of a document moves all its entries, those of indexes that are
 * being filled included.
 *
 * These transactions are not synced to disk: a crash may undo the last of them, cursor and all, and they
 * are done again. The next commit's sync covers them. So a sweep costs a writer no wait for the disk.
 *
 * Freed pages are used again by what is written next, so the file stops growing where what is written
 * and what is swept are in balance. It is not made smaller: that would move pages about at every commit
 * for room that is soon needed again. A restored backup is as small as its data.
 */
import type { Database } from "./driver";

const CURSOR_SETTING = "sweep.cursor";
const DROPPED_SETTING = "sweep.dropped_indexes";

/** Between looks at the clock: a few tens of microseconds of work, unless documents are very large. */
const STEP_ROWS = 16;
/** Entries that go at once: some milliseconds of work. Indexes that have more are swept. */
const DROP_AT_ONCE = 1000;

export type SweepOptions = {
  /** What was replaced or deleted until then goes. */
  beforeMicros: number;
  /** After so long it stops for this time. */
  durationMs: number;
};

type Row = [seq: number, tsMicros: number, prev: number | null, isDeletion: number];

export class Sweep {
  readonly #database: Database;
  readonly #sql: ReturnType<typeof prepareAll>;

  constructor(database: Database) {
    this.#database = database;
    this.#sql = prepareAll(database);
  }

  /** Goes on from where it stopped, in a transaction of its own. @returns whether there is more to do. */
  run({ beforeMicros, durationMs }: SweepOptions): boolean {
    const untilMs = performance.now() + durationMs;
    this.#database.exec("PRAGMA synchronous = NORMAL");
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      const isLate = () => performance.now() >= untilMs;
      const hasMore = this.#sweepDropped(isLate) || this.#sweepRevisions(beforeMicros, isLate);
      this.#database.exec("COMMIT");
      return hasMore;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    } finally {
      this.#database.exec("PRAGMA synchronous = FULL");
    }
  }

  /** Takes an index's entries away, those of a large one later. Inside a transaction. */
  dropIndex(indexId: number): void {
    const { changes } = this.#sql.deleteEntries.run(indexId, indexId, DROP_AT_ONCE);
    if (Number(changes) === DROP_AT_ONCE) this.#setDropped([...this.#dropped(), indexId]);
  }

  #sweepDropped(isLate: () => boolean): boolean {
    for (let [indexId, ...others] = this.#dropped(); indexId !== undefined;) {
      const { changes } = this.#sql.deleteEntries.run(indexId, indexId, STEP_ROWS);
      if (Number(changes) < STEP_ROWS) {
        this.#setDropped(others);
        [indexId, ...others] = others;
      }
      if (isLate()) return true;
    }
    return false;
  }

  #sweepRevisions(beforeMicros: number, isLate: () => boolean): boolean {
    const start = Number(this.#get(CURSOR_SETTING) ?? 0);
    let cursor = start;
    let hasMore = true;
    while (hasMore && !isLate()) {
      const rows = this.#sql.next.all(cursor, STEP_ROWS) as Row[];
      hasMore = rows.length === STEP_ROWS;
      for (const [seq, tsMicros, prev, isDeletion] of rows) {
        if (tsMicros > beforeMicros) {
          hasMore = false;
          break;
        }
        if (prev !== null) this.#sql.deleteRevision.run(prev);
        if (isDeletion === 1) this.#sql.deleteRevision.run(seq);
        cursor = seq;
      }
    }
    if (cursor !== start) this.#sql.set.run(CURSOR_SETTING, String(cursor));
    return hasMore;
  }

  #dropped(): number[] {
    return JSON.parse(this.#get(DROPPED_SETTING) ?? "[]") as number[];
  }

  #setDropped(indexIds: readonly number[]): void {
    this.#sql.set.run(DROPPED_SETTING, JSON.stringify(indexIds));
  }

  #get(name: string): string | undefined {
    const row = this.#sql.get.get(name) as [string] | undefined;
    return row?.[0];
  }
}

function prepareAll(database: Database) {
  return {
    // Never the newest: SQLite would give its number to the next revision.
    next: database.prepare(
      `SELECT seq, ts, prev, text IS NULL FROM revisions
       WHERE seq > ? AND seq < (SELECT max(seq) FROM revisions) ORDER BY seq LIMIT ?`,
    ),
    deleteRevision: database.prepare("DELETE FROM revisions WHERE seq = ?"),
    deleteEntries: database.prepare(
      `DELETE FROM entries WHERE index_id = ? AND key IN
       (SELECT key FROM entries WHERE index_id = ? ORDER BY key LIMIT ?)`,
    ),
    get: database.prepare("SELECT value FROM settings WHERE name = ?"),
    set: database.prepare(
      `INSERT INTO settings (name, value) VALUES (?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
    ),
  };
}
