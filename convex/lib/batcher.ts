/**
 * Gathers items and writes them in batches: one write at a time, and at most one begun per interval.
 *
 * The first item is written at once, or after `firstMs`; what comes while a write is under way goes into the next one.
 */
export class Batcher<Item> {
  readonly #intervalMs: number;
  readonly #write: (items: Item[]) => Promise<void>;
  readonly #firstMs: number;
  #pending: Item[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #writing: Promise<void> | null = null;
  #nextAtMs: number | null = null;
  #closed = false;

  /** @param write - Must not reject: there is nobody to tell. */
  constructor({
    intervalMs,
    firstMs = 0,
    write,
  }: {
    intervalMs: number;
    firstMs?: number;
    write: (items: Item[]) => Promise<void>;
  }) {
    this.#intervalMs = intervalMs;
    this.#write = write;
    this.#firstMs = firstMs;
  }

  add(item: Item): void {
    this.#pending.push(item);
    this.#schedule();
  }

  /** Begins no more writes. Waits for the one under way, and returns what none has taken. */
  async close(): Promise<Item[]> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#writing;
    return this.#pending;
  }

  #schedule(): void {
    if (this.#closed || this.#timer !== null || this.#writing !== null) return;
    this.#nextAtMs ??= Date.now() + this.#firstMs;
    const waitMs = Math.max(this.#nextAtMs - Date.now(), 0);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#writing = this.#writePending();
    }, waitMs);
  }

  async #writePending(): Promise<void> {
    const items = this.#pending;
    this.#pending = [];
    this.#nextAtMs = Date.now() + this.#intervalMs;
    await this.#write(items);
    this.#writing = null;
    if (this.#pending.length > 0) this.#schedule();
  }
}
