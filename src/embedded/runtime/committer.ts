/**
 * The one order of commits. Work that arrives in one turn of the event loop forms a batch: each piece runs
 * to its end in its own transaction, then one `store.commit` (one fsync) makes all of them durable, and only
 * then do their promises settle. Work never overlaps, so it never conflicts; a judge may say otherwise.
 *
 * A piece that refuses or throws leaves nothing behind. When the commit itself fails (a full disk), nothing
 * of the batch stands and every promise of the batch rejects with the same `CommitError`.
 */
import type { Transaction, WriteFootprint } from "../engine/types";
import type { Store } from "../store/store";
import type { CommitClock } from "./clock";
import type { Attempt, Judge } from "./contention/types";
import { nextTurn } from "./turn";
import { CommitError, RequestError } from "./types";

/** Enough to share an fsync well; few enough that a batch's first reply is not held back by its last. */
const BATCH_SIZE_MAX = 128;
/** A batch stops taking more work after this long, so that live queries and other I/O get their turn. */
const BATCH_DURATION_MS = 10;
/** Work that waits beyond this is refused at once rather than queued without end. */
const QUEUE_LENGTH_MAX = 100_000;

/** What a piece of work decided: whether its writes stand, and what its caller gets. */
export type Decision<T> = { commit: boolean; value: T };
/** `tsMicros`: the commit that holds the work's writes, or the newest one it saw if it wrote nothing. */
export type Committed<T> = { value: T; tsMicros: number };

export interface Committer {
  /**
   * Runs `body` in its own transaction in the next batch. Resolves once it is durable.
   *
   * @param attempt - Has the judge asked, if there is one; rejects with a `ConflictError` when it objects.
   */
  submit<T>(
    body: (tx: Transaction, tsMicros: number) => Decision<T>,
    attempt?: Attempt,
  ): Promise<Committed<T>>;
  /**
   * Like `submit` for a body that waits for promises. It holds the queue until it settles, so nothing else
   * commits meanwhile. For tests only: a body that awaits another commit waits forever.
   */
  exclusive<T>(
    body: (tx: Transaction, tsMicros: number) => Promise<Decision<T>>,
  ): Promise<Committed<T>>;
  /**
   * Runs `body` alone inside a store write transaction, for changes of the catalogue and of settings.
   * It throws to undo everything. All live queries run again, since anything may have changed.
   */
  administer<T>(body: (tsMicros: number) => T): Promise<Committed<T>>;
  /** Like `administer` for what no query can see yet (an index that is being filled): none runs again. */
  prepare<T>(body: (tsMicros: number) => T): Promise<Committed<T>>;
  /** Runs `body` between two batches, while no transaction is open. It should take little time. */
  between<T>(body: () => T): Promise<T>;
  /** Commits that were made durable since the start, and the transactions that they held. */
  counts(): CommitCounts;
  /** Takes no more work; resolves when what was submitted has settled. */
  close(): Promise<void>;
}

export type CommitCounts = { durable: number; transactions: number };

export type CommitterOptions = {
  store: Pick<Store, "begin" | "commit" | "rollback" | "lastTsMicros">;
  clock: CommitClock;
  beginTransaction(tsMicros: number): Transaction;
  /** Brings what is kept in memory about the store (the catalogue) back to what the store says. */
  afterRollback(): void;
  /** Hears of each durable batch before its promises settle. */
  onCommit(batch: CommittedBatch): void;
  /** Wraps the running of a batch; the executor's watchdog. */
  guard<T>(run: () => T): T;
  /** Says which mutations conflict; without one, none does. */
  judge?: Judge | null;
};

export type CommittedBatch = {
  transactions: readonly Transaction[];
  /** Null: anything may have changed. */
  footprints: readonly WriteFootprint[] | null;
  /** The newest timestamp of the batch. */
  tsMicros: number;
};

type Work = {
  kind: "transaction" | "exclusive" | "administer" | "prepare" | "between";
  run(tx: Transaction | null, tsMicros: number): unknown;
  attempt: Attempt | null;
  resolve(committed: Committed<unknown>): void;
  reject(error: unknown): void;
};

type Batch = {
  taken: Work[];
  /** Tells the callers, once everything is durable. */
  settle: (() => void)[];
  transactions: Transaction[];
  footprints: WriteFootprint[];
  tsMicros: number;
};

export function createCommitter(options: CommitterOptions): Committer {
  const { store, clock, judge = null } = options;
  const queue: Work[] = [];
  const counts: CommitCounts = { durable: 0, transactions: 0 };
  let scheduled = false;
  let busy = false;
  let isClosed = false;
  let whenIdle = () => {};

  function enqueue<T>(
    kind: Work["kind"],
    run: Work["run"],
    attempt: Attempt | null = null,
  ): Promise<Committed<T>> {
    if (isClosed) {
      return Promise.reject(new RequestError(503, "ShuttingDown", "The runtime is shutting down."));
    }
    if (queue.length >= QUEUE_LENGTH_MAX) {
      const message = "Too many mutations are waiting. Try again later.";
      return Promise.reject(new RequestError(503, "TooManyQueuedMutations", message));
    }
    return new Promise((resolve, reject) => {
      queue.push({ kind, run, attempt, resolve: resolve as Work["resolve"], reject });
      schedule();
    });
  }

  function schedule(): void {
    if (scheduled || busy) return;
    scheduled = true;
    nextTurn(() => {
      scheduled = false;
      runQueue();
    });
  }

  function runQueue(): void {
    const [first] = queue;
    if (first === undefined) return;
    if (first.kind === "transaction") {
      runBatch();
    } else {
      queue.shift();
      if (first.kind === "exclusive") void runExclusive(first);
      else if (first.kind === "between") runBetween(first);
      else runAdministration(first);
    }
    if (!busy) goOn();
  }

  function goOn(): void {
    if (queue.length > 0) schedule();
    else whenIdle();
  }

  function runBatch(): void {
    const batch: Batch = { taken: [], settle: [], transactions: [], footprints: [], tsMicros: 0 };
    batch.tsMicros = store.lastTsMicros();
    try {
      store.begin();
      // Only what runs functions: where the guard stops them, nothing was committed yet.
      options.guard(() => runTransactions(batch));
      if (batch.transactions.length > 0) store.commit(batch.tsMicros);
      else undo();
    } catch (error) {
      undo();
      const failure = new CommitError(error);
      const failed = queue.splice(0, Math.max(batch.taken.length, 1));
      for (const work of failed) work.reject(failure);
      return;
    }
    queue.splice(0, batch.taken.length);
    if (batch.transactions.length > 0) committed(batch);
    for (const settle of batch.settle) settle();
  }

  function runTransactions(batch: Batch): void {
    const startedAtMs = performance.now();
    for (const work of queue) {
      const { length: count } = batch.taken;
      if (work.kind !== "transaction" || count === BATCH_SIZE_MAX) break;
      if (count > 0 && performance.now() - startedAtMs > BATCH_DURATION_MS) break;
      batch.taken.push(work);
      const ownTsMicros = clock.next();
      const tx = options.beginTransaction(ownTsMicros);
      let decision: Decision<unknown>;
      try {
        decision = work.run(tx, ownTsMicros) as Decision<unknown>;
        if (work.attempt !== null && decision.commit && tx.hasWrites) {
          judge?.check(tx, work.attempt, ownTsMicros);
        }
      } catch (error) {
        batch.settle.push(() => work.reject(error));
        continue;
      }
      if (decision.commit && tx.hasWrites) {
        const footprint = tx.apply(ownTsMicros);
        judge?.committed(footprint, work.attempt?.name ?? null, ownTsMicros);
        batch.footprints.push(footprint);
        batch.transactions.push(tx);
        batch.tsMicros = ownTsMicros;
      }
      const committed = { value: decision.value, tsMicros: batch.tsMicros };
      batch.settle.push(() => work.resolve(committed));
    }
  }

  function runAdministration(work: Work): void {
    const tsMicros = clock.next();
    let value: unknown;
    try {
      store.begin();
      value = work.run(null, tsMicros);
      store.commit(tsMicros);
    } catch (error) {
      undo();
      work.reject(error);
      return;
    }
    const footprints = work.kind === "administer" ? null : [];
    committed({ transactions: [], footprints, tsMicros });
    work.resolve({ value, tsMicros });
  }

  function runBetween(work: Work): void {
    try {
      work.resolve({ value: work.run(null, 0), tsMicros: store.lastTsMicros() });
    } catch (error) {
      work.reject(error);
    }
  }

  async function runExclusive(work: Work): Promise<void> {
    busy = true;
    const tsMicros = clock.next();
    try {
      store.begin();
      const tx = options.beginTransaction(tsMicros);
      const { commit, value } = (await work.run(tx, tsMicros)) as Decision<unknown>;
      if (commit && tx.hasWrites) {
        const footprint = tx.apply(tsMicros);
        store.commit(tsMicros);
        committed({ transactions: [tx], footprints: [footprint], tsMicros });
        work.resolve({ value, tsMicros });
      } else {
        undo();
        work.resolve({ value, tsMicros: store.lastTsMicros() });
      }
    } catch (error) {
      undo();
      work.reject(error);
    } finally {
      busy = false;
      goOn();
    }
  }

  function committed(batch: CommittedBatch): void {
    counts.durable++;
    counts.transactions += batch.transactions.length;
    options.onCommit(batch);
  }

  function undo(): void {
    store.rollback();
    options.afterRollback();
    judge?.undoneAfter(store.lastTsMicros());
  }

  return {
    submit: (body, attempt) =>
      enqueue("transaction", (tx, tsMicros) => body(tx as Transaction, tsMicros), attempt),
    exclusive: (body) => enqueue("exclusive", (tx, tsMicros) => body(tx as Transaction, tsMicros)),
    administer: (body) => enqueue("administer", (_tx, tsMicros) => body(tsMicros)),
    prepare: (body) => enqueue("prepare", (_tx, tsMicros) => body(tsMicros)),
    between: async <T>(body: () => T) => (await enqueue<T>("between", body)).value,
    counts: () => ({ ...counts }),
    close() {
      isClosed = true;
      if (!busy && queue.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        whenIdle = resolve;
      });
    },
  };
}
