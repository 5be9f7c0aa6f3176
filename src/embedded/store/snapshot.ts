/** An unchanging view of the data file, through a connection of its own, while the store goes on writing. */
import { join } from "node:path";
import { DATA_FILE } from "./dataFile";
import { openDatabase } from "./driver";

export interface Snapshot {
  /** The rows of an index in key order, from `lower` on. */
  scan(indexId: number, lower: Uint8Array, limit: number): { key: Uint8Array; text: string }[];
  /** Until then the write-ahead log cannot be emptied. */
  close(): void;
}

/** The data of `folder` as it is committed now. */
export function openSnapshot(folder: string): Snapshot {
  const database = openDatabase(join(folder, DATA_FILE), { readOnly: true });
  // A transaction sees what was committed when it first read.
  database.exec("BEGIN");
  database.prepare("SELECT ts FROM clock").get();
  const from = database.prepare(
    `SELECT entries.key, revisions.text
     FROM entries CROSS JOIN revisions ON revisions.seq = entries.seq
     WHERE entries.index_id = ? AND entries.key >= ? ORDER BY entries.key LIMIT ?`,
  );
  return {
    scan(indexId, lower, limit) {
      const rows = from.all(indexId, lower, limit) as [Uint8Array, string][];
      return rows.map(([key, text]) => ({ key, text }));
    },
    close() {
      database.exec("ROLLBACK");
      database.close();
    },
  };
}
