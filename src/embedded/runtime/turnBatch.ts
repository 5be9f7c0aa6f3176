/**
 * Work that arrives in one turn of the event loop and runs in the next, all within one guard: entering the
 * guard costs more than a small query does, and far more while other processes want the processor.
 */
import { nextTurn } from "./turn";

/** A turn takes no more work after this long, so that commits and I/O get theirs. */
const DURATION_MS = 10;

export interface TurnBatch {
  /** @returns What `work` returns; rejects with what it throws, or with what stopped the guard before its turn. */
  run<T>(work: () => T): Promise<T>;
}

type Piece = {
  work(): unknown;
  resolve(value: unknown): void;
  reject(error: unknown): void;
};

export function createTurnBatch(guard: (run: () => void) => void): TurnBatch {
  let waiting: Piece[] = [];

  function runWaiting(): void {
    const pieces = waiting;
    let next = 0;
    const startedAtMs = performance.now();
    try {
      guard(() => {
        for (; next < pieces.length; next++) {
          if (next > 0 && performance.now() - startedAtMs > DURATION_MS) break;
          settle(pieces[next]);
        }
      });
    } catch (error) {
      // Whatever piece it stopped in has not settled; those before have, and hear nothing of this.
      for (const piece of pieces) piece.reject(error);
      next = pieces.length;
    }
    waiting = waiting.slice(next);
    if (waiting.length > 0) nextTurn(runWaiting);
  }

  return {
    run: <T>(work: () => T) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as Piece["resolve"], reject });
        if (waiting.length === 1) nextTurn(runWaiting);
      }),
  };
}

function settle(piece: Piece | undefined): void {
  try {
    piece?.resolve(piece.work());
  } catch (error) {
    piece?.reject(error);
  }
}
