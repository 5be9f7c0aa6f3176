/**
 * Runs scheduled functions when they are due.
 *
 * A mutation's job succeeds inside the mutation's own transaction: exactly once. An action's job is marked in
 * progress before the action runs, and found so after a restart it is failed, not run again: at most once.
 *
 * Convex runs 8 jobs at a time, of any kind. Here that number bounds the actions, which may hold a slot for
 * minutes; mutations have slots of their own, so that many long actions never keep a mutation waiting.
 *
 * Rows are the truth. Memory holds the next jobs by time; each is checked against its row when it starts.
 */
import type { ComponentPath, Transaction } from "../engine/types";
import type { FunctionSpec } from "../deploy/types";
import type { Call } from "../execution/types";
import type { CommitClock } from "./clock";
import type { Committer, Decision } from "./committer";
import { canonicalName } from "./functionPath";
import { JOB_RETRIES } from "./contention/retries";
import type { MutationOrdering, MutationOrigin } from "./contention/types";
import type { JobEvent, JobRow } from "./jobs";
import {
  advanceJob,
  getJob,
  listJobsInProgress,
  listPendingJobs,
  type JobRef,
  type WaitingJob,
} from "./jobTable";
import { untilDone } from "./retry";
import type { FunctionRunner } from "./runner";

/** Jobs read into memory at once; later ones stay in the index until their turn comes near. */
const LOAD_MAX = 10_000;
/** When this many wait in memory, the later half goes back to being rows only. */
const WAITING_MAX = 2 * LOAD_MAX;
/** Below this, more are read from the index. */
const WAITING_LOW = LOAD_MAX / 2;
/** Mutations in flight at once; they share commits. */
const MUTATIONS_MAX = 64;
/** Jobs failed per transaction at start. */
const RECOVERY_BATCH = 500;
/** How often a mutation that failed by our fault (or by Ctrl-C) is run again before its job has failed. */
const SYSTEM_RETRIES_MAX = 3;
/** The longest wait that a timer of Node can hold. */
const TIMER_MAX_MS = 2 ** 31 - 1;

const INTERRUPTED = "Transient error while executing action";

type Lane = "mutation" | "action";

export interface Scheduler {
  /** Fails what a previous process left in progress, then starts running jobs. */
  start(): Promise<void>;
  /** Remembers a job that `tx` has scheduled, for when it commits. */
  noteScheduled(tx: Transaction, job: WaitingJob): void;
  /** Takes the jobs that a durable transaction, of a batch that ended at `tsMicros`, has scheduled. */
  committed(tx: Transaction, tsMicros: number): void;
  /** Looks for due jobs now, instead of when the timer rings. */
  wake(): void;
  /** Starts no more jobs; resolves when those that run have ended. */
  stop(): Promise<void>;
  /** Jobs that run now, that wait for a slot, and that wait for their time (those in memory). */
  /** The most jobs that have run at once, and how late any has started, since the start. */
  peaks(): { parallelism: number; runningMax: number; lateMsMax: number };
  counts(): { running: number; due: number; waiting: number };
  /** Resolves when no job is running. */
  settled(): Promise<void>;
}

export function createScheduler(options: {
  committer: Committer;
  ordering: MutationOrdering;
  runner: FunctionRunner;
  clock: CommitClock;
  findFunction(target: { componentPath: ComponentPath; name: string }): FunctionSpec | undefined;
  componentPaths(): readonly ComponentPath[];
  /** Whether there is a deployment. Without one, jobs wait: that it lacks their functions says nothing. */
  isServing(): boolean;
  /** How many actions run at once. */
  actionsMax: number;
}): Scheduler {
  const { committer, runner, clock } = options;
  const scheduledBy = new WeakMap<Transaction, WaitingJob[]>();
  /** Jobs whose time has not come, by due time. */
  const waiting: WaitingJob[] = [];
  /** Jobs whose time has come, first come first served. */
  const due: Record<Lane, WaitingJob[]> = { mutation: [], action: [] };
  /** Ids of jobs that wait, are due or run. */
  const known = new Set<string>();
  const running: Record<Lane, number> = { mutation: 0, action: 0 };
  const slots: Record<Lane, number> = { mutation: MUTATIONS_MAX, action: options.actionsMax };
  const peaks = { parallelism: options.actionsMax, runningMax: 0, lateMsMax: 0 };
  /** Pending rows that are due later than this are not in memory; infinite when all are. */
  let loadedUntilMs = Number.POSITIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = true;
  let settledListeners: (() => void)[] = [];

  function add(job: WaitingJob): void {
    if (known.has(job.id)) return;
    known.add(job.id);
    let low = 0;
    let high = waiting.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = waiting[middle];
      if (other !== undefined && other.dueMs <= job.dueMs) low = middle + 1;
      else high = middle;
    }
    waiting.splice(low, 0, job);
    if (waiting.length > WAITING_MAX) {
      for (const later of waiting.splice(LOAD_MAX)) known.delete(later.id);
      loadedUntilMs = waiting.at(-1)?.dueMs ?? 0;
    }
  }

  /** Reads the next pending jobs from the index into memory. */
  async function load(fromMs: number | null): Promise<void> {
    // Complete until the reading shows otherwise: jobs that are scheduled meanwhile must not be missed.
    loadedUntilMs = Number.POSITIVE_INFINITY;
    const { value: lists } = await committer.submit((tx) => ({
      commit: false,
      value: options
        .componentPaths()
        .map((componentPath) => listPendingJobs(tx, componentPath, { fromMs, limit: LOAD_MAX })),
    }));
    for (const jobs of lists) {
      const lastMs = jobs.at(-1)?.dueMs ?? 0;
      if (jobs.length === LOAD_MAX) loadedUntilMs = Math.min(loadedUntilMs, lastMs);
    }
    for (const job of lists.flat()) if (job.dueMs <= loadedUntilMs) add(job);
  }

  function laneOf(job: WaitingJob): Lane {
    const spec = findTarget(job);
    // A job whose function is gone fails as quickly as a mutation.
    return spec?.kind === "action" ? "action" : "mutation";
  }

  function wake(): void {
    if (isStopped || !options.isServing()) return;
    clearTimeout(timer);
    const nowMs = clock.nowMs();
    const firstLater = waiting.findIndex((job) => job.dueMs > nowMs);
    for (const job of waiting.splice(0, firstLater < 0 ? waiting.length : firstLater)) {
      due[laneOf(job)].push(job);
    }
    for (const lane of ["mutation", "action"] as const) {
      const free = slots[lane] - running[lane];
      for (const job of due[lane].splice(0, free)) void run(job, lane);
    }
    const [next] = waiting;
    if (next !== undefined) timer = setTimeout(wake, Math.min(next.dueMs - nowMs, TIMER_MAX_MS));

    const inMemory = waiting.length + due.mutation.length + due.action.length;
    if (inMemory < WAITING_LOW && Number.isFinite(loadedUntilMs)) {
      const fromMs = loadedUntilMs;
      const what = "Scheduled functions could not be read";
      void untilDone(() => load(fromMs), { what, isStopped: () => isStopped }).then(wake);
    }
  }

  async function run(job: WaitingJob, lane: Lane): Promise<void> {
    running[lane]++;
    peaks.runningMax = Math.max(peaks.runningMax, running.mutation + running.action);
    peaks.lateMsMax = Math.max(peaks.lateMsMax, Math.round(clock.nowMs() - job.dueMs));
    try {
      if (lane === "mutation") await runMutationJob(job);
      else await runActionJob(job);
    } finally {
      running[lane]--;
      known.delete(job.id);
      wake();
      if (running.mutation + running.action === 0) {
        const listeners = settledListeners;
        settledListeners = [];
        for (const listener of listeners) listener();
      }
    }
  }

  async function runMutationJob(job: WaitingJob): Promise<void> {
    let retries = 0;
    const error = await untilSaved(() =>
      options.ordering.submit(originOf(job), (tx): Decision<string | null> => {
        const row = getJob(tx, job);
        if (row?.state.kind !== "pending") return { commit: false, value: null };
        const spec = runnable(job);
        if (typeof spec === "string") return { commit: false, value: spec };
        // The function may read its own row: it sees itself in progress.
        advanceJob(tx, job, { kind: "start" });
        const outcome = runner.transaction(toCall(job, row, spec), tx);
        if (!outcome.ok) {
          const { kind, message } = outcome.error;
          if (kind === "system" && retries++ < SYSTEM_RETRIES_MAX) throw new Error(message);
          return { commit: false, value: message };
        }
        advanceJob(tx, job, { kind: "succeed" });
        return { commit: true, value: null };
      }),
    );
    if (typeof error === "string") await advance(job, { kind: "fail", error });
  }

  async function runActionJob(job: WaitingJob): Promise<void> {
    const call = await untilSaved(() =>
      committer.submit((tx): Decision<Call | null> => {
        const spec = runnable(job);
        const event: JobEvent =
          typeof spec === "string" ? { kind: "fail", error: spec } : { kind: "start" };
        const row = advanceJob(tx, job, event);
        if (row === null || typeof spec === "string") return { commit: true, value: null };
        return { commit: true, value: toCall(job, row, spec) };
      }),
    );
    if (call === undefined || call === null) return;
    options.ordering.actionStarts(call.requestId, { afterMicros: job.afterMicros ?? 0 });
    const outcome = await runner.action(call);
    await advance(
      job,
      outcome.ok ? { kind: "succeed" } : { kind: "fail", error: outcome.error.message },
    );
  }

  async function advance(job: JobRef, event: JobEvent): Promise<void> {
    await untilSaved(() =>
      committer.submit((tx) => ({ commit: true, value: advanceJob(tx, job, event) })),
    );
  }

  async function untilSaved<T>(attempt: () => Promise<{ value: T }>): Promise<T | undefined> {
    const what = "A scheduled function could not be run or its state not be saved";
    return (await untilDone(attempt, { what, isStopped: () => isStopped }))?.value;
  }

  function findTarget(job: WaitingJob): FunctionSpec | undefined {
    return options.findFunction({
      componentPath: job.targetPath,
      name: canonicalName(job.name),
    });
  }

  /** The function to run, or why it cannot be. */
  function runnable(job: WaitingJob): FunctionSpec | string {
    const spec = findTarget(job);
    if (spec === undefined) {
      return `Could not find function for '${job.name}'. Did you forget to run \`npx convex dev\`?`;
    }
    if (spec.kind === "mutation" || spec.kind === "action") return spec;
    return `Unsupported function type. ${job.name} is defined as a ${spec.kind}. Only mutations and actions can be scheduled.`;
  }

  return {
    async start() {
      for (const componentPath of options.componentPaths()) {
        for (;;) {
          const { value: count } = await committer.submit((tx) => {
            const jobs = listJobsInProgress(tx, componentPath, { limit: RECOVERY_BATCH });
            for (const job of jobs) advanceJob(tx, job, { kind: "fail", error: INTERRUPTED });
            return { commit: true, value: jobs.length };
          });
          if (count < RECOVERY_BATCH) break;
        }
      }
      await load(null);
      isStopped = false;
      wake();
    },
    noteScheduled(tx, job) {
      const jobs = scheduledBy.get(tx);
      if (jobs === undefined) scheduledBy.set(tx, [job]);
      else jobs.push(job);
    },
    committed(tx, tsMicros) {
      const jobs = scheduledBy.get(tx);
      if (jobs === undefined || isStopped) return;
      for (const job of jobs) {
        if (job.dueMs <= loadedUntilMs) add({ ...job, afterMicros: tsMicros });
      }
      wake();
    },
    wake,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await this.settled();
    },
    peaks: () => ({ ...peaks }),
    counts: () => ({
      running: running.mutation + running.action,
      due: due.mutation.length + due.action.length,
      waiting: waiting.length,
    }),
    settled() {
      if (running.mutation + running.action === 0) return Promise.resolve();
      return new Promise((resolve) => settledListeners.push(resolve));
    },
  };
}

function originOf({ targetPath, id, name, afterMicros = 0 }: WaitingJob): MutationOrigin {
  return {
    name: canonicalName(name),
    componentPath: targetPath,
    requestId: id,
    caller: `job ${id}`,
    afterMicros,
    retries: JOB_RETRIES,
  };
}

function toCall(job: WaitingJob, row: JobRow, spec: FunctionSpec): Call {
  return {
    spec,
    args: JSON.stringify(row.args[0]),
    // Scheduled functions run for nobody: the identity of whoever scheduled them is not kept.
    identity: { kind: "none" },
    requestId: crypto.randomUUID(),
    request: { ip: null, userAgent: null },
    scheduledFunction: { componentPath: job.componentPath, id: job.id },
  };
}
