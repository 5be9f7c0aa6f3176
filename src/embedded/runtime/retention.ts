/**
 * Rows of the runtime's own tables that have served their time, deleted in small batches so that no commit
 * grows large: finished jobs after a week, replies kept for repeated requests after two.
 */
import type { ComponentPath, Transaction } from "../engine/types";
import type { Committer } from "./committer";
import { CLIENT_REQUESTS_TABLE, JOBS_BY_COMPLETED_TIME, JOBS_TABLE } from "./systemTables";
import { afterRealMs } from "./turn";

const DAY_MS = 24 * 3_600_000;
// As at Convex.
const JOB_RETENTION_MS = 7 * DAY_MS;
const CLIENT_REQUEST_RETENTION_MS = 14 * DAY_MS;

const BATCH_ROWS = 200;
/** Between looks while there is nothing to do. */
const IDLE_MS = 60_000;
/** Between batches: other work goes first. */
const BUSY_MS = 50;

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
    for (const job of jobs) tx.delete(componentPath, job._id);
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

/** Sweeps for as long as the runtime runs. @returns What stops it. */
export function startSweeping(options: {
  committer: Committer;
  componentPaths(): readonly ComponentPath[];
}): () => void {
  let cancel = () => {};
  const later = (ms: number) => {
    cancel = afterRealMs(ms, () => void sweep());
  };
  let isStopped = false;

  async function sweep(): Promise<void> {
    let waitMs = IDLE_MS;
    try {
      const { value: mayHaveMore } = await options.committer.submit((tx) => ({
        commit: true,
        value: sweepOnce(tx, { componentPaths: options.componentPaths(), nowMs: tx.nowMs }),
      }));
      if (mayHaveMore) waitMs = BUSY_MS;
    } catch (error) {
      if (!isStopped) console.error("Old rows could not be deleted; trying again.", error);
    }
    if (!isStopped) later(waitMs);
  }

  later(IDLE_MS);
  return () => {
    isStopped = true;
    cancel();
  };
}
