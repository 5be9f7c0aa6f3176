/** The database syscalls of functions: JSON text in, JSON text out. Stored documents are spliced in as they are. */
import type { KeyRange, Store } from "../store/store";
import { isObject, specialKey } from "../values/decode";
import { decodeId } from "../values/ids";
import type { Json, JsonObject } from "../values/json";
import type { CursorSealer } from "./cursor";
import type { Changes, Documents, Located } from "./documents";
import { argumentError } from "./errors";
import { parsePageRequest, queryFingerprint, readPage, type PageRequest } from "./paginate";
import {
  compileQuery,
  isVisible,
  lookUpTable,
  Pipeline,
  wantedRows,
  type CompiledQuery,
  type TableLookup,
} from "./query";
import { IndexScan, type RowScan } from "./scan";
import { UserError, type Catalog, type ComponentPath, type Journal, type TableInfo } from "./types";

const OPERATIONS = [
  "1.0/get",
  "1.0/queryStream",
  "1.0/queryStreamNext",
  "1.0/queryCleanup",
  "1.0/queryPage",
  "1.0/count",
  "1.0/db/normalizeId",
  "1.0/insert",
  "1.0/shallowMerge",
  "1.0/replace",
  "1.0/remove",
  "1.0/getTransactionMetrics",
  "1.0/getSnapshotTs",
] as const;
type Operation = (typeof OPERATIONS)[number];

const operations: ReadonlySet<string> = new Set(OPERATIONS);

export function isDatabaseSyscall(op: string): op is Operation {
  return operations.has(op);
}

/** A query that a function reads from, row by row. */
type OpenQuery = { query: CompiledQuery; scan: RowScan; pipeline: Pipeline };

/** What of one function execution pagination remembers. */
export type Pagination = { journalBefore: Journal; journal: Journal; hasPaginated: boolean };

const NO_ROWS: KeyRange = { lower: new Uint8Array(0), upper: new Uint8Array(0) };

const TABLE_NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;
const ID_LENGTH_MIN = 31;
const ID_LENGTH_MAX = 37;

export class DatabaseSyscalls {
  pagination: Pagination;

  private readonly documents: Documents;
  private readonly context: { store: Store; catalog: Catalog; sealer: CursorSealer };
  private readonly openQueries = new Map<number, OpenQuery>();
  private lastQueryId = -1;

  constructor(
    documents: Documents,
    context: { store: Store; catalog: Catalog; sealer: CursorSealer; journal: Journal },
  ) {
    this.documents = documents;
    this.context = context;
    this.pagination = { journalBefore: context.journal, journal: null, hasPaginated: false };
  }

  run(componentPath: ComponentPath, op: Operation, argsJson: string): string {
    const args = parseArguments(op, argsJson);
    switch (op) {
      case "1.0/get":
        return this.get(componentPath, args);
      case "1.0/queryStream":
        return this.queryStream(componentPath, args);
      case "1.0/queryStreamNext":
        return this.queryStreamNext(args);
      case "1.0/queryCleanup":
        return this.queryCleanup(args);
      case "1.0/queryPage":
        return this.queryPage(componentPath, args);
      case "1.0/count":
        return this.count(componentPath, args);
      case "1.0/db/normalizeId":
        return this.normalizeId(componentPath, args);
      case "1.0/insert":
        return this.insert(componentPath, args, argsJson);
      case "1.0/shallowMerge":
        return this.patch(componentPath, args);
      case "1.0/replace":
        return this.replace(componentPath, args);
      case "1.0/remove":
        return this.documents.remove(this.locateForWrite(componentPath, args, "db.delete"));
      case "1.0/getTransactionMetrics":
        this.recordOpenQueries();
        return JSON.stringify(this.documents.usage.metrics());
      case "1.0/getSnapshotTs":
        return encodeNanoseconds(this.context.store.lastTsMicros());
    }
  }

  /** Puts what unfinished queries have read so far into the read set. They stay open; no limit applies. */
  recordOpenQueries(): void {
    const { readSet, usage } = this.documents;
    for (const { query, scan } of this.openQueries.values()) {
      const consumed = scan.consumed();
      if (query.source?.kind === "index" && consumed !== null) {
        readSet.add(query.source.index.indexId, consumed);
      }
    }
    usage.databaseQueries = readSet.size;
  }

  // --- Reading ------------------------------------------------------------------------------------

  private get(componentPath: ComponentPath, args: JsonObject): string {
    const isSystem = args["isSystem"] === true;
    const method = isSystem ? "db.system.get" : "db.get";
    const located = this.locate(componentPath, args, method);
    if (located === null || !isVisible(located.table)) return "null";
    if (located.table.isSystem !== isSystem) throw systemTableError(isSystem);
    requireTable(args, located.table, method);
    const text = this.documents.read(located);
    if (text === null) return "null";
    this.documents.usage.countRead(text);
    return text;
  }

  private queryStream(componentPath: ComponentPath, args: JsonObject): string {
    const query = compileQuery(this.lookup(componentPath), args["query"]);
    const scan = this.openScan(query, wantedRows(query.operators));
    const pipeline = new Pipeline(scan, query.operators, this.documents.usage);
    const queryId = ++this.lastQueryId;
    this.openQueries.set(queryId, { query, scan, pipeline });
    return `{"queryId":${queryId}}`;
  }

  private queryStreamNext(args: JsonObject): string {
    const queryId = toQueryId(args);
    const open = this.openQueries.get(queryId);
    if (open === undefined) throw new UserError("in-progress query not found", "QueryNotFound");
    let text: string | null | undefined;
    do text = open.pipeline.step();
    while (text === undefined);
    if (text !== null) return `{"value":${text},"done":false}`;
    this.close(queryId, open);
    return '{"value":null,"done":true}';
  }

  private queryCleanup(args: JsonObject): string {
    const queryId = toQueryId(args);
    const open = this.openQueries.get(queryId);
    if (open === undefined) return "false";
    this.close(queryId, open);
    return "true";
  }

  private close(queryId: number, { query, scan }: OpenQuery): void {
    this.openQueries.delete(queryId);
    this.recordConsumed(query, scan);
  }

  private queryPage(componentPath: ComponentPath, args: JsonObject): string {
    const request = parsePageRequest(args);
    if (componentPath !== "") {
      throw new UserError(
        "paginate() is only supported in the app. Learn more at https://docs.convex.dev/components/authoring#pagination",
        "PaginationUnsupportedInComponents",
      );
    }
    return this.page(componentPath, args["query"], request);
  }

  /** One page of a query. JSON text, as `1.0/queryPage` gives it. */
  page(componentPath: ComponentPath, json: Json | undefined, request: PageRequest): string {
    if (this.pagination.hasPaginated) {
      throw new UserError(
        "This query or mutation function ran multiple paginated queries. Convex only supports a single paginated query in each function.",
        "MultiplePaginatedDatabaseQueries",
      );
    }
    const { usage } = this.documents;
    const query = compileQuery(this.lookup(componentPath), json);
    const page = readPage(request, {
      query,
      fingerprint: queryFingerprint(query, isObject(json) ? json : {}),
      sealer: this.context.sealer,
      usage,
      journal: this.pagination.journalBefore,
      openScan: (range, rows) => this.openScan(query, rows, range),
      record: (scan) => this.recordConsumed(query, scan),
    });
    this.pagination = { ...this.pagination, hasPaginated: true, journal: page.continueCursor };
    return (
      `{"page":[${page.texts.join(",")}],"isDone":${page.isDone},` +
      `"continueCursor":${JSON.stringify(page.continueCursor)},` +
      `"splitCursor":${JSON.stringify(page.splitCursor)},` +
      `"pageStatus":${JSON.stringify(page.pageStatus)}}`
    );
  }

  private count(componentPath: ComponentPath, args: JsonObject): string {
    const name = toTableName(args, "db.count");
    const table = lookUpTable(this.lookup(componentPath), name);
    return String(table === null ? 0 : this.documents.count(table));
  }

  private normalizeId(componentPath: ComponentPath, args: JsonObject): string {
    const name = toTableName(args, "db.normalizeId");
    const { idString } = args;
    if (typeof idString !== "string") {
      throw argumentError("idString", "db.normalizeId", "expected a string");
    }
    const table = lookUpTable(this.lookup(componentPath), name);
    const located = table && this.documents.locate(componentPath, idString);
    const isOfTable = located !== null && located.table.tableId === table?.tableId;
    return isOfTable ? `{"id":"${idString}"}` : '{"id":null}';
  }

  // --- Writing ------------------------------------------------------------------------------------

  private insert(componentPath: ComponentPath, args: JsonObject, argsJson: string): string {
    const name = toTableName(args, "db.insert");
    if (name.startsWith("_")) throw systemTableError(false);
    const { value } = args;
    if (!isDocument(value)) throw argumentError("value", "db.insert", "Value must be an Object");
    const table = this.documents.ensureTable(componentPath, name);
    const id = this.documents.insert(table, value, textOfInserted(args, value, argsJson));
    return `{"_id":"${id}"}`;
  }

  private patch(componentPath: ComponentPath, args: JsonObject): string {
    const located = this.locateForWrite(componentPath, args, "db.patch");
    const { value } = args;
    if (!isDocument(value)) throw argumentError("value", "db.patch", "Value must be an Object");
    const changes: Record<string, Json | undefined> = value;
    for (const name in changes) {
      const change = changes[name];
      if (isObject(change) && specialKey(change) === "$undefined") changes[name] = undefined;
    }
    return this.documents.patch(located, changes as Changes);
  }

  private replace(componentPath: ComponentPath, args: JsonObject): string {
    const located = this.locateForWrite(componentPath, args, "db.replace");
    const { value } = args;
    if (!isDocument(value)) throw argumentError("value", "db.replace", "Value must be an Object");
    return this.documents.replace(located, value);
  }

  private locateForWrite(componentPath: ComponentPath, args: JsonObject, method: string): Located {
    const located = this.locate(componentPath, args, method);
    if (located === null || !isVisible(located.table)) {
      throw argumentError("id", method, `Table for ID ${JSON.stringify(args["id"])} not found`);
    }
    requireTable(args, located.table, method);
    if (located.table.isSystem) throw systemTableError(false);
    return located;
  }

  // --- Shared -------------------------------------------------------------------------------------

  /** Null when the id's table does not exist. */
  private locate(componentPath: ComponentPath, args: JsonObject, method: string): Located | null {
    const { id } = args;
    if (typeof id !== "string") throw argumentError("id", method, "expected a string");
    const located = this.documents.locate(componentPath, id);
    if (located === null) requireId(id, method);
    return located;
  }

  private lookup(componentPath: ComponentPath): TableLookup {
    return {
      catalog: this.context.catalog,
      componentPath,
      onMissing: (name) => this.documents.recordMissingTable(componentPath, name),
    };
  }

  private openScan(
    { source, order }: CompiledQuery,
    rows: number | undefined,
    range = source?.range,
  ): RowScan {
    if (source?.kind === "search") {
      return this.documents.search({ ...source, range: range ?? source.range }, rows);
    }
    if (source !== null && range !== undefined) {
      const part = range === source.range ? source : { ...source, range };
      return this.documents.scan(part, order, rows);
    }
    const { store } = this.context;
    return new IndexScan({ store, indexId: 0, range: NO_ROWS, order, overlay: [] });
  }

  /** Puts the part of an index that a query has read into the read set. */
  private recordConsumed({ source }: CompiledQuery, scan: RowScan): void {
    const consumed = scan.consumed();
    if (source?.kind === "index" && consumed !== null) {
      this.documents.recordRead(source.index.indexId, consumed);
    }
  }
}

function parseArguments(op: string, argsJson: string): JsonObject {
  const args = JSON.parse(argsJson) as Json;
  if (isObject(args)) return args;
  throw new UserError(`Invalid arguments for \`${op}\`: expected an object`, "InvalidArgument");
}

function toQueryId(args: JsonObject): number {
  const { queryId } = args;
  if (typeof queryId === "number") return queryId;
  throw argumentError("queryId", "queryStreamNext", "expected a number");
}

function toTableName(args: JsonObject, method: string): string {
  const { table } = args;
  if (typeof table === "string" && TABLE_NAME.test(table)) return table;
  throw argumentError(
    "table",
    method,
    `${JSON.stringify(table)} is not a table name: these have at most 64 letters, digits and underscores and begin with a letter`,
  );
}

function isDocument(value: Json | undefined): value is JsonObject {
  return isObject(value) && specialKey(value) === null;
}

/** The table that the function named must be the one that the id names. */
function requireTable(args: JsonObject, table: TableInfo, method: string): void {
  const expected = args["table"];
  if (expected === undefined || expected === null || expected === table.name) return;
  throw argumentError(
    "id",
    method,
    `expected to be an Id<${JSON.stringify(expected)}>, got Id<"${table.name}"> instead.`,
  );
}

function requireId(id: string, method: string): void {
  if (id.length < ID_LENGTH_MIN || id.length > ID_LENGTH_MAX) {
    throw argumentError("id", method, `Unable to decode ID: Invalid ID length ${id.length}`);
  }
  if (decodeId(id) === null) throw argumentError("id", method, "Unable to decode ID");
}

function systemTableError(isSystem: boolean): UserError {
  return new UserError(
    isSystem
      ? "User tables cannot be accessed with db.system."
      : "System tables can only be accessed with db.system.",
    "SystemTableError",
  );
}

/**
 * The text of an inserted value, cut out of the arguments it came in. Only from arguments as the
 * `convex` package writes them; from any others it is written anew, lest the cut be in the wrong place.
 */
function textOfInserted(args: JsonObject, value: JsonObject, argsJson: string): string {
  const prefix = `{"table":${JSON.stringify(args["table"])},"value":{`;
  const isAsExpected =
    argsJson.startsWith(prefix) &&
    argsJson.endsWith("}}") &&
    Object.keys(args).length === 2 &&
    // A second `value` would be the one that counts. Escapes could hide its name.
    !argsJson.includes('"value":', prefix.length) &&
    !argsJson.includes("\\u");
  return isAsExpected ? argsJson.slice(prefix.length - 1, -1) : JSON.stringify(value);
}

function encodeNanoseconds(micros: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(micros) * 1000n);
  return JSON.stringify({ $integer: bytes.toString("base64") });
}
