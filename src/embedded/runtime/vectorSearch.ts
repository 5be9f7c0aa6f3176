/**
 * Vector searches of actions. An index's vectors are read into memory at its first search and kept current:
 * a commit only notes whose vectors it changed, and the next search reads these again. Everything is done
 * in slices of a few milliseconds, between which other work runs: a search sees what is committed when it
 * comes by, as at Convex.
 *
 * Indexes share a bounded memory; the one that was not searched for longest goes first. One that would
 * not fit at all is read from the store by each search, a part at a time.
 */
import { compileVectorQuery, type VectorQuery } from "../engine/search/vectorQuery";
import { Best, VectorRows } from "../engine/search/vectorRows";
import type { Catalog, ComponentPath, VectorIndexInfo, WriteFootprint } from "../engine/types";
import type { KeyRange, Store } from "../store/store";
import { encodeId } from "../values/ids";
import type { Json } from "../values/json";
import { keySuccessor, prefixRange } from "../values/keys";
import { nextTurn } from "./turn";

const MEMORY_BYTES = 512 * 1024 * 1024;
const SLICE_MS = 4;
/** Rows to compare, and keys to read, between looks at the clock. */
const STEP_ROWS = 256;
const STEP_KEYS = 64;
/** An index whose vectors have changed so often since its last search is forgotten. */
const CHANGED_MAX = 50_000;

export type VectorSearchOptions = {
  store: Pick<Store, "keys">;
  catalog: Catalog;
  /** What all vectors in memory may take. */
  memoryBytes?: number;
};

export type VectorSearches = {
  /** @returns JSON text: `{results: [{_id, _score}]}`, the most similar first. */
  search(componentPath: ComponentPath, query: unknown): Promise<string>;
  /** Hears of each commit. Null: anything may have changed. */
  committed(footprints: readonly WriteFootprint[] | null): void;
};

/** An index that was searched. */
type Searched = {
  index: VectorIndexInfo;
  /** Null when it does not fit. */
  rows: VectorRows | null;
  /** Ids whose vectors a commit has changed since they were read. */
  changed: Map<string, Uint8Array>;
  /** Settles when all vectors were read once, or turned out not to fit. */
  loading: Promise<void>;
};

export function createVectorSearches(options: VectorSearchOptions): VectorSearches {
  const { store, catalog, memoryBytes = MEMORY_BYTES } = options;
  /** In order of last use: the first is the next to go. */
  const searched = new Map<number, Searched>();

  async function bestOf(query: VectorQuery): Promise<Best> {
    const best = new Best(query.limit);
    const slices = new Slices();
    const found = use(query.index);
    await found.loading;
    await refresh(found, slices);
    const { rows } = found;
    if (rows === null) {
      await searchInStore(query, best, slices);
      return best;
    }
    for (let from = 0; from < rows.length; from += STEP_ROWS) {
      rows.search(query, { from, to: Math.min(from + STEP_ROWS, rows.length) }, best);
      await slices.pause();
    }
    return best;
  }

  /** The index, now the one used last. */
  function use(index: VectorIndexInfo): Searched {
    const { indexId } = index;
    const entry = searched.get(indexId) ?? startLoading(index);
    searched.delete(indexId);
    searched.set(indexId, entry);
    return entry;
  }

  function startLoading(index: VectorIndexInfo): Searched {
    const rows = new VectorRows(index);
    const entry: Searched = { index, rows, changed: new Map(), loading: Promise.resolve() };
    entry.loading = load(entry).catch((error: unknown) => {
      searched.delete(index.indexId);
      throw error;
    });
    return entry;
  }

  async function load(entry: Searched): Promise<void> {
    const slices = new Slices();
    // Commits must know the entry before its first key is read.
    await slices.turn();
    for await (const keys of allKeys(entry.index, slices)) {
      for (const key of keys) entry.rows?.put(key);
      makeRoom(entry);
      if (entry.rows === null) return;
    }
  }

  /** Takes other indexes out of memory for this one, or this one where it would not fit alone. */
  function makeRoom(entry: Searched): void {
    if ((entry.rows?.sizeBytes ?? 0) > memoryBytes) {
      entry.rows = null;
      entry.changed.clear();
    }
    let total = 0;
    for (const { rows } of searched.values()) total += rows?.sizeBytes ?? 0;
    for (const [indexId, other] of searched) {
      if (total <= memoryBytes) return;
      if (other === entry || other.rows === null) continue;
      searched.delete(indexId);
      total -= other.rows.sizeBytes;
    }
  }

  /** Reads again what commits have changed. */
  async function refresh(entry: Searched, slices: Slices): Promise<void> {
    const { index, changed } = entry;
    for (const [id, internalId] of changed) {
      changed.delete(id);
      const [key] = store.keys(index.indexId, prefixRange(internalId), 1);
      if (key === undefined) entry.rows?.remove(internalId);
      else entry.rows?.put(key);
      await slices.pause();
    }
    makeRoom(entry);
  }

  async function searchInStore(query: VectorQuery, best: Best, slices: Slices): Promise<void> {
    for await (const keys of allKeys(query.index, slices)) {
      const rows = new VectorRows(query.index);
      for (const key of keys) rows.put(key);
      rows.search(query, { from: 0, to: rows.length }, best);
    }
  }

  async function* allKeys(index: VectorIndexInfo, slices: Slices): AsyncGenerator<Uint8Array[]> {
    let rest: KeyRange | null = { lower: new Uint8Array(0), upper: null };
    while (rest !== null) {
      const keys: Uint8Array[] = store.keys(index.indexId, rest, STEP_KEYS);
      const last = keys.at(-1);
      rest =
        last === undefined || keys.length < STEP_KEYS
          ? null
          : { lower: keySuccessor(last), upper: null };
      yield keys;
      await slices.pause();
    }
  }

  return {
    async search(componentPath, json) {
      const query = compileVectorQuery({ catalog, componentPath }, json as Json | undefined);
      const { results } = await bestOf(query);
      return JSON.stringify({
        results: results.map(({ score, internalId }) => ({
          _id: encodeId(query.tableNumber, internalId),
          _score: score,
        })),
      });
    },
    committed(footprints) {
      if (searched.size === 0) return;
      if (footprints === null) {
        searched.clear();
        return;
      }
      for (const { indexId, key } of footprints.flat()) {
        const entry = searched.get(indexId);
        if (entry === undefined || entry.rows === null) continue;
        entry.changed.set(Buffer.from(key).toString("latin1"), key);
        // Nobody searches here any more.
        if (entry.changed.size > CHANGED_MAX) searched.delete(indexId);
      }
    },
  };
}

/** Lets other work run when a slice of time is over. */
class Slices {
  private startedAtMs = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.startedAtMs >= SLICE_MS) await this.turn();
  }

  async turn(): Promise<void> {
    await new Promise<void>((resolve) => nextTurn(resolve));
    this.startedAtMs = performance.now();
  }
}
