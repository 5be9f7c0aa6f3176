/** What a transaction has written so far, in memory: documents by id, and where they stand in each index. */
import type { DocumentChange, IndexKey, KeyRange, Store } from "../store/store";
import { compareKeys } from "../values/keys";
import type { JsonDocument } from "../values/json";
import { fieldAt, indexKey } from "./indexKeys";
import { isWithin } from "./readSet";
import { bareKeysOf, keysOnlyIn, standsAlike } from "./search/bareKeys";
import type { IndexInfo, SearchIndexInfo, TableInfo } from "./types";

/** A document as it stands: its text, and its key in each index of its table, in their order. */
export type Version = { text: string; keys: readonly Uint8Array[]; doc: JsonDocument };

/** A document that the transaction has written to. */
export type WrittenDocument = {
  readonly table: TableInfo;
  readonly internalId: Uint8Array;
  /** As committed; null for a new document. */
  readonly base: Version | null;
  /** As it is now; null when deleted. */
  now: Version | null;
};

/** A row that covers the stored row of the same key: `text` is what is there now, null for nothing. */
export type OverlayRow = { key: Uint8Array; text: string | null };

/** A key that the transaction has added to a search index, or removed from it. */
export type OverlayKey = { key: Uint8Array; isThere: boolean };

/**
 * A key that a document has or had since the transaction began. Entries are never removed: whether
 * one is a row is asked of the document, which holds the very same key object while it stands there.
 * So undoing a write is putting the document's version back.
 */
type Entry = { key: Uint8Array; document: WrittenDocument };

type TableOverlay = {
  table: TableInfo;
  documents: Map<string, WrittenDocument>;
  /** The entries of each index of the table, in their order, sorted by key. */
  entries: Entry[][];
};

const NO_ROWS: readonly OverlayRow[] = [];

export class Overlay {
  private readonly tables = new Map<number, TableOverlay>();
  private readonly undoLog: { document: WrittenDocument; before: Version | null }[] = [];

  /** How many writes stand. Also the savepoint to go back to. */
  get writeCount(): number {
    return this.undoLog.length;
  }

  /** Undoes all writes but the first `writeCount`. */
  rollbackTo(writeCount: number): void {
    while (this.undoLog.length > writeCount) {
      const undo = this.undoLog.pop();
      if (undo !== undefined) undo.document.now = undo.before;
    }
  }

  /** The document, if the transaction has written to it. */
  document(table: TableInfo, id: string): WrittenDocument | undefined {
    return this.tables.get(table.tableId)?.documents.get(id);
  }

  /** Puts a document under this transaction's control, so that it can be written. */
  track(table: TableInfo, document: { internalId: Uint8Array; id: string; base: JsonBase | null }) {
    const overlay = this.tableOverlay(table);
    const { internalId, base } = document;
    const keys = base === null ? [] : keysOf(table, base.doc, internalId);
    const version = base === null ? null : { ...base, keys };
    const written: WrittenDocument = { table, internalId, base: version, now: version };
    for (const [i, key] of keys.entries()) addEntry(overlay.entries[i], { key, document: written });
    overlay.documents.set(document.id, written);
    return written;
  }

  /** Makes `next` the content of the document; null deletes it. */
  write(document: WrittenDocument, next: JsonBase | null): void {
    const before = document.now;
    this.undoLog.push({ document, before });
    if (next === null) {
      document.now = null;
      return;
    }
    const { table, internalId } = document;
    const { entries } = this.tableOverlay(table);
    const keys = table.indexes.map((index, i) => {
      const keyBefore = before?.keys[i];
      // A patch leaves most fields as they are, and with them most keys.
      if (before !== null && keyBefore !== undefined && isSameIn(index, before.doc, next.doc)) {
        return keyBefore;
      }
      const key = indexKey(index, next.doc, internalId);
      return keyBefore !== undefined && compareKeys(key, keyBefore) === 0
        ? keyBefore
        : addEntry(entries[i], { key, document });
    });
    document.now = { text: next.text, doc: next.doc, keys };
  }

  /** The rows of an index within `range` that the transaction has written, as of now, in key order. */
  rows(table: TableInfo, indexPosition: number, range: KeyRange): readonly OverlayRow[] {
    const entries = this.tables.get(table.tableId)?.entries[indexPosition];
    if (entries === undefined || entries.length === 0) return NO_ROWS;
    const rows: OverlayRow[] = [];
    for (let i = positionOf(entries, range.lower); i < entries.length; i++) {
      const entry = entries[i];
      if (entry === undefined) break;
      const { key, document } = entry;
      if (range.upper !== null && compareKeys(key, range.upper) >= 0) break;
      if (document.now?.keys[indexPosition] === key) {
        rows.push({ key, text: document.now.text });
      } else if (document.base?.keys[indexPosition] === key) {
        rows.push({ key, text: null });
      }
    }
    return rows;
  }

  /**
   * The bare keys of a search index within `range` that the transaction has added or removed, in key order.
   * Worked out when they are asked for: few transactions search where they have written.
   */
  bareKeys(table: TableInfo, index: SearchIndexInfo, range: KeyRange): readonly OverlayKey[] {
    const found: OverlayKey[] = [];
    for (const document of this.tables.get(table.tableId)?.documents.values() ?? []) {
      const { added, removed } = bareKeyChanges(index, document, document.now);
      for (const key of added) if (isWithin(range, key)) found.push({ key, isThere: true });
      for (const key of removed) if (isWithin(range, key)) found.push({ key, isThere: false });
    }
    return found.sort((a, b) => compareKeys(a.key, b.key));
  }

  /** How many documents of the table there are more than committed ones. */
  countDifference(table: TableInfo): number {
    let difference = 0;
    for (const { base, now } of this.tables.get(table.tableId)?.documents.values() ?? []) {
      difference += Number(now !== null) - Number(base !== null);
    }
    return difference;
  }

  /** Every document whose content differs from what is committed. */
  *changes(): Generator<WrittenDocument> {
    for (const { documents } of this.tables.values()) {
      for (const document of documents.values()) {
        if (document.now?.text !== document.base?.text) yield document;
      }
    }
  }

  private tableOverlay(table: TableInfo): TableOverlay {
    let overlay = this.tables.get(table.tableId);
    if (overlay === undefined) {
      overlay = { table, documents: new Map(), entries: table.indexes.map(() => []) };
      this.tables.set(table.tableId, overlay);
    }
    return overlay;
  }
}

/** A document's text and what it parses to. Nobody changes `doc` in place. */
export type JsonBase = { text: string; doc: JsonDocument };

/** The document's key in each index of its table. */
export function keysOf(table: TableInfo, doc: JsonDocument, internalId: Uint8Array): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (const index of table.indexes) keys.push(indexKey(index, doc, internalId));
  return keys;
}

/** Whether the values that the index looks at are the very same ones. */
function isSameIn({ fields }: IndexInfo, before: JsonDocument, now: JsonDocument): boolean {
  return fields.every((path) => fieldAt(before, path) === fieldAt(now, path));
}

/** Writes one changed document to the store and adds its keys, old and new, to `footprint`. */
export function applyChange(
  store: Store,
  change: { document: WrittenDocument; now: Version | null; tsMicros: number },
  footprint: { indexId: number; key: Uint8Array }[],
): void {
  const { document, now, tsMicros } = change;
  const { table, internalId, base } = document;
  const puts: DocumentChange["puts"][number][] = [];
  const removes: DocumentChange["removes"][number][] = [];
  for (let i = 0; i < table.indexes.length; i++) {
    const indexId = table.indexes[i]?.indexId;
    if (indexId === undefined) continue;
    const key = now?.keys[i];
    const keyBefore = base?.keys[i];
    if (key !== undefined) puts.push({ indexId, key });
    if (keyBefore === undefined) continue;
    if (key === undefined || compareKeys(key, keyBefore) !== 0) {
      removes.push({ indexId, key: keyBefore });
    }
  }
  const bareKeys = { puts: [] as IndexKey[], removes: [] as IndexKey[] };
  for (const index of table.searchIndexes) {
    const { indexId } = index;
    const { added, removed } = bareKeyChanges(index, document, now);
    for (const key of added) bareKeys.puts.push({ indexId, key });
    for (const key of removed) bareKeys.removes.push({ indexId, key });
    if (index.kind === "text") {
      for (const key of [...added, ...removed]) footprint.push({ indexId, key });
    } else if (added.length + removed.length > 0) {
      // Nobody reads intervals of a vector index; who keeps its vectors must only hear whose changed.
      footprint.push({ indexId, key: internalId });
    }
  }
  const text = now?.text ?? null;
  store.write({ tableId: table.tableId, internalId, text, puts, removes, bareKeys }, tsMicros);
  footprint.push(...puts, ...removes);
}

const UNCHANGED: { added: Uint8Array[]; removed: Uint8Array[] } = { added: [], removed: [] };

/** How the document's keys in a search index differ from the committed ones once it is `now`. */
function bareKeyChanges(
  index: SearchIndexInfo,
  { base, internalId }: WrittenDocument,
  now: Version | null,
): { added: Uint8Array[]; removed: Uint8Array[] } {
  if (base !== null && now !== null && standsAlike(index, base.doc, now.doc)) return UNCHANGED;
  const before = base === null ? [] : bareKeysOf(index, base.doc, internalId);
  const after = now === null ? [] : bareKeysOf(index, now.doc, internalId);
  return { added: keysOnlyIn(after, before), removed: keysOnlyIn(before, after) };
}

/** Adds an entry unless its key is there already, and gives the key object that stands in the list. */
function addEntry(entries: Entry[] | undefined, entry: Entry): Uint8Array {
  if (entries === undefined) throw new Error("A table's indexes changed during a transaction");
  const position = positionOf(entries, entry.key);
  const present = entries[position];
  // Keys end with the document's id, so an equal key is the same document's.
  if (present !== undefined && compareKeys(present.key, entry.key) === 0) return present.key;
  if (position === entries.length) entries.push(entry);
  else entries.splice(position, 0, entry);
  return entry.key;
}

/** The position of the first entry whose key is `key` or greater. */
function positionOf(entries: readonly Entry[], key: Uint8Array): number {
  const last = entries[entries.length - 1];
  // Most new keys come at the end: creation times grow.
  if (last === undefined || compareKeys(last.key, key) < 0) return entries.length;
  let low = 0;
  let high = entries.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && compareKeys(entry.key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
