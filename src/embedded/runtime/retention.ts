/**
 * What has served its time, deleted in small batches that no commit has to wait for: finished jobs after a
 * week, replies kept for repeated requests after two, and versions of documents that were replaced or deleted.
 */
import type { ComponentPath, Transaction } from "../engine/types";
import type { Store } from "../store/store";
import type { CommitClock } from "./clock";
import type { Committer } from "./committer";
import { deleteJob } from "./jobTable";
import { CLIENT_REQUESTS_TABLE, JOBS_BY_COMPLETED_TIME, JOBS_TABLE } from "./systemTables";
import { afterRealMs } from "./turn";

const DAY_MS = 24 * 3_600_000;
// As at Convex.
const JOB_RETENTION_MS = 7 * DAY_MS;
const CLIENT_REQUEST_RETENTION_MS = 14 * DAY_MS;

const BATCH_ROWS = 200;
/** Between looks while there is nothing to do. */
const ROWS_IDLE_MS = 60_000;
const REVISIONS_IDLE_MS = 1_000;
/** Between batches: other work goes first. */
const ROWS_BUSY_MS = 50;
const REVISIONS_BUSY_MS = 20;
/** How long a commit may have to wait for a batch of revisions. A tenth of the time is enough to keep up. */
const REVISIONS_BATCH_MS = 2;

/**
 * How long a version of a document is kept after it was replaced: as long as older snapshots can be read
 * at Convex. Here nothing reads them; they are there for whoever has to look into the file after a mistake.
 */
export const RETENTION_MS = 4 * 60_000;

/** Deletes up to a batch of each kind of row and says whether there may be more. */
export function sweepOnce(
  tx: Transaction,
  { componentPaths, nowMs }: { componentPaths: readonly ComponentPath[]; nowMs: number },
): boolean {
  let mayHaveMore = false;
  for (const componentPath of componentPaths) {
    const jobs = tx.list(
      componentPath,
      // From 0: a job that is still open has no completion time and sorts before all numbers.
      {
        table: JOBS_TABLE,
        index: JOBS_BY_COMPLETED_TIME,
        lowerBound: 0,
        upperBound: nowMs - JOB_RETENTION_MS,
      },
      { limit: BATCH_ROWS },
    );
    for (const job of jobs) deleteJob(tx, { componentPath, id: job._id });
    mayHaveMore ||= jobs.length === BATCH_ROWS;
  }
  const requests = tx.list(
    "",
    {
      table: CLIENT_REQUESTS_TABLE,
      index: "by_creation_time",
      upperBound: nowMs - CLIENT_REQUEST_RETENTION_MS,
    },
    { limit: BATCH_ROWS },
  );
  for (const request of requests) tx.delete("", request._id);
  return mayHaveMore || requests.length === BATCH_ROWS;
}

type SweepingOptions = {
  committer: Committer;
  store: Pick<Store, "sweep">;
  clock: CommitClock;
  retentionMs: number;
  componentPaths: () => readonly ComponentPath[];
};

/** Sweeps for as long as the runtime runs. @returns What stops it. */
export function startSweeping(options: SweepingOptions): () => void {
  const { committer, store, clock, retentionMs, componentPaths } = options;
  const stops = [
    repeat({
      waitMs: { idle: ROWS_IDLE_MS, busy: ROWS_BUSY_MS },
      async step() {
        const { value } = await committer.submit((tx) => ({
          commit: true,
          value: sweepOnce(tx, { componentPaths: componentPaths(), nowMs: tx.nowMs }),
        }));
        return value;
      },
    }),
    repeat({
      waitMs: { idle: REVISIONS_IDLE_MS, busy: REVISIONS_BUSY_MS },
      step: () =>
        committer.between(() => {
          const beforeMicros = (clock.nowMs() - retentionMs) * 1000;
          return store.sweep({ beforeMicros, durationMs: REVISIONS_BATCH_MS });
        }),
    }),
  ];
  return () => stops.forEach((stop) => stop());
}

/** Takes a step again and again, soon while it says that there is more to do. @returns What stops it. */
function repeat(options: {
  step: () => Promise<boolean>;
  waitMs: { idle: number; busy: number };
}): () => void {
  const { step, waitMs } = options;
  let cancel = () => {};
  let isStopped = false;

  const later = (ms: number) => {
    cancel = afterRealMs(ms, () => void run());
  };
  async function run(): Promise<void> {
    let hasMore = false;
    try {
      hasMore = await step();
    } catch (error) {
      if (!isStopped) console.error("Old rows could not be deleted; trying again.", error);
    }
    if (!isStopped) later(hasMore ? waitMs.busy : waitMs.idle);
  }

  later(waitMs.idle);
  return () => {
    isStopped = true;
    cancel();
  };
}
