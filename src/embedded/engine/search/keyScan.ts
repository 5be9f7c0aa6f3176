/** Reading the keys of an index in order: the store's, in chunks, with the transaction's own changes laid over them. */
import type { KeyRange, Store } from "../../store/store";
import { compareKeys, keySuccessor } from "../../values/keys";
import type { OverlayKey } from "../overlay";

const CHUNK_KEYS_FIRST = 64;
const CHUNK_KEYS_MAX = 4096;

export class KeyScan {
  private chunk: readonly Uint8Array[] = [];
  private chunkAt = 0;
  private chunkKeys = CHUNK_KEYS_FIRST;
  private overlayAt = 0;
  /** What of the range was not fetched yet; null when nothing is left. */
  private unfetched: KeyRange | null;
  private last: Uint8Array | null = null;
  private isExhausted = false;

  /** @param overlay - The transaction's changes in `range`, ascending. */
  constructor(
    private readonly source: {
      store: Pick<Store, "keys">;
      indexId: number;
      range: KeyRange;
      overlay: readonly OverlayKey[];
    },
  ) {
    this.unfetched = source.range;
  }

  /** The next key; null at the end. */
  next(): Uint8Array | null {
    const { overlay } = this.source;
    for (;;) {
      const stored = this.storedKey();
      const changed = overlay[this.overlayAt];
      if (changed === undefined) {
        if (stored === undefined) break;
        this.chunkAt++;
        return (this.last = stored);
      }
      const order = stored === undefined ? 1 : compareKeys(stored, changed.key);
      if (order < 0) {
        this.chunkAt++;
        return (this.last = stored ?? null);
      }
      if (order === 0) this.chunkAt++;
      this.overlayAt++;
      if (changed.isThere) return (this.last = changed.key);
    }
    this.isExhausted = true;
    return null;
  }

  /** The keys whose presence decided what was read: up to the last one, or all of them at the end. */
  consumed(): KeyRange {
    const { range } = this.source;
    if (this.isExhausted) return range;
    return {
      lower: range.lower,
      upper: this.last === null ? range.lower : keySuccessor(this.last),
    };
  }

  private storedKey(): Uint8Array | undefined {
    if (this.chunkAt === this.chunk.length && this.unfetched !== null) this.fetch(this.unfetched);
    return this.chunk[this.chunkAt];
  }

  private fetch(range: KeyRange): void {
    const { store, indexId } = this.source;
    const limit = this.chunkKeys;
    this.chunk = store.keys(indexId, range, limit);
    this.chunkAt = 0;
    this.chunkKeys = Math.min(limit * 4, CHUNK_KEYS_MAX);
    const last = this.chunk.at(-1);
    this.unfetched =
      last === undefined || this.chunk.length < limit
        ? null
        : { lower: keySuccessor(last), upper: range.upper };
  }
}
