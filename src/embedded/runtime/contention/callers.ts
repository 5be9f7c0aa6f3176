/**
 * What is known of the order in which callers did things. A caller that waits for one mutation before it
 * asks for the next cannot conflict with the first, nor with anything that the first came after.
 */
export class Callers {
  readonly #memoryMicros: number;
  /** The newest commit that each caller was told of, oldest first. */
  readonly #toldMicros = new Map<string, number>();

  /** @param memoryMicros - Commits older than this need not be remembered. */
  constructor(memoryMicros: number) {
    this.#memoryMicros = memoryMicros;
  }

  /** The commit after which whatever the caller asks for now begins; 0 when none is known. */
  lastTold(caller: string): number {
    return this.#toldMicros.get(caller) ?? 0;
  }

  /** The caller was answered with this commit; 0 for none. */
  tell(caller: string, tsMicros: number): void {
    if (tsMicros === 0) return;
    const newest = Math.max(this.lastTold(caller), tsMicros);
    this.#toldMicros.delete(caller);
    this.#toldMicros.set(caller, newest);
    for (const [oldest, toldMicros] of this.#toldMicros) {
      if (toldMicros > tsMicros - this.#memoryMicros) break;
      this.#toldMicros.delete(oldest);
    }
  }
}
