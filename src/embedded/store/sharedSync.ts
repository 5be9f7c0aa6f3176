/**
 * A sync that many wait for at once. One serves all who asked before it began; who asks while it runs shares
 * the next one, since it may have begun before what they want to be durable was there.
 */
export class SharedSync {
  readonly #sync: () => Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  run(): Promise<void> {
    if (this.#next !== null) return this.#next;
    this.#next = this.#last.then(() => {
      this.#next = null;
      return this.#sync();
    });
    // A failure is told to those who waited for it, and to nobody else.
    this.#last = this.#next.catch(() => undefined);
    return this.#next;
  }
}
