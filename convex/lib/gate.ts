/**
 * Lets work in while there is room for its size, and keeps the others waiting in their order. What is larger than all
 * the room there is goes alone.
 */
export class Gate {
  readonly #room: number;
  readonly #waiting: { size: number; letIn: () => void }[] = [];
  #taken = 0;

  constructor(room: number) {
    this.#room = room;
  }

  /**
   * Waits for room, but no longer than until the signal aborts.
   *
   * @returns What gives the room back; once is enough, and twice is no error.
   */
  async enter(size: number, signal: AbortSignal): Promise<() => void> {
    const isIn = await new Promise<boolean>((resolve) => {
      const visitor = { size, letIn: () => resolve(true) };
      signal.addEventListener("abort", () => resolve(this.#sendAway(visitor)));
      this.#waiting.push(visitor);
      this.#letIn();
      if (signal.aborted) resolve(this.#sendAway(visitor));
    });
    let isOut = !isIn;
    return () => {
      if (isOut) return;
      isOut = true;
      this.#taken -= size;
      this.#letIn();
    };
  }

  /** False: it will never be let in. True: it has been. */
  #sendAway(visitor: { size: number; letIn: () => void }): boolean {
    const at = this.#waiting.indexOf(visitor);
    if (at === -1) return true;
    this.#waiting.splice(at, 1);
    this.#letIn();
    return false;
  }

  #letIn(): void {
    for (let [next] = this.#waiting; next !== undefined; [next] = this.#waiting) {
      if (this.#taken > 0 && this.#taken + next.size > this.#room) return;
      this.#waiting.shift();
      this.#taken += next.size;
      next.letIn();
    }
  }
}
