/** What two durable rows cost beside a call: the least that any product has to write which keeps what was said. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../src/embedded/store/driver";

export type TwoRows = {
  /** Writes a row before the work and one after it, each with its own fsync. */
  around<T>(work: () => Promise<T>): Promise<T>;
  close(): void;
};

export function openTwoRows(): TwoRows {
  const folder = mkdtempSync(join(tmpdir(), "bench-rows-"));
  const database = openDatabase(join(folder, "rows.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  database.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT)");
  const insert = database.prepare("INSERT INTO messages (text) VALUES (?)");
  const text = "x".repeat(200);
  return {
    async around(work) {
      insert.run(text);
      const result = await work();
      insert.run(text);
      return result;
    },
    close() {
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
