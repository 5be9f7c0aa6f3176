/**
 * The tokens that texts are counted in, found by their bytes: the first 100,000 of o200k, the vocabulary of OpenAI's
 * models since GPT-4o (`scripts/importVocabulary.ts`).
 *
 * A million characters of text in the bundle, unpacked on first use into four typed arrays of 3 MB together: a `Map`
 * of strings would take ten times the memory and the time, and Convex gives a query 64 MB.
 */
import text from "./data/vocabulary.json";

/** Twice the number of tokens at least, and a power of two: probes stay short, and a mask wraps them. */
const SLOTS = 2 ** 18;

export class Vocabulary {
  readonly #bytes: Uint8Array;
  readonly #starts: Uint32Array;
  /** For each slot the rank of the token that hashes to it, plus one; 0: none. */
  readonly #slots = new Uint32Array(SLOTS);

  /** @param text - In base64, each token's length in one byte before it, in the order of their ranks. */
  constructor(text: string) {
    const packed = atob(text);
    const bytes = new Uint8Array(packed.length);
    for (let at = 0; at < packed.length; at++) bytes[at] = packed.charCodeAt(at);
    const starts: number[] = [];
    for (let at = 0; at < bytes.length; at += 1 + (bytes[at] ?? 0)) starts.push(at + 1);
    this.#bytes = bytes;
    this.#starts = Uint32Array.from(starts);
    for (const [rank, from] of starts.entries()) {
      const slot = this.#slotOf(bytes, { from, to: from + (bytes[from - 1] ?? 0) });
      this.#slots[slot] = rank + 1;
    }
  }

  /** The token that these bytes are, or null. Lower ranks are joined first. */
  rankOf(bytes: Uint8Array, from: number, to: number): number | null {
    const found = this.#slots[this.#slotOf(bytes, { from, to })] ?? 0;
    return found === 0 ? null : found - 1;
  }

  /** The slot of these bytes, or the free one in which they would stand. */
  #slotOf(bytes: Uint8Array, { from, to }: { from: number; to: number }): number {
    let slot = hash(bytes, from, to) & (SLOTS - 1);
    for (;;) {
      const rank = this.#slots[slot] ?? 0;
      if (rank === 0 || this.#is(rank - 1, bytes, { from, to })) return slot;
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  #is(rank: number, bytes: Uint8Array, { from, to }: { from: number; to: number }): boolean {
    const start = this.#starts[rank] ?? 0;
    if (this.#bytes[start - 1] !== to - from) return false;
    for (let at = from; at < to; at++) {
      if (this.#bytes[start + at - from] !== bytes[at]) return false;
    }
    return true;
  }
}

/** FNV-1a. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let sum = 0x811c9dc5;
  for (let at = from; at < to; at++) sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x01000193);
  return (sum ^ (sum >>> 15)) >>> 0;
}

let vocabulary: Vocabulary | null = null;

/** The product's own, unpacked by whoever counts first. */
export function ownVocabulary(): Vocabulary {
  return (vocabulary ??= new Vocabulary(text));
}
