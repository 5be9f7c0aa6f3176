/** The transaction engine: one query or mutation over the store, its writes in memory until they are applied. */
import type { Store } from "../store/store";
import { newInternalId } from "../values/ids";
import type { Json, JsonDocument, JsonObject } from "../values/json";
import { sizeBytes } from "../values/size";
import { checkDocument } from "../values/validate";
import { temporaryCursorSealer, type CursorSealer } from "./cursor";
import { Documents, tableMarker, type CheckDocument, type Located } from "./documents";
import { applyChange, keysOf, type Version, type WrittenDocument } from "./overlay";
import { parsePageRequest } from "./paginate";
import { prefixAndBounds } from "./ranges";
import { TABLE_MARKERS_INDEX_ID } from "./readSet";
import { DatabaseSyscalls, isDatabaseSyscall, type Pagination } from "./syscalls";
import type {
  Catalog,
  ComponentPath,
  Journal,
  ReadSet,
  TableInfo,
  Transaction,
  TransactionKind,
  TransactionMetrics,
  WriteFootprint,
} from "./types";
import {
  DEFAULT_LIMITS,
  Usage,
  type TransactionLimits,
  type TransactionUse,
  type WriteSums,
} from "./usage";

export type TransactionOptions = {
  kind: TransactionKind;
  store: Store;
  catalog: Catalog;
  /** The frozen clock of the function, ms. */
  nowMs: number;
  /** The store's sealer, `openCursorSealer(store)`. Without it, cursors end with the process. */
  sealer?: CursorSealer;
  /** What the last run of the same query gave as its `journal`. */
  journal?: Journal;
  limits?: Partial<TransactionLimits>;
  /** Replaces the check of documents against their table's schema. */
  checkDocument?: CheckDocument;
  /** Replaces the making of ids. */
  newInternalId?: (nowMs: number) => Uint8Array;
};

/** A mutation that may insert into new tables needs the store's write transaction to be open. */
export function createTransaction(options: TransactionOptions): Transaction {
  return new EngineTransaction(options);
}

const SCHEDULED_FUNCTIONS = "_scheduled_functions";

let fallbackSealer: CursorSealer | null = null;

type Savepoint = { writeCount: number; sums: WriteSums };
type CallFrame = { pagination: Pagination; limits: TransactionLimits };

class EngineTransaction implements Transaction {
  readonly kind: TransactionKind;
  readonly nowMs: number;
  private readonly options: TransactionOptions;
  private readonly store: Store;
  private readonly catalog: Catalog;
  private readonly usage: Usage;
  private readonly documents: Documents;
  private readonly syscalls: DatabaseSyscalls;
  private isApplied = false;

  constructor(options: TransactionOptions) {
    const { kind, nowMs, store, catalog } = options;
    this.options = options;
    this.kind = kind;
    this.nowMs = nowMs;
    this.store = store;
    this.catalog = catalog;
    const { limits } = options;
    this.usage = new Usage(
      limits === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...limits },
    );
    this.documents = new Documents({
      kind,
      nowMs,
      store,
      catalog,
      usage: this.usage,
      checkDocument: options.checkDocument ?? checkDocument,
      newInternalId: options.newInternalId ?? newInternalId,
    });
    this.syscalls = new DatabaseSyscalls(this.documents, {
      store,
      catalog,
      sealer: options.sealer ?? (fallbackSealer ??= temporaryCursorSealer()),
      journal: options.journal ?? null,
    });
  }

  get readSet(): ReadSet {
    this.syscalls.recordOpenQueries();
    return this.documents.readSet;
  }

  get hasWrites(): boolean {
    return this.documents.overlay.writeCount > 0;
  }

  get journal(): Journal {
    return this.syscalls.pagination.journal;
  }

  metrics(): TransactionMetrics {
    this.syscalls.recordOpenQueries();
    return this.usage.metrics();
  }

  used(): TransactionUse {
    this.syscalls.recordOpenQueries();
    return this.usage.used();
  }

  handles(op: string): boolean {
    return isDatabaseSyscall(op);
  }

  syscall(componentPath: ComponentPath, op: string, argsJson: string): string {
    this.requireNotApplied();
    if (!isDatabaseSyscall(op)) throw new Error(`${op} is not a database syscall`);
    return this.syscalls.run(componentPath, op, argsJson);
  }

  snapshot(): Transaction {
    // Nothing of this one is in the store before it is applied.
    return new EngineTransaction({ ...this.options, kind: "query" });
  }

  savepoint(): Savepoint {
    return { writeCount: this.documents.overlay.writeCount, sums: this.usage.writeSums() };
  }

  rollbackTo(savepoint: unknown): void {
    const { writeCount, sums } = savepoint as Savepoint;
    this.documents.overlay.rollbackTo(writeCount);
    this.usage.restoreWriteSums(sums);
  }

  enterCall(limits: Readonly<Record<string, number>> = {}): CallFrame {
    const frame: CallFrame = { pagination: this.syscalls.pagination, limits: this.usage.limits };
    this.syscalls.pagination = { journalBefore: null, journal: null, hasPaginated: false };
    this.usage.limits = this.usage.nestedLimits(limits);
    return frame;
  }

  leaveCall(call: unknown): void {
    const { pagination, limits } = call as CallFrame;
    this.syscalls.pagination = pagination;
    this.usage.limits = limits;
  }

  // --- The runtime's own rows ---------------------------------------------------------------------

  insert(componentPath: ComponentPath, table: string, value: JsonObject): string {
    this.requireNotApplied();
    if (table === SCHEDULED_FUNCTIONS) this.usage.countScheduled(sizeBytes(value["args"]));
    return this.documents.insert(this.documents.ensureTable(componentPath, table), { ...value });
  }

  replace(componentPath: ComponentPath, id: string, value: JsonObject): void {
    this.requireNotApplied();
    this.documents.replace(this.locate(componentPath, id), value);
  }

  patch(componentPath: ComponentPath, id: string, value: Record<string, Json | undefined>): void {
    this.requireNotApplied();
    this.documents.patch(this.locate(componentPath, id), value);
  }

  delete(componentPath: ComponentPath, id: string): void {
    this.requireNotApplied();
    this.documents.remove(this.locate(componentPath, id));
  }

  get(componentPath: ComponentPath, id: string): JsonDocument | null {
    const located = this.documents.locate(componentPath, id);
    const text = located && this.documents.read(located);
    return text === null ? null : (JSON.parse(text) as JsonDocument);
  }

  list(
    componentPath: ComponentPath,
    source: Parameters<Transaction["list"]>[1],
    { order = "asc", limit }: Parameters<Transaction["list"]>[2],
  ): JsonDocument[] {
    const table = this.catalog.table(componentPath, source.table);
    if (table === undefined) {
      this.documents.recordMissingTable(componentPath, source.table);
      return [];
    }
    const indexPosition = table.indexes.findIndex(({ name }) => name === source.index);
    const index = table.indexes[indexPosition];
    if (index === undefined) throw new Error(`No index ${source.table}.${source.index}`);

    const range = prefixAndBounds(source.prefix ?? [], source.lowerBound, source.upperBound);
    const scan = this.documents.scan(
      { kind: "index", table, index, indexPosition, range },
      order,
      limit,
    );
    const rows: JsonDocument[] = [];
    while (rows.length < limit && scan.advance()) rows.push(JSON.parse(scan.text) as JsonDocument);
    const consumed = scan.consumed();
    if (consumed !== null) this.documents.recordRead(index.indexId, consumed);
    return rows;
  }

  tables(componentPath: ComponentPath): readonly TableInfo[] {
    this.documents.recordAnyNewTable(componentPath);
    return this.catalog.tables(componentPath);
  }

  page(componentPath: ComponentPath, request: JsonObject): string {
    return this.syscalls.page(componentPath, request["query"], parsePageRequest(request));
  }

  countFile(verb: "read" | "stored", sizeBytes: number): void {
    if (verb === "read") this.usage.countFileRead(sizeBytes);
    else this.usage.countFileWrite(sizeBytes);
  }

  private locate(componentPath: ComponentPath, id: string): Located {
    const located = this.documents.locate(componentPath, id);
    if (located === null) throw new Error(`No table for ID "${id}"`);
    return located;
  }

  // --- Committing ---------------------------------------------------------------------------------

  apply(tsMicros: number): WriteFootprint {
    this.requireNotApplied();
    this.isApplied = true;
    const footprint: { indexId: number; key: Uint8Array }[] = [];
    const tablesInsertedInto = new Set<WrittenDocument["table"]>();
    for (const document of this.documents.overlay.changes()) {
      const now = document.now && withCommitTs(document, document.now, tsMicros);
      applyChange(this.store, { document, now, tsMicros }, footprint);
      if (document.base === null) tablesInsertedInto.add(document.table);
    }
    for (const { componentPath, name } of tablesInsertedInto) {
      footprint.push({ indexId: TABLE_MARKERS_INDEX_ID, key: tableMarker(componentPath, name) });
    }
    return footprint;
  }

  private requireNotApplied(): void {
    if (this.isApplied) throw new Error("This transaction was applied already");
  }
}

const COMMIT_TS_TEXT = '{"$commitTs":null}';

/** The version with the commit's timestamp (ns) in place of each placeholder for it. */
function withCommitTs(document: WrittenDocument, now: Version, tsMicros: number): Version {
  // Within a JSON string the quotes would be escaped, so this text can only be a placeholder.
  if (!now.text.includes(COMMIT_TS_TEXT)) return now;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(tsMicros) * 1000n);
  const text = now.text.replaceAll(COMMIT_TS_TEXT, `{"$integer":"${bytes.toString("base64")}"}`);
  const doc = JSON.parse(text) as JsonDocument;
  return { text, doc, keys: keysOf(document.table, doc, document.internalId) };
}
