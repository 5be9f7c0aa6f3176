/** Vectors in memory, and the search through them: every one is compared, so the result is exact. */
import type { VectorIndexInfo } from "../types";
import { DIGEST_BYTES } from "./postings";
import type { DigestFilter } from "./textQuery";
import { readVectorKey } from "./vectors";

/** Vectors stand in blocks of so many: room grows without moving what is there. */
const BLOCK_ROWS = 256;

type Block = { numbers: Float32Array; digests: Uint8Array };
type Question = { vector: Float32Array; anyOf: readonly DigestFilter[] | null };

/**
 * The vectors of an index. A document keeps its row while it is there, and only a row that is free is
 * given to another: so a search may be interrupted by changes, and still sees each vector once.
 */
export class VectorRows {
  private readonly blocks: Block[] = [];
  private readonly digestBytes: number;
  /** By row; null where it is free. */
  private readonly ids: (Uint8Array | null)[] = [];
  private readonly rowOf = new Map<string, number>();
  private readonly freeRows: number[] = [];

  constructor(private readonly index: VectorIndexInfo) {
    this.digestBytes = index.filterFields.length * DIGEST_BYTES;
  }

  /** Rows in use and free ones. */
  get length(): number {
    return this.ids.length;
  }

  get sizeBytes(): number {
    const rowBytes = this.index.dimensions * 4 + this.digestBytes;
    return this.blocks.length * BLOCK_ROWS * rowBytes;
  }

  /** Puts in, or replaces, what a key of the index says. */
  put(key: Uint8Array): void {
    const { internalId, digests, vector } = readVectorKey(this.index, key);
    const id = textOf(internalId);
    let row = this.rowOf.get(id);
    if (row === undefined) {
      row = this.freeRows.pop() ?? this.ids.length;
      this.rowOf.set(id, row);
      // A copy: the key may be a part of something larger.
      this.ids[row] = internalId.slice();
    }
    const { block, at } = this.place(row);
    block.numbers.set(vector, at * this.index.dimensions);
    block.digests.set(digests, at * this.digestBytes);
  }

  remove(internalId: Uint8Array): void {
    const id = textOf(internalId);
    const row = this.rowOf.get(id);
    if (row === undefined) return;
    this.rowOf.delete(id);
    this.ids[row] = null;
    this.freeRows.push(row);
  }

  /** Compares the rows from `from` up to `to` (exclusive) and offers those that pass to `best`. */
  search(
    { vector, anyOf }: Question,
    { from, to }: { from: number; to: number },
    best: Best,
  ): void {
    const { dimensions } = this.index;
    for (let row = from; row < to; row++) {
      const id = this.ids[row];
      if (id === undefined || id === null) continue;
      const { block, at } = this.place(row);
      if (anyOf !== null && !this.passes(block.digests, at, anyOf)) continue;
      best.offer(Math.fround(dotProduct(block.numbers, at * dimensions, vector)), id);
    }
  }

  private passes(digests: Uint8Array, at: number, anyOf: readonly DigestFilter[]): boolean {
    const start = at * this.digestBytes;
    return anyOf.some(({ position, digest }) => {
      const from = start + position * DIGEST_BYTES;
      for (let i = 0; i < DIGEST_BYTES; i++) if (digests[from + i] !== digest[i]) return false;
      return true;
    });
  }

  private place(row: number): { block: Block; at: number } {
    const position = Math.floor(row / BLOCK_ROWS);
    const block = (this.blocks[position] ??= {
      numbers: new Float32Array(BLOCK_ROWS * this.index.dimensions),
      digests: new Uint8Array(BLOCK_ROWS * this.digestBytes),
    });
    return { block, at: row % BLOCK_ROWS };
  }
}

/** Four sums at once, which the processor works on side by side. */
function dotProduct(numbers: Float32Array, start: number, vector: Float32Array): number {
  const { length } = vector;
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    const at = start + i;
    a += (numbers[at] ?? 0) * (vector[i] ?? 0);
    b += (numbers[at + 1] ?? 0) * (vector[i + 1] ?? 0);
    c += (numbers[at + 2] ?? 0) * (vector[i + 2] ?? 0);
    d += (numbers[at + 3] ?? 0) * (vector[i + 3] ?? 0);
  }
  for (; i < length; i++) a += (numbers[start + i] ?? 0) * (vector[i] ?? 0);
  return a + b + c + d;
}

export type Scored = { score: number; internalId: Uint8Array };

/** The best that were offered, the best first; of equals the one with the greater id, as at Convex. */
export class Best {
  readonly results: Scored[] = [];

  constructor(private readonly limit: number) {}

  offer(score: number, internalId: Uint8Array): void {
    const { results, limit } = this;
    const last = results.at(-1);
    const scored = { score, internalId };
    if (results.length === limit && last !== undefined && compare(scored, last) >= 0) return;
    let low = 0;
    let high = results.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = results[middle];
      if (other !== undefined && compare(other, scored) < 0) low = middle + 1;
      else high = middle;
    }
    results.splice(low, 0, scored);
    if (results.length > limit) results.pop();
  }
}

function compare(a: Scored, b: Scored): number {
  return b.score - a.score || Buffer.compare(b.internalId, a.internalId);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
