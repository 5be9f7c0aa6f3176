/** Whoever wants to hear of something. A listener that throws is reported and keeps no other from hearing. */
export class Listeners<T> {
  readonly #listeners = new Set<(news: T) => void>();

  /** @returns What ends the listening. */
  add(listener: (news: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(news: T): void {
    for (const listener of this.#listeners) {
      try {
        listener(news);
      } catch (error) {
        console.error("A listener of the runtime failed.", error);
      }
    }
  }
}
