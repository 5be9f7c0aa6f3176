/** Queries as functions send them: their source resolved to an index interval, their operators compiled. */
import type { KeyRange } from "../store/store";
import { isObject } from "../values/decode";
import type { Json, JsonDocument } from "../values/json";
import { LIMITS } from "../values/limits";
import { argumentError } from "./errors";
import { compileFilter, type Filter } from "./filter";
import { compileRange, EVERYTHING } from "./ranges";
import type { Order, RowScan } from "./scan";
import { compileTextQuery, type TextQuery } from "./search/textQuery";
import {
  UserError,
  type AnyIndexInfo,
  type Catalog,
  type ComponentPath,
  type IndexInfo,
  type TableInfo,
} from "./types";
import type { Usage } from "./usage";

const BY_CREATION_TIME = "by_creation_time";

/** System tables that functions may read through `db.system`; all others do not exist for them. */
const READABLE_SYSTEM_TABLES: ReadonlySet<string> = new Set(["_storage", "_scheduled_functions"]);

export type Operator = { filter: Filter } | { limit: number };

/** Where a query reads: an interval of an index. */
export type IndexSource = {
  kind: "index";
  table: TableInfo;
  /** The index's position in `table.indexes`. */
  indexPosition: number;
  index: IndexInfo;
  range: KeyRange;
};

/** What a query searches for. Its range is one of relevance, not of the index. */
export type SearchSource = { kind: "search"; table: TableInfo; query: TextQuery; range: KeyRange };

export type CompiledQuery = {
  /** Null for a table that does not exist: it reads as an empty one. */
  source: IndexSource | SearchSource | null;
  tableName: string;
  order: Order;
  operators: readonly Operator[];
};

/** Whether functions may know of the table. */
export function isVisible(table: TableInfo): boolean {
  return !table.isSystem || READABLE_SYSTEM_TABLES.has(table.name);
}

/**
 * The table a query reads, if it exists. `onMissing` hears the name of one that does not, because the
 * answer depends on that.
 */
export type TableLookup = {
  catalog: Catalog;
  componentPath: ComponentPath;
  onMissing(name: string): void;
};

export function lookUpTable(lookup: TableLookup, name: string): TableInfo | null {
  const table = lookup.catalog.table(lookup.componentPath, name);
  if (table === undefined) {
    lookup.onMissing(name);
    return null;
  }
  return isVisible(table) ? table : null;
}

export function compileQuery(lookup: TableLookup, json: Json | undefined): CompiledQuery {
  if (!isObject(json) || !isObject(json["source"])) throw malformed("`source` is missing");
  const { source } = json;
  const operators = compileOperators(json["operators"]);
  const order = toOrder(source["order"]);

  const { type } = source;
  if (type === "FullTableScan") {
    const tableName = source["tableName"];
    if (typeof tableName !== "string") throw malformed("`tableName` is not a string");
    const table = lookUpTable(lookup, tableName);
    const index = table && enabledIndex(table, BY_CREATION_TIME);
    return { source: index, tableName, order, operators };
  }
  if (type === "IndexRange") {
    const [tableName, indexName] = splitIndexName(source["indexName"]);
    const table = lookUpTable(lookup, tableName);
    if (table === null) throw indexNotFound(tableName, indexName);
    const index = enabledIndex(table, indexName);
    index.range = compileRange(table, index.index, source["range"]);
    return { source: index, tableName, order, operators };
  }
  if (type === "Search") {
    const [tableName, indexName] = splitIndexName(source["indexName"]);
    const name = `${tableName}.${indexName}`;
    const table = lookUpTable(lookup, tableName);
    if (table === null) throw indexNotFound(tableName, indexName);
    const index = table.searchIndexes.find((candidate) => candidate.name === indexName);
    if (index?.kind !== "text") {
      const isOther = index ?? table.indexes.find((candidate) => candidate.name === indexName);
      if (isOther === undefined) throw indexNotFound(tableName, indexName);
      throw new UserError(`Index ${name} is not a search index`, "IndexNotASearchIndexError");
    }
    requireEnabled(index, name);
    const query = compileTextQuery(index, name, source["filters"]);
    return {
      source: { kind: "search", table, query, range: EVERYTHING },
      tableName,
      order: "asc",
      operators,
    };
  }
  throw malformed("unknown type of `source`");
}

/** All of an index. */
function enabledIndex(table: TableInfo, name: string): IndexSource {
  const indexPosition = table.indexes.findIndex((index) => index.name === name);
  const index = table.indexes[indexPosition];
  if (index === undefined) {
    if (!table.searchIndexes.some((other) => other.name === name)) {
      throw indexNotFound(table.name, name);
    }
    throw new UserError(
      `Index ${table.name}.${name} is not a database index`,
      "IndexNotADatabaseIndex",
    );
  }
  requireEnabled(index, `${table.name}.${name}`);
  return { kind: "index", table, index, indexPosition, range: EVERYTHING };
}

/** @throws UserError - The index does not serve, or does not serve yet. */
export function requireEnabled({ state }: AnyIndexInfo, name: string): void {
  if (state === "backfilling") {
    throw new UserError(
      `Index ${name} is currently backfilling and not available to query yet.`,
      "IndexBackfillingError",
    );
  }
  if (state === "staged") {
    throw new UserError(
      `Index ${name} is currently staged and not available to query until it is enabled.`,
      "IndexStagedError",
    );
  }
}

export function indexNotFound(tableName: string, indexName: string): UserError {
  return new UserError(`Index ${tableName}.${indexName} not found.`, "IndexNotFoundError");
}

/** "table.index" */
export function splitIndexName(name: Json | undefined): [string, string] {
  if (typeof name !== "string") throw malformed("`indexName` is not a string");
  const dot = name.indexOf(".");
  if (dot === -1) throw malformed("`indexName` is not of the form table.index");
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function toOrder(order: Json | undefined): Order {
  if (order === undefined || order === null || order === "asc") return "asc";
  if (order === "desc") return "desc";
  throw malformed('expected "asc" or "desc"');
}

function compileOperators(json: Json | undefined): Operator[] {
  if (!Array.isArray(json)) throw malformed("`operators` is not an array");
  if (json.length > LIMITS.queryOperators)
    throw malformed(`Query has too many operators: ${json.length}`);
  return json.map((operator) => {
    if (isObject(operator)) {
      const { filter, limit } = operator;
      if (filter !== undefined) return { filter: compileFilter(filter) };
      if (typeof limit === "number" && Number.isInteger(limit) && limit >= 0) return { limit };
    }
    throw malformed(`${JSON.stringify(operator)} is not a query operator`);
  });
}

function malformed(reason: string): UserError {
  return argumentError("query", "queryStream", reason);
}

/** How many rows the first read of a query should fetch, when its limit says so. */
export function wantedRows(operators: readonly Operator[]): number | undefined {
  const [first] = operators;
  return first !== undefined && "limit" in first ? first.limit : undefined;
}

/** Pulls documents through a query's operators, in their order. */
export class Pipeline {
  /** Rows and their text's length, those that a filter dropped included. */
  rowsRead = 0;
  bytesRead = 0;

  private readonly scan: RowScan;
  private readonly operators: readonly Operator[];
  private readonly emitted: number[];
  private readonly usage: Usage;

  constructor(scan: RowScan, operators: readonly Operator[], usage: Usage) {
    this.scan = scan;
    this.operators = operators;
    this.emitted = operators.map(() => 0);
    this.usage = usage;
  }

  /** Reads one row: its text when it passes, `undefined` when it does not, null when there are no more. */
  step(): string | null | undefined {
    if (this.isLimitReached() || !this.scan.advance()) return null;
    const { text } = this.scan;
    this.rowsRead++;
    this.bytesRead += text.length;
    this.usage.countRead(text);
    return this.passes(text) ? text : undefined;
  }

  private isLimitReached(): boolean {
    for (let i = 0; i < this.operators.length; i++) {
      const operator = this.operators[i];
      if (
        operator !== undefined &&
        "limit" in operator &&
        (this.emitted[i] ?? 0) >= operator.limit
      ) {
        return true;
      }
    }
    return false;
  }

  private passes(text: string): boolean {
    let doc: JsonDocument | null = null;
    for (let i = 0; i < this.operators.length; i++) {
      const operator = this.operators[i];
      if (operator === undefined) continue;
      if ("limit" in operator) {
        this.emitted[i] = (this.emitted[i] ?? 0) + 1;
      } else {
        doc ??= JSON.parse(text) as JsonDocument;
        if (!operator.filter(doc)) return false;
      }
    }
    return true;
  }
}
