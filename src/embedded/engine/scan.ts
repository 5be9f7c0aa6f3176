/** Reading an index in order: the store's rows in growing chunks, with the transaction's own writes laid over them. */
import type { IndexRow, KeyRange, Store } from "../store/store";
import { compareKeys, keySuccessor } from "../values/keys";
import type { OverlayRow } from "./overlay";
import { isEmpty } from "./readSet";

export type Order = "asc" | "desc";

const CHUNK_ROWS_FIRST = 16;
const CHUNK_ROWS_MAX = 512;

/** Rows that are read one after the other. */
export interface RowScan {
  /** The row that `advance` moved to. */
  readonly key: Uint8Array | null;
  readonly text: string;
  /** Whether `advance` has come to the end. */
  readonly isExhausted: boolean;
  /** Moves to the next row; false at the end. */
  advance(): boolean;
  /** The keys whose rows decided what was read; null for none, or where they are noted elsewhere. */
  consumed(): KeyRange | null;
}

export type ScanSource = {
  store: Store;
  indexId: number;
  range: KeyRange;
  order: Order;
  /** The transaction's rows in `range` as they are when the scan begins, ascending. */
  overlay: readonly OverlayRow[];
  /** How many rows the reader wants, if it knows; the first chunk has that many. */
  wantedRows?: number | undefined;
};

/**
 * A pull-based scan without an open cursor. It sees the transaction's own writes as they were when it
 * began (a loop that inserts into the table it reads ends), and the store does not change meanwhile.
 */
export class IndexScan implements RowScan {
  get key(): Uint8Array | null {
    return this.row === null ? null : this.row.key;
  }
  text = "";

  /** Read for its key only where that is asked for: a stored row has to make it. */
  private row: { readonly key: Uint8Array } | null = null;
  private readonly source: ScanSource;
  private chunk: readonly IndexRow[] = [];
  private chunkAt = 0;
  private chunkRows: number;
  private overlayAt: number;
  /** What of the range was not fetched yet; null when nothing is left. */
  private unfetched: KeyRange | null;
  private exhausted = false;

  constructor(source: ScanSource) {
    this.source = source;
    this.chunkRows = Math.max(1, Math.min(source.wantedRows ?? CHUNK_ROWS_FIRST, CHUNK_ROWS_MAX));
    this.overlayAt = source.order === "asc" ? 0 : source.overlay.length - 1;
    this.unfetched = isEmpty(source.range) ? null : source.range;
  }

  /** Whether `advance` has come to the end of the range. */
  get isExhausted(): boolean {
    return this.exhausted;
  }

  /** Moves to the next row; false at the end. */
  advance(): boolean {
    const { overlay, order } = this.source;
    for (;;) {
      const stored = this.storedRow();
      const written = overlay[this.overlayAt];
      if (written === undefined) {
        if (stored === undefined) break;
        this.chunkAt++;
        return this.moveTo(stored, stored.text);
      }

      let precedence = 1;
      if (stored !== undefined) {
        precedence = compareKeys(stored.key, written.key);
        if (order === "desc") precedence = -precedence;
      }
      if (stored !== undefined && precedence < 0) {
        this.chunkAt++;
        return this.moveTo(stored, stored.text);
      }
      if (precedence === 0) this.chunkAt++;
      this.overlayAt += order === "asc" ? 1 : -1;
      if (written.text !== null) return this.moveTo(written, written.text);
    }
    this.exhausted = true;
    return false;
  }

  /** The keys whose rows decided what was read: up to the last row, or all of them at the end. */
  consumed(): KeyRange | null {
    const { range, order } = this.source;
    if (this.exhausted) return range;
    const { key } = this;
    if (key === null) return null;
    return order === "asc"
      ? { lower: range.lower, upper: keySuccessor(key) }
      : { lower: key, upper: range.upper };
  }

  private moveTo(row: { readonly key: Uint8Array }, text: string): true {
    this.row = row;
    this.text = text;
    return true;
  }

  private storedRow(): IndexRow | undefined {
    if (this.chunkAt === this.chunk.length && this.unfetched !== null) this.fetch(this.unfetched);
    return this.chunk[this.chunkAt];
  }

  private fetch(range: KeyRange): void {
    const { store, indexId, order } = this.source;
    const limit = this.chunkRows;
    this.chunk = store.scan(indexId, range, { order, limit });
    this.chunkAt = 0;
    this.chunkRows = Math.min(Math.max(limit * 2, CHUNK_ROWS_FIRST), CHUNK_ROWS_MAX);
    const last = this.chunk[this.chunk.length - 1];
    if (last === undefined || this.chunk.length < limit) this.unfetched = null;
    else if (order === "asc")
      this.unfetched = { lower: keySuccessor(last.key), upper: range.upper };
    else this.unfetched = { lower: range.lower, upper: last.key };
  }
}
