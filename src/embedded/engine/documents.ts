/** The documents that one transaction sees and changes: committed ones with its own writes over them. */
import type { KeyRange, Store } from "../store/store";
import type { Json, JsonDocument, JsonObject } from "../values/json";
import { decodeId, encodeId } from "../values/ids";
import { encodeKey, keySuccessor, prefixRange } from "../values/keys";
import { checkStorable, LIMITS } from "../values/limits";
import { sizeBytes } from "../values/size";
import type { ValidationContext } from "../values/validate";
import { nextCreationTime } from "./creationTime";
import { Overlay, type WrittenDocument } from "./overlay";
import type { IndexSource, SearchSource } from "./query";
import { MergingReadSet, TABLE_MARKERS_INDEX_ID } from "./readSet";
import { IndexScan, type Order } from "./scan";
import { KeyScan } from "./search/keyScan";
import { SearchScan } from "./search/searchScan";
import { findCandidates, type PostingReader } from "./search/textSearch";
import {
  UserError,
  type Catalog,
  type ComponentPath,
  type TableInfo,
  type TextIndexInfo,
  type TransactionKind,
} from "./types";
import type { Usage } from "./usage";

/** Why a table's schema turns a document down, or null. As `checkDocument` of `values/validate.ts`. */
export type CheckDocument = (
  table: TableInfo,
  document: JsonObject,
  context: ValidationContext,
) => string | null;

export type DocumentsOptions = {
  kind: TransactionKind;
  store: Store;
  catalog: Catalog;
  nowMs: number;
  checkDocument: CheckDocument;
  newInternalId(nowMs: number): Uint8Array;
  usage: Usage;
};

/** A document that an id names, whether or not it exists. */
export type Located = { table: TableInfo; id: string; internalId: Uint8Array };

/** What a write of a field means: a value, or undefined to remove it. */
export type Changes = Readonly<Record<string, Json | undefined>>;

/** The key by which `TABLE_MARKERS_INDEX_ID` knows a table. */
export function tableMarker(componentPath: ComponentPath, name: string): Uint8Array {
  return encodeKey([componentPath, name]);
}

/** Queries write nothing. */
const NOTHING_WRITTEN = new Overlay();

export class Documents {
  readonly overlay: Overlay;
  readonly readSet = new MergingReadSet();
  readonly usage: Usage;
  private readonly options: DocumentsOptions;
  private readonly contexts = new Map<ComponentPath, ValidationContext>();

  constructor(options: DocumentsOptions) {
    this.options = options;
    this.usage = options.usage;
    this.overlay = options.kind === "query" ? NOTHING_WRITTEN : new Overlay();
  }

  /** The table and internal id that an id names; null when it is no id or its table does not exist. */
  locate(componentPath: ComponentPath, id: string): Located | null {
    const decoded = decodeId(id);
    if (decoded === null) return null;
    const table = this.options.catalog.tableByNumber(componentPath, decoded.tableNumber);
    return table === undefined ? null : { table, id, internalId: decoded.internalId };
  }

  /** The table, made if it is missing. */
  ensureTable(componentPath: ComponentPath, name: string): TableInfo {
    const { catalog } = this.options;
    return catalog.table(componentPath, name) ?? catalog.ensureTable(componentPath, name);
  }

  // --- Reading ------------------------------------------------------------------------------------

  /** The text of a document, null when there is none; goes into the read set. */
  read({ table, id, internalId }: Located): string | null {
    const indexId = table.indexes[0]?.indexId ?? 0;
    this.recordRead(indexId, { lower: internalId, upper: keySuccessor(internalId) });
    const written = this.overlay.document(table, id);
    if (written !== undefined) return written.now?.text ?? null;
    return this.options.store.lookup(indexId, internalId)?.text ?? null;
  }

  /** A scan over an index, which sees the writes made so far. Its reader records what it consumed. */
  scan(source: IndexSource, order: Order, wantedRows: number | undefined): IndexScan {
    const { table, index, indexPosition, range } = source;
    const overlay = this.overlay.rows(table, indexPosition, range);
    const { store } = this.options;
    return new IndexScan({ store, indexId: index.indexId, range, order, overlay, wantedRows });
  }

  /** A search, which sees the writes made so far and records what it reads. */
  search({ table, query, range }: SearchSource, wantedRows: number | undefined): SearchScan {
    const { searchCandidates } = LIMITS;
    // A page begins anywhere in the order of relevance, so that order is needed whole.
    const isWhole = range.lower.length === 0 && range.upper === null;
    const max = isWhole
      ? Math.min(wantedRows ?? searchCandidates, searchCandidates)
      : searchCandidates;
    return new SearchScan({
      range,
      find: () => findCandidates(query, this.postingReader(table, query.index), max),
      readDocument: (internalId) => {
        const id = encodeId(table.tableNumber, internalId);
        const text = this.read({ table, id, internalId });
        if (text === null) throw new Error(`Index ${query.index.indexId} has ${id}, which is gone`);
        return text;
      },
    });
  }

  private postingReader(table: TableInfo, index: TextIndexInfo): PostingReader {
    const { indexId } = index;
    const { store } = this.options;
    return {
      scan: (range) =>
        new KeyScan({ store, indexId, range, overlay: this.overlay.bareKeys(table, index, range) }),
      recordRead: (range) => this.recordRead(indexId, range),
    };
  }

  recordRead(indexId: number, range: KeyRange): void {
    this.readSet.add(indexId, range);
    this.usage.countIntervals(this.readSet.size);
  }

  /** Notes that the answer depends on there being no such table. */
  recordMissingTable(componentPath: ComponentPath, name: string): void {
    const key = tableMarker(componentPath, name);
    this.recordRead(TABLE_MARKERS_INDEX_ID, { lower: key, upper: keySuccessor(key) });
  }

  /** Notes that the answer depends on which tables the component has. */
  recordAnyNewTable(componentPath: ComponentPath): void {
    this.recordRead(TABLE_MARKERS_INDEX_ID, prefixRange(encodeKey([componentPath])));
  }

  /** How many documents the table has. */
  count(table: TableInfo): number {
    const indexId = table.indexes[0]?.indexId ?? 0;
    this.recordRead(indexId, { lower: new Uint8Array(0), upper: null });
    return this.options.store.count(indexId) + this.overlay.countDifference(table);
  }

  // --- Writing ------------------------------------------------------------------------------------

  /**
   * Adds a document and gives its id.
   *
   * @param fields - Becomes the document: the caller keeps no hold of it.
   * @param fieldsText - The JSON text of `fields` where the caller has it already.
   */
  insert(table: TableInfo, fields: JsonObject, fieldsText = JSON.stringify(fields)): string {
    this.requireMutation();
    const { nowMs, store } = this.options;
    const internalId = this.options.newInternalId(nowMs);
    const id = encodeId(table.tableNumber, internalId);
    const creationTime = nextCreationTime(store, nowMs);
    const doc = fields as JsonDocument;
    this.checkSystemFields(doc, { id, creationTime });
    doc._creationTime = creationTime;
    doc._id = id;
    const text = withSystemFields(fieldsText, creationTime, id);
    this.check(table, doc, text);
    const written = this.overlay.track(table, { id, internalId, base: null });
    this.overlay.write(written, { text, doc });
    return id;
  }

  /** Gives a document new content and returns its text. */
  replace(located: Located, fields: JsonObject): string {
    const written = this.requireDocument(located, "Replace");
    const { _id, _creationTime } = written.doc;
    this.checkSystemFields(fields, { id: _id, creationTime: _creationTime });
    return this.update(located, written, { ...fields, _creationTime, _id });
  }

  /** Sets and removes fields of a document and returns its text. */
  patch(located: Located, changes: Changes): string {
    const written = this.requireDocument(located, "Update");
    const { _id, _creationTime } = written.doc;
    this.checkSystemFields(changes, { id: _id, creationTime: _creationTime });
    const doc: Record<string, Json | undefined> = { ...written.doc };
    for (const [name, value] of Object.entries(changes)) {
      if (name === "_id" || name === "_creationTime") continue;
      if (value === undefined) delete doc[name];
      else doc[name] = value;
    }
    return this.update(located, written, doc as JsonDocument);
  }

  /** Deletes a document and returns the text it had. */
  remove(located: Located): string {
    const { document, text } = this.requireDocument(located, "Delete");
    if (!located.table.isSystem) this.usage.countWrite(0);
    this.overlay.write(document, null);
    return text;
  }

  private update(
    { table }: Located,
    { document, text: textBefore }: { document: WrittenDocument; text: string },
    doc: JsonDocument,
  ): string {
    const text = JSON.stringify(doc);
    // What changes nothing is no write: it must not wake anyone.
    if (text === textBefore) return text;
    this.check(table, doc, text);
    this.overlay.write(document, { text, doc });
    return text;
  }

  /** The document as it is, ready to be written to. It counts as read. */
  private requireDocument(
    located: Located,
    verb: "Replace" | "Update" | "Delete",
  ): { document: WrittenDocument; text: string; doc: JsonDocument } {
    this.requireMutation();
    const { table, id, internalId } = located;
    const text = this.read(located);
    if (text === null) {
      throw new UserError(`${verb} on nonexistent document ID ${id}`, "NonexistentDocument");
    }
    if (!table.isSystem) this.usage.countRead(text);
    const known = this.overlay.document(table, id);
    if (known !== undefined && known.now !== null)
      return { document: known, text, doc: known.now.doc };
    const doc = JSON.parse(text) as JsonDocument;
    const document = this.overlay.track(table, { id, internalId, base: { text, doc } });
    return { document, text, doc };
  }

  private requireMutation(): void {
    if (this.options.kind === "query") {
      throw new UserError("Queries cannot write to the database.", "WriteInQuery");
    }
  }

  /** Functions may repeat a document's system fields; they may not change them. */
  private checkSystemFields(
    fields: Changes,
    { id, creationTime }: { id: string; creationTime: number },
  ): void {
    const { _id, _creationTime } = fields;
    if (_id !== undefined && _id !== id) {
      throw new UserError(
        `Provided document ID "${id}" doesn't match '_id' field ${JSON.stringify(_id)}`,
        "InvalidIdError",
      );
    }
    if (_creationTime !== undefined && _creationTime !== creationTime) {
      throw new UserError(
        `Provided creation time ${creationTime} doesn't match '_creationTime' field ${JSON.stringify(_creationTime)}`,
        "InvalidCreationTimeError",
      );
    }
  }

  private check(table: TableInfo, doc: JsonDocument, text: string): void {
    // The runtime's own rows may be larger: a job holds its arguments, which have a limit of their own.
    const unstorable = table.isSystem ? null : checkStorable(doc, text.length);
    if (unstorable !== null) throw new UserError(unstorable, "InvalidDocumentError");
    const mismatch =
      table.documentType === null
        ? null
        : this.options.checkDocument(table, doc, this.contextOf(table.componentPath));
    if (mismatch !== null) throw new UserError(mismatch, "SchemaMismatch");
    if (!table.isSystem) this.usage.countWrite(sizeBytes(doc));
  }

  private contextOf(componentPath: ComponentPath): ValidationContext {
    let context = this.contexts.get(componentPath);
    if (context === undefined) {
      const { catalog } = this.options;
      context = { tableName: (number) => catalog.tableByNumber(componentPath, number)?.name };
      this.contexts.set(componentPath, context);
    }
    return context;
  }
}

/** The text of a new document. */
function withSystemFields(fieldsText: string, creationTime: number, id: string): string {
  const separator = fieldsText === "{}" ? "" : ",";
  return `${fieldsText.slice(0, -1)}${separator}"_creationTime":${creationTime},"_id":"${id}"}`;
}
