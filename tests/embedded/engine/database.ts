/** A database of the test's own: a real store, tables with indexes, and transactions as functions use them. */
import type { AnyIndexSpec } from "../../../src/embedded/engine/catalog";
import {
  createTransaction,
  type TransactionOptions,
} from "../../../src/embedded/engine/transaction";
import type {
  Catalog,
  IndexInfo,
  TableInfo,
  Transaction,
  WriteFootprint,
} from "../../../src/embedded/engine/types";
import type { Store } from "../../../src/embedded/store/store";
import type { Json, JsonDocument, JsonObject } from "../../../src/embedded/values/json";
import type { Validator } from "../../../src/embedded/values/validator";
import { newStore } from "../store/folders";

export type TableSpec = {
  indexes?: Record<string, string[]>;
  searchIndexes?: Exclude<AnyIndexSpec, { kind: "database" }>[];
  documentType?: Validator;
  /** Names of indexes that are still being filled. */
  backfilling?: string[];
  componentPath?: string;
};

/** Table and index ids are not used twice, so that several databases can share a store. */
let lastId = 0;

class FixedCatalog implements Catalog {
  private readonly byPath = new Map<string, TableInfo[]>();

  constructor(tables: Record<string, TableSpec>) {
    for (const [name, spec] of Object.entries(tables)) this.make(name, spec);
  }

  private make(name: string, spec: TableSpec): TableInfo {
    const { componentPath = "", backfilling = [] } = spec;
    const tables = this.byPath.get(componentPath) ?? [];
    const index = (indexName: string, fields: string[]): IndexInfo => ({
      kind: "database",
      indexId: ++lastId,
      name: indexName,
      fields,
      state: backfilling.includes(indexName) ? "backfilling" : "enabled",
    });
    const isSystem = name.startsWith("_");
    const table: TableInfo = {
      tableId: ++lastId,
      tableNumber: (isSystem ? 1 : 10001) + tables.length,
      name,
      componentPath,
      isSystem,
      indexes: [
        index("by_id", ["_id"]),
        index("by_creation_time", ["_creationTime"]),
        ...Object.entries(spec.indexes ?? {}).map(([indexName, fields]) =>
          index(indexName, [...fields, "_creationTime"]),
        ),
      ],
      searchIndexes: (spec.searchIndexes ?? []).map((index) => ({
        ...index,
        indexId: ++lastId,
        state: backfilling.includes(index.name) ? "backfilling" : "enabled",
      })),
      documentType: spec.documentType ?? null,
    };
    this.byPath.set(componentPath, [...tables, table]);
    return table;
  }

  table(componentPath: string, name: string) {
    return this.tables(componentPath).find((table) => table.name === name);
  }
  tableByNumber(componentPath: string, tableNumber: number) {
    return this.tables(componentPath).find((table) => table.tableNumber === tableNumber);
  }
  tables(componentPath: string) {
    return this.byPath.get(componentPath) ?? [];
  }
  componentPaths() {
    return [...this.byPath.keys()];
  }
  ensureTable(componentPath: string, name: string) {
    return this.table(componentPath, name) ?? this.make(name, { componentPath });
  }
}

export function newDatabase(tables: Record<string, TableSpec>, store: Store = newStore()) {
  const catalog = new FixedCatalog(tables);
  const options = { store, catalog, nowMs: 1_700_000_000_000 };
  return {
    store,
    catalog,
    table: (name: string, componentPath = ""): TableInfo => {
      const table = catalog.table(componentPath, name);
      if (table === undefined) throw new Error(`no table ${name}`);
      return table;
    },
    query: (more: Partial<TransactionOptions> = {}): Db =>
      new Db(createTransaction({ ...options, kind: "query", ...more })),
    /** A mutation that is looked at and dropped. */
    mutation: (more: Partial<TransactionOptions> = {}): Db =>
      new Db(createTransaction({ ...options, kind: "mutation", ...more })),
    /** Runs a mutation and commits it. */
    commit: <T>(run: (db: Db) => T): { result: T; footprint: WriteFootprint } => {
      const db = new Db(createTransaction({ ...options, kind: "mutation" }));
      store.begin();
      try {
        const result = run(db);
        const tsMicros = store.lastTsMicros() + 1;
        const footprint = db.tx.apply(tsMicros);
        store.commit(tsMicros);
        return { result, footprint };
      } catch (error) {
        store.rollback();
        throw error;
      }
    },
  };
}

/** A query as the `convex` package sends it. */
export type QueryJson = { source: JsonObject; operators: Json[] };

export type PageJson = {
  page: JsonDocument[];
  isDone: boolean;
  continueCursor: string;
  splitCursor: string | null;
  pageStatus: string | null;
};

export function fullTableScan(tableName: string, order: "asc" | "desc" | null = null): QueryJson {
  return { source: { type: "FullTableScan", tableName, order }, operators: [] };
}

type RangeJson = { type: string; fieldPath: string; value: Json };

export function indexRange(
  indexName: string,
  range: RangeJson[] = [],
  order: "asc" | "desc" | null = null,
): QueryJson {
  return { source: { type: "IndexRange", indexName, range, order }, operators: [] };
}

/** The calls of `ctx.db`, with encoded values. */
export class Db {
  constructor(
    readonly tx: Transaction,
    private readonly componentPath = "",
  ) {}

  inComponent(componentPath: string): Db {
    return new Db(this.tx, componentPath);
  }

  call(op: string, args: Json | Record<string, Json | undefined>): Json {
    return JSON.parse(this.tx.syscall(this.componentPath, `1.0/${op}`, JSON.stringify(args)));
  }

  get(id: string, more: { table?: string; isSystem?: boolean } = {}): JsonDocument | null {
    return this.call("get", { id, isSystem: false, version: "1.48.0", ...more }) as JsonDocument;
  }
  insert(table: string, value: Json): string {
    return (this.call("insert", { table, value }) as { _id: string })._id;
  }
  patch(id: string, value: Json, table?: string): JsonDocument {
    return this.call("shallowMerge", { id, value, table }) as JsonDocument;
  }
  replace(id: string, value: Json, table?: string): JsonDocument {
    return this.call("replace", { id, value, table }) as JsonDocument;
  }
  delete(id: string, table?: string): void {
    this.call("remove", { id, table });
  }
  count(table: string): number {
    return this.call("count", { table }) as number;
  }
  normalizeId(table: string, idString: string): string | null {
    return (this.call("db/normalizeId", { table, idString }) as { id: string | null }).id;
  }

  stream(query: QueryJson): Stream {
    const { queryId } = this.call("queryStream", { query, version: "1.48.0" }) as {
      queryId: number;
    };
    return new Stream(this, queryId);
  }
  collect(query: QueryJson): JsonDocument[] {
    return this.stream(query).rest();
  }
  take(query: QueryJson, limit: number): JsonDocument[] {
    return this.collect({ ...query, operators: [...query.operators, { limit }] });
  }
  paginate(
    query: QueryJson,
    options: {
      cursor?: string | null;
      endCursor?: string | null;
      numItems: number;
      maximumRowsRead?: number;
      maximumBytesRead?: number;
    },
  ): PageJson {
    const { numItems, cursor = null, endCursor = null, ...more } = options;
    const maximumRowsRead = more.maximumRowsRead ?? null;
    const args = { query, cursor, endCursor, pageSize: numItems, ...more, maximumRowsRead };
    return this.call("queryPage", { ...args, version: "1.48.0" }) as PageJson;
  }
}

/** A query that is being read. */
export class Stream {
  constructor(
    private readonly db: Db,
    private readonly queryId: number,
  ) {}

  next(): JsonDocument | null {
    const { value } = this.db.call("queryStreamNext", { queryId: this.queryId }) as {
      value: JsonDocument | null;
    };
    return value;
  }
  /** All rows that are left. */
  rest(): JsonDocument[] {
    const rows: JsonDocument[] = [];
    for (let row = this.next(); row !== null; row = this.next()) rows.push(row);
    return rows;
  }
  close(): Json {
    return this.db.call("queryCleanup", { queryId: this.queryId });
  }
}

export function ids(docs: readonly JsonDocument[]): string[] {
  return docs.map(({ _id }) => _id);
}
