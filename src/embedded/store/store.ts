/**
 * What the runtime asks of its storage: an append-only log of document revisions, one ordered space
 * of index entries that point into it, and a few named settings. It knows nothing of values, schemas
 * or transactions; `engine/` builds those on top. All calls are synchronous.
 *
 * Times are commit timestamps in whole microseconds since the Unix epoch (exact in a JS number);
 * the wire's nanoseconds are this times 1,000.
 */

/** Where a revision stands in the log. A later revision of a document has a larger `seq`. */
export type Seq = number;

/** What a bare key points at: no revision has this number. */
export const NO_REVISION: Seq = 0;

export type Revision = { seq: Seq; text: string };
/** A row's key is made when it is first asked for: most readers of many rows ask for the last one's only. */
export type IndexRow = { readonly key: Uint8Array; seq: Seq; text: string };

/** Keys from `lower` (inclusive) up to `upper` (exclusive; null for no bound). */
export type KeyRange = { lower: Uint8Array; upper: Uint8Array | null };

/** One document's change within a commit. `text` is null when the document is deleted. */
export type DocumentChange = {
  tableId: number;
  /** The 16 internal bytes of the document's id. */
  internalId: Uint8Array;
  text: string | null;
  /** Entries to add or to point at the new revision (all entries of the document, when it changes). */
  puts: readonly { indexId: number; key: Uint8Array }[];
  /** Entries that no longer exist. */
  removes: readonly { indexId: number; key: Uint8Array }[];
  /** Keys that say everything themselves (a word that the document has): they point at no revision. */
  bareKeys?: { puts: readonly IndexKey[]; removes: readonly IndexKey[] };
};

export type IndexKey = { indexId: number; key: Uint8Array };

export interface Store {
  /** The folder this store owns; no second process can open it while this one lives. */
  readonly folder: string;

  /** The rows of an index in key order, at most `limit` of them. */
  scan(
    indexId: number,
    range: KeyRange,
    options: { order: "asc" | "desc"; limit: number },
  ): IndexRow[];
  /** The revision an exact key points at. The `by_id` index of a table is keyed by the internal id. */
  lookup(indexId: number, key: Uint8Array): Revision | null;
  /** The keys of an index in ascending order, at most `limit` of them, wherever they point. */
  keys(indexId: number, range: KeyRange, limit: number): Uint8Array[];
  /** How many entries an index has. */
  count(indexId: number): number;
  /**
   * Runs `run`, whose reads see one moment and cost less: SQLite takes its locks once for all of them
   * (2 µs each time). Within a write transaction it changes nothing; `run` must not begin one.
   */
  reading<T>(run: () => T): T;

  /** Opens the one write transaction. Reads made while it is open see its writes. */
  begin(): void;
  /** Appends a revision and moves the index entries to it. Only between `begin` and `commit`. */
  write(change: DocumentChange, tsMicros: number): Seq;
  /**
   * Removes an index with all its entries, those of a large one by and by (see `sweep`): its number is
   * not to be used again. Only between `begin` and `commit`.
   */
  dropIndex(indexId: number): void;
  /** Adds a bare key (index backfill). Only between `begin` and `commit`. */
  putBareKey(indexId: number, key: Uint8Array): void;
  /** Adds an entry for an existing revision (index backfill). Only between `begin` and `commit`. */
  putEntry(indexId: number, key: Uint8Array, seq: Seq): void;
  /** Makes everything since `begin` durable (fsync), with `tsMicros` as the newest timestamp. */
  commit(tsMicros: number): void;
  /** Forgets everything since `begin`. */
  rollback(): void;

  /**
   * Deletes, for about `durationMs`, what nothing reaches any more: dropped indexes, and revisions that
   * were replaced or deleted until `beforeMicros`. Not while a transaction is open. What is read stays
   * the same. @returns whether there is more to do.
   */
  sweep(options: { beforeMicros: number; durationMs: number }): boolean;

  /** The newest committed timestamp; never goes backwards, also across restarts and clock changes. */
  lastTsMicros(): number;

  getSetting(name: string): string | null;
  /** Between `begin` and `commit`. */
  setSetting(name: string, value: string | null): void;

  close(): void;
}

/** Refusals of the store, each with a message that names the file and what to do. */
export type StoreErrorKind = "folder_in_use" | "damaged" | "disk_full" | "newer_version" | "io";

export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;
  constructor(kind: StoreErrorKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.kind = kind;
  }
}
