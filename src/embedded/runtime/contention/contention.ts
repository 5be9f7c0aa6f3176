/**
 * Judges mutations as Convex would, where they run side by side. Here one runs after the other, so nothing
 * ever conflicts and a hot row stays hidden; with a window, each counts as having taken that long:
 *
 * A mutation that commits at T is judged as if it had begun at B = max(T − window, F). It conflicts exactly
 * if a commit at a time C with B < C < T changed an index key that lies in what it has read. F is the newest
 * commit that it certainly came after:
 *
 * - the last one that its caller was answered with before it asked for this one. A caller is one client
 *   session, one HTTP connection or one running action: one that waits does not conflict with itself,
 *   while calls that it makes side by side do. (HTTP clients that change connections, as `fetch` of Node
 *   does, look like several callers. Each still gets through with its first retry.) An action comes after
 *   what its caller was answered with before, and its caller's next call after what the action did;
 * - for a scheduled function, the commit that scheduled it;
 * - for a retry, the time of the attempt that failed.
 *
 * What a caller has learnt by queries and subscriptions is not counted as an order: the window stands for
 * the time that mutations take, which here they do not. So the judgement errs on the strict side.
 *
 * As at Convex, a mutation that wrote nothing or failed by itself never conflicts; a conflicting one runs
 * again after a pause, four times (scheduled functions and crons: as often as it takes), then it fails.
 */
import type { Catalog, Transaction, WriteFootprint } from "../../engine/types";
import type { Committed, Committer, Decision } from "../committer";
import { afterRealMs } from "../turn";
import { CONFLICT_CODE, RequestError } from "../types";
import { Callers } from "./callers";
import { type ConflictReport, ConflictSums } from "./conflictReport";
import { type Place, placeOf } from "./places";
import { pauseMs } from "./retries";
import {
  actionCaller,
  type Attempt,
  ConflictError,
  type Judge,
  type MutationOrdering,
  type MutationOrigin,
} from "./types";
import { ConflictWindow } from "./window";

export type ContentionOptions = {
  windowMs: number;
  /** Asked late: the committer, in turn, asks this judge. */
  committer(): Committer;
  catalog: Catalog;
  /** Hears of each attempt that conflicted. */
  onConflict(origin: MutationOrigin, message: string): void;
  /** In [0, 1); decides the pauses. */
  random?: () => number;
  /** Calls `run` after so long. @returns What cancels it. */
  after?: (ms: number, run: () => void) => () => void;
};

export class Contention implements Judge, MutationOrdering {
  readonly #options: ContentionOptions;
  readonly #window: ConflictWindow;
  readonly #callers: Callers;
  readonly #sums: ConflictSums;
  /** What ends the pauses that are being made. */
  readonly #pauses = new Set<() => void>();
  #isStopped = false;

  constructor(options: ContentionOptions) {
    this.#options = options;
    const windowMicros = options.windowMs * 1_000;
    this.#window = new ConflictWindow(windowMicros);
    this.#callers = new Callers(windowMicros);
    this.#sums = new ConflictSums(options.windowMs);
  }

  report(): ConflictReport {
    return this.#sums.report();
  }

  /** @throws RequestError - 503: it conflicted each time it ran, or the runtime is shutting down. */
  async submit<T>(
    origin: MutationOrigin,
    body: (tx: Transaction, tsMicros: number) => Decision<T>,
  ): Promise<Committed<T>> {
    const { name, caller, retries } = origin;
    let afterMicros = Math.max(this.#callers.lastTold(caller), origin.afterMicros ?? 0);
    for (let failures = 0; ; failures++) {
      try {
        const committed = await this.#options.committer().submit(body, { name, afterMicros });
        this.#callers.tell(caller, committed.tsMicros);
        return committed;
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
        this.#noteConflict(origin, error, failures === retries.retriesMax);
        afterMicros = error.tsMicros;
      }
      await this.#pause(pauseMs(retries, failures, (this.#options.random ?? Math.random)()));
    }
  }

  actionStarts(
    requestId: string,
    { caller, afterMicros = 0 }: { caller?: string; afterMicros?: number },
  ): void {
    const toldMicros = caller === undefined ? 0 : this.#callers.lastTold(caller);
    this.#callers.tell(actionCaller(requestId), Math.max(toldMicros, afterMicros));
  }

  actionEnds(requestId: string, caller: string): void {
    this.#callers.tell(caller, this.#callers.lastTold(actionCaller(requestId)));
  }

  /** Ends all pauses: the mutations that wait in them are refused. */
  stop(): void {
    this.#isStopped = true;
    for (const end of this.#pauses) end();
  }

  check(tx: Transaction, { afterMicros }: Attempt, tsMicros: number): void {
    this.#sums.judged++;
    const overlap = this.#window.conflictOf(tx.readSet, { afterMicros, tsMicros });
    if (overlap !== null) throw new ConflictError(overlap, tsMicros);
  }

  committed(footprint: WriteFootprint, writer: string | null, tsMicros: number): void {
    this.#window.add({ footprint, writer, tsMicros });
  }

  undoneAfter(tsMicros: number): void {
    this.#window.undoAfter(tsMicros);
  }

  /** @throws RequestError - It was the last attempt. */
  #noteConflict(origin: MutationOrigin, { overlap }: ConflictError, isLast: boolean): void {
    const place = placeOf(this.#options.catalog, overlap);
    const { writer } = overlap;
    const message = conflictMessage(origin.name, place, writer);
    this.#sums.addConflict(origin.name, place, writer);
    this.#options.onConflict(origin, message);
    if (!isLast) return;
    this.#sums.addFailure(origin.name, place);
    throw new RequestError(503, CONFLICT_CODE, message);
  }

  /** @throws RequestError - The runtime is shutting down. */
  async #pause(ms: number): Promise<void> {
    if (!this.#isStopped) {
      await new Promise<void>((resolve) => {
        const end = () => {
          cancel();
          this.#pauses.delete(end);
          resolve();
        };
        const cancel = (this.#options.after ?? afterRealMs)(ms, end);
        this.#pauses.add(end);
      });
    }
    if (this.#isStopped) {
      throw new RequestError(503, "ShuttingDown", "The runtime is shutting down.");
    }
  }
}

/** In Convex's words: crates/errors/src/lib.rs, `user_occ` and `OCC_ERROR_MSG`. */
function conflictMessage(name: string, place: Place, writer: string | null): string {
  if (place.table.startsWith("_")) {
    return (
      "Data read or written in this mutation changed while it was being run. Consider reducing the " +
      "amount of data read by using indexed queries with selective index range expressions " +
      "(https://docs.convex.dev/database/indexes/)."
    );
  }
  const who = writer === name ? "Another call to this mutation" : `A call to "${writer}"`;
  const source =
    writer === null || place.documentId === null
      ? ""
      : `${who} changed the document with ID "${place.documentId}". `;
  return (
    `Documents read from or written to the "${place.table}" table changed while this mutation was ` +
    `being run and on every subsequent retry. ${source}See https://docs.convex.dev/error#1`
  );
}
