/**
 * Which SQLite the store runs on: Node's own where it is complete enough, else the package with the
 * same API, which comes with its binaries. Nothing else in the project loads SQLite.
 */
import { createRequire } from "node:module";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";

export type SqlValue = null | number | string | Uint8Array;

export interface Statement {
  run(...parameters: SqlValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  get(...parameters: SqlValue[]): unknown;
  all(...parameters: SqlValue[]): unknown[];
}

export interface Database {
  readonly isTransaction: boolean;
  exec(sql: string): void;
  /** A statement whose rows are arrays. */
  prepare(sql: string): Statement;
  /**
   * The package cannot end statements: a database that has prepared some really closes, and leaves an
   * open transaction, only when they are garbage-collected. So end transactions before closing.
   */
  close(): void;
}

type Constructor = new (path: string, options?: { readOnly?: boolean }) => DatabaseSyncInstance;

const DatabaseSync = builtIn() ?? packaged();

export function openDatabase(path: string, options: { readOnly?: boolean } = {}): Database {
  const database = new DatabaseSync(path, options);
  return {
    get isTransaction() {
      return database.isTransaction;
    },
    exec: (sql) => database.exec(sql),
    prepare(sql) {
      const statement = database.prepare(sql);
      statement.setReturnArrays(true);
      return statement;
    },
    close: () => database.close(),
  };
}

/** The first column of the first row, for pragmas and other single answers. */
export function single(database: Database, sql: string): unknown {
  const row = database.prepare(sql).get() as [unknown] | undefined;
  return row?.[0];
}

function builtIn(): Constructor | null {
  // Asked for by name at run time: an import would fail where Node has no such module.
  const module = process.getBuiltinModule?.("node:sqlite" as "node:fs") as unknown as
    { DatabaseSync: Constructor } | undefined;
  return module !== undefined && isComplete(module.DatabaseSync) ? module.DatabaseSync : null;
}

/** Early releases cannot return rows as arrays, or bind an empty key as NULL. */
function isComplete(candidate: Constructor): boolean {
  const database = new candidate(":memory:");
  try {
    const statement = database.prepare("SELECT typeof(?)");
    if (typeof statement.setReturnArrays !== "function") return false;
    statement.setReturnArrays(true);
    return (statement.get(new Uint8Array(0)) as [string])[0] === "blob";
  } finally {
    database.close();
  }
}

function packaged(): Constructor {
  const require = createRequire(import.meta.url);
  const module = require("@photostructure/sqlite") as { DatabaseSync: Constructor };
  return module.DatabaseSync;
}
