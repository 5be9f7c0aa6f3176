/** The pushes that the CLI has begun and not yet finished, by the ids that it was given. */
import { randomUUID } from "node:crypto";
import type { StagedPush } from "../../../runtime/stagedPush";

/**
 * `codegen` begins pushes that it never finishes, and nobody says so: the oldest makes room. One that is gone
 * counts as overtaken.
 */
const STAGED_MAX = 4;

export class StagedPushes {
  readonly #pushes = new Map<string, StagedPush>();

  add(push: StagedPush): string {
    const id = randomUUID();
    this.#pushes.set(id, push);
    for (const [oldest, forgotten] of this.#pushes) {
      if (this.#pushes.size <= STAGED_MAX) break;
      this.#pushes.delete(oldest);
      void forgotten.abandon();
    }
    return id;
  }

  find(id: string): StagedPush | null {
    return this.#pushes.get(id) ?? null;
  }

  delete(id: string): void {
    this.#pushes.delete(id);
  }
}
