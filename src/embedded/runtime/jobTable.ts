/** Rows of `_scheduled_functions`, inside a transaction. */
import type { ComponentPath, Transaction } from "../engine/types";
import type { JsonDocument } from "../values/json";
import { nextJobRow, readJobRow, toJson, type JobEvent, type JobRow } from "./jobs";
import { JOBS_BY_STATE, JOBS_TABLE, JOB_TARGETS_BY_JOB, JOB_TARGETS_TABLE } from "./systemTables";

/** Which job: jobs live in the component that scheduled them. */
export type JobRef = { componentPath: ComponentPath; id: string };

/** A job that waits for its time, as the scheduler keeps it in memory. */
export type WaitingJob = JobRef & {
  name: string;
  /** Whose function it runs. */
  targetPath: ComponentPath;
  dueMs: number;
  /** The commit that scheduled it, where this process saw it. */
  afterMicros?: number;
};

export function insertJob(
  tx: Transaction,
  { componentPath, targetPath }: { componentPath: ComponentPath; targetPath: ComponentPath },
  row: JobRow,
): string {
  const jobId = tx.insert(componentPath, JOBS_TABLE, toJson(row));
  if (targetPath !== componentPath) {
    tx.insert(componentPath, JOB_TARGETS_TABLE, { jobId, componentPath: targetPath });
  }
  return jobId;
}

export function deleteJob(tx: Transaction, { componentPath, id }: JobRef): void {
  for (const target of listTargets(tx, { componentPath, id })) {
    tx.delete(componentPath, target._id);
  }
  tx.delete(componentPath, id);
}

/** Whose function a job runs. */
export function jobTarget(tx: Transaction, job: JobRef): ComponentPath {
  const [target] = listTargets(tx, job);
  return target === undefined ? job.componentPath : (target["componentPath"] as ComponentPath);
}

function listTargets(tx: Transaction, { componentPath, id }: JobRef): JsonDocument[] {
  const source = { table: JOB_TARGETS_TABLE, index: JOB_TARGETS_BY_JOB, prefix: [id] };
  return tx.list(componentPath, source, { limit: 1 });
}

export function getJob(tx: Transaction, job: JobRef): JobRow | null {
  const document = tx.get(job.componentPath, job.id);
  return document === null ? null : readJobRow(document);
}

/** Moves the job on and gives its new row; null when the event does not apply (or the job is gone). */
export function advanceJob(tx: Transaction, job: JobRef, event: JobEvent): JobRow | null {
  const row = getJob(tx, job);
  const next = row === null ? null : nextJobRow(row, event, tx.nowMs);
  if (next !== null) tx.replace(job.componentPath, job.id, toJson(next));
  return next;
}

/** Pending jobs in order of their time, from `fromMs` on, at most `limit`. */
export function listPendingJobs(
  tx: Transaction,
  componentPath: ComponentPath,
  { fromMs, limit }: { fromMs: number | null; limit: number },
): WaitingJob[] {
  const source = { table: JOBS_TABLE, index: JOBS_BY_STATE, prefix: ["pending"] };
  return tx
    .list(componentPath, fromMs === null ? source : { ...source, lowerBound: fromMs }, { limit })
    .map((document) => toWaitingJob(tx, componentPath, document));
}

/** Jobs that are in progress, at most `limit`. */
export function listJobsInProgress(
  tx: Transaction,
  componentPath: ComponentPath,
  { limit }: { limit: number },
): WaitingJob[] {
  return tx
    .list(
      componentPath,
      { table: JOBS_TABLE, index: JOBS_BY_STATE, prefix: ["inProgress"] },
      { limit },
    )
    .map((document) => toWaitingJob(tx, componentPath, document));
}

function toWaitingJob(
  tx: Transaction,
  componentPath: ComponentPath,
  document: JsonDocument,
): WaitingJob {
  const { name, scheduledTime: dueMs } = readJobRow(document);
  const job = { componentPath, id: document._id };
  return { ...job, name, dueMs, targetPath: jobTarget(tx, job) };
}
