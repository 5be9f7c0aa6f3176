/** The vocabulary of the transaction engine: tables, indexes, identities, what a transaction leaves behind. */
import type { Json, JsonDocument, JsonObject } from "../values/json";
import type { Validator } from "../values/validator";
import type { TransactionUse } from "./usage";
import type { KeyRange } from "../store/store";

/** The path of a component instance: names joined with "/"; "" is the app itself. */
export type ComponentPath = string;

/**
 * Documents are written to an index in each state; only an enabled one serves queries. A staged one is
 * complete and waits for a push that enables it.
 */
export type IndexState = "backfilling" | "staged" | "enabled";

type IndexBase<Kind extends string> = Readonly<{
  kind: Kind;
  indexId: number;
  name: string;
  state: IndexState;
}>;

/** An index of `withIndex`: each document has one key in it. */
export type IndexInfo = IndexBase<"database"> &
  Readonly<{
    /** Field paths ("a.b") in order, `_creationTime` at the end included; `["_id"]` for `by_id`. */
    fields: readonly string[];
  }>;

/** An index of `withSearchIndex`: a document has a key for each word of its text. */
export type TextIndexInfo = IndexBase<"text"> &
  Readonly<{ searchField: string; filterFields: readonly string[] }>;

/** An index of `vectorSearch`: a document with a vector of this length has one key. */
export type VectorIndexInfo = IndexBase<"vector"> &
  Readonly<{ vectorField: string; dimensions: number; filterFields: readonly string[] }>;

export type SearchIndexInfo = TextIndexInfo | VectorIndexInfo;
export type AnyIndexInfo = IndexInfo | SearchIndexInfo;

export type TableInfo = Readonly<{
  /** Unique over all components. */
  tableId: number;
  /** The number inside ids; unique within the component. */
  tableNumber: number;
  name: string;
  componentPath: ComponentPath;
  /** Names starting with "_" are the runtime's own; `db.get`/`db.query` refuse them, `db.system` reads some. */
  isSystem: boolean;
  /** `by_id` first, then `by_creation_time`, then the schema's. */
  indexes: readonly IndexInfo[];
  searchIndexes: readonly SearchIndexInfo[];
  /** The schema's validator of the whole document without system fields; null accepts anything. */
  documentType: Validator | null;
}>;

type IndexJson = { indexDescriptor: string; fields: string[] };
type SearchIndexJson = { indexDescriptor: string; searchField: string; filterFields: string[] };
type VectorIndexJson = {
  indexDescriptor: string;
  vectorField: string;
  dimensions: number;
  filterFields: string[];
};

/** A schema as `schema.export()` gives it. */
export type SchemaJson = {
  tables: {
    tableName: string;
    indexes: IndexJson[];
    stagedDbIndexes?: IndexJson[];
    searchIndexes?: SearchIndexJson[];
    stagedSearchIndexes?: SearchIndexJson[];
    vectorIndexes?: VectorIndexJson[];
    stagedVectorIndexes?: VectorIndexJson[];
    documentType: Validator | null;
  }[];
  schemaValidation: boolean;
};

/** Tables and indexes that exist, kept in the store's settings so that their numbers outlive restarts. */
export interface Catalog {
  table(componentPath: ComponentPath, name: string): TableInfo | undefined;
  tableByNumber(componentPath: ComponentPath, tableNumber: number): TableInfo | undefined;
  tables(componentPath: ComponentPath): readonly TableInfo[];
  componentPaths(): readonly ComponentPath[];
  /** The table, made if it is missing. Only inside a store write transaction. */
  ensureTable(componentPath: ComponentPath, name: string): TableInfo;
}

/** Who calls. Convex's identity attributes are `tokenIdentifier`, `issuer`, `subject` and the claims. */
export type Identity =
  | { kind: "none" }
  | {
      kind: "user";
      tokenIdentifier: string;
      attributes: JsonObject;
      /** When the token ends, in ms; null for an identity that an admin acts as. */
      expiresAtMs: number | null;
      /** The token that said so, where it was one. */
      token?: string;
    }
  | { kind: "admin"; actingAs: JsonObject | null };

/** The intervals of index keys a transaction has read, empty results included. */
export interface ReadSet {
  add(indexId: number, range: KeyRange): void;
  readonly intervals: ReadonlyMap<number, readonly KeyRange[]>;
}

/** What a committed transaction changed: every index key that a document left or took. */
export type WriteFootprint = readonly { indexId: number; key: Uint8Array }[];

/** One page or row operation can say where a paginated query ended, for stable re-runs. */
export type Journal = string | null;

/** Transaction-wide sums and limits, as `1.0/getTransactionMetrics` reports them. */
export type TransactionMetrics = Record<string, { used: number; remaining: number }>;

export type TransactionKind = "query" | "mutation";

/**
 * One query or mutation over the store at one moment. Writes stay in memory until `apply`, reads see
 * them; a nested call is a `savepoint`. Document texts are encoded Convex JSON.
 */
export interface Transaction {
  readonly kind: TransactionKind;
  /** The frozen clock of the function, ms. */
  readonly nowMs: number;
  readonly readSet: ReadSet;
  /** True once anything was written (also in a nested call that stood). */
  readonly hasWrites: boolean;

  /** A database syscall (`1.0/get`, `1.0/queryStreamNext`, `1.0/insert`, ...): JSON text in and out. */
  syscall(componentPath: ComponentPath, op: string, argsJson: string): string;
  /** Whether `op` is one of the database syscalls. */
  handles(op: string): boolean;

  /**
   * A query at the moment when this transaction began: it sees none of its writes, and what it reads is
   * not read by it.
   */
  snapshot(): Transaction;

  savepoint(): unknown;
  /** Undoes the writes since `savepoint`; reads stay in the read set. */
  rollbackTo(savepoint: unknown): void;

  /**
   * A nested function call begins: it may paginate once of its own, and it may have tighter `limits`
   * (by the names of `metrics`, counted from here). Without these two calls around it, a nested call
   * counts as a part of its caller. A savepoint knows nothing of them: leave a call also when it failed.
   */
  enterCall(limits?: Readonly<Record<string, number>>): unknown;
  leaveCall(call: unknown): void;

  /** For the runtime's own rows. Ids are strings; values carry no system fields. */
  insert(componentPath: ComponentPath, table: string, value: JsonObject): string;
  replace(componentPath: ComponentPath, id: string, value: JsonObject): void;
  patch(componentPath: ComponentPath, id: string, value: Record<string, Json | undefined>): void;
  delete(componentPath: ComponentPath, id: string): void;
  get(componentPath: ComponentPath, id: string): JsonDocument | null;
  /**
   * Rows of an index whose first fields equal `prefix` and whose next field lies within the bounds (both
   * inclusive), in order, at most `limit`. Empty for a table that does not exist.
   */
  list(
    componentPath: ComponentPath,
    source: {
      table: string;
      index: string;
      prefix?: readonly Json[];
      lowerBound?: Json;
      upperBound?: Json;
    },
    options: { order?: "asc" | "desc"; limit: number },
  ): JsonDocument[];

  /** The component's tables, those of the runtime included. */
  tables(componentPath: ComponentPath): readonly TableInfo[];
  /**
   * What `1.0/queryPage` gives for its arguments, and that for any component.
   *
   * @returns JSON text.
   */
  page(componentPath: ComponentPath, request: JsonObject): string;

  /** Counts a file that the function reads or stores. @throws UserError - One too many, or too many bytes. */
  countFile(verb: "read" | "stored", sizeBytes: number): void;

  /** The end cursor of the paginated query that the outermost call ran, if any. */
  readonly journal: Journal;
  metrics(): TransactionMetrics;
  used(): TransactionUse;

  /**
   * Writes everything to the store (which has an open write transaction) at `tsMicros` and gives what
   * changed. The transaction cannot be used afterwards.
   */
  apply(tsMicros: number): WriteFootprint;
}

/** An error of the developer's function that it may catch; its message is shown to the developer. */
export class UserError extends Error {
  override readonly name = "UserError";
  /** A short code such as "InvalidCursor", where Convex has one. */
  readonly code: string | null;
  constructor(message: string, code: string | null = null) {
    super(message);
    this.code = code;
  }
}
