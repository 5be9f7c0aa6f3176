/**
 * Runs the crons of the deployment. One row per cron says when it runs next, so a restart neither doubles nor
 * loses a run: a mutation moves its row on in its own transaction, an action's row is marked in progress first.
 *
 * A cron never overlaps itself. What came due while it ran, or while the process was down, is run once and the
 * rest is skipped with a line in the log. Crons have slots of their own, apart from the scheduler's.
 */
import type { CronSchedule, CronSpec, Deployment, FunctionSpec } from "../deploy/types";
import { PushError } from "../deploy/types";
import type { ComponentPath, Transaction } from "../engine/types";
import type { Call } from "../execution/types";
import type { Json, JsonObject } from "../values/json";
import { findFunction } from "./access";
import type { CommitClock } from "./clock";
import type { Committer, Decision } from "./committer";
import { JOB_RETRIES } from "./contention/retries";
import type { MutationOrdering, MutationOrigin } from "./contention/types";
import { nextRun } from "./cronSpec";
import { canonicalName } from "./functionPath";
import { untilDone } from "./retry";
import type { FunctionRunner } from "./runner";
import { CRONS_TABLE } from "./systemTables";

/** Crons that run at once. */
const RUNNING_MAX = 8;
/** Crons of one component. */
const CRONS_MAX = 1_000;
const TIMER_MAX_MS = 2 ** 31 - 1;

const INTERRUPTED = "Transient error while executing action";

/** A row of the crons' table without its system fields. */
type CronRow = CronSpec & { nextRunMs: number; state: "pending" | "inProgress" };
type Cron = { componentPath: ComponentPath; id: string; row: CronRow };

export interface Crons {
  /** Reads the rows, closes what a previous process left in progress, and starts running crons. */
  start(): Promise<void>;
  /** Takes notice of rows that a push has changed. */
  reload(): Promise<void>;
  /** Starts no more runs; resolves when those that run have ended. */
  stop(): Promise<void>;
}

/** @throws PushError - A cron's schedule can never match, or its function cannot be run by a cron. */
export function checkCrons(deployment: Deployment, nowMs: number): void {
  for (const { componentPath, crons } of deployment.components.values()) {
    if (crons.length > CRONS_MAX) {
      throw new PushError(`crons.ts defines ${crons.length} crons; the limit is ${CRONS_MAX}.`);
    }
    for (const cron of crons) {
      const target = { componentPath, name: canonicalName(cron.functionName) };
      const kind = findFunction(deployment, target)?.kind;
      if (kind !== "mutation" && kind !== "action") {
        const what = kind === undefined ? "which does not exist" : `which is a ${kind}`;
        throw new PushError(
          `The cron "${cron.name}" in crons.ts runs ${cron.functionName}, ${what}. ` +
            "Crons run mutations and actions.",
          { cron: cron.name },
        );
      }
      try {
        nextRun(cron.schedule, { previousMs: null, nowMs });
      } catch (error) {
        throw new PushError(`The cron "${cron.name}" in crons.ts: ${messageOf(error)}`, {
          cron: cron.name,
        });
      }
    }
  }
}

/**
 * Makes the rows those of the deployment. A cron whose schedule did not change keeps its next run.
 *
 * @param known - All components that ever were: those that are not mounted any more lose their crons.
 */
export function reconcileCrons(
  tx: Transaction,
  deployment: Deployment,
  known: readonly ComponentPath[],
): void {
  for (const componentPath of new Set([...known, ...deployment.components.keys()])) {
    const crons = deployment.components.get(componentPath)?.crons ?? [];
    const old = new Map(listCrons(tx, componentPath).map((cron) => [cron.row.name, cron]));
    for (const spec of crons) {
      const before = old.get(spec.name);
      old.delete(spec.name);
      const isSameSchedule =
        before !== undefined && isEqual(before.row.schedule, spec.schedule as Json);
      const row: CronRow = {
        ...spec,
        state: before?.row.state ?? "pending",
        nextRunMs: isSameSchedule
          ? before.row.nextRunMs
          : nextRun(spec.schedule, { previousMs: null, nowMs: tx.nowMs }).atMs,
      };
      if (before === undefined) tx.insert(componentPath, CRONS_TABLE, toJson(row));
      else if (!isEqual(before.row, row)) tx.replace(componentPath, before.id, toJson(row));
    }
    for (const removed of old.values()) tx.delete(componentPath, removed.id);
  }
}

export function createCrons(options: {
  committer: Committer;
  ordering: MutationOrdering;
  runner: FunctionRunner;
  clock: CommitClock;
  findFunction(target: { componentPath: ComponentPath; name: string }): FunctionSpec | undefined;
  componentPaths(): readonly ComponentPath[];
  /** Whether there is a deployment. Without one, crons wait. */
  isServing(): boolean;
}): Crons {
  const { committer, runner, clock } = options;
  let crons = new Map<string, Cron>();
  const running = new Map<string, Promise<void>>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = true;

  function persist<T>(what: string, attempt: () => Promise<T>): Promise<T | undefined> {
    return untilDone(attempt, { what, isStopped: () => isStopped });
  }

  async function reload(): Promise<void> {
    const read = await persist("Crons could not be read", () =>
      committer.submit((tx) => ({
        commit: false,
        value: options.componentPaths().flatMap((componentPath) => listCrons(tx, componentPath)),
      })),
    );
    if (read === undefined) return;
    crons = new Map(read.value.map((cron) => [cron.id, cron]));
    wake();
  }

  function wake(): void {
    if (isStopped || !options.isServing()) return;
    clearTimeout(timer);
    const nowMs = clock.nowMs();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const cron of crons.values()) {
      if (running.has(cron.id)) continue;
      if (cron.row.nextRunMs > nowMs) nextMs = Math.min(nextMs, cron.row.nextRunMs);
      else if (running.size < RUNNING_MAX) start(cron);
    }
    if (Number.isFinite(nextMs)) {
      timer = setTimeout(wake, Math.min(nextMs - nowMs, TIMER_MAX_MS));
    }
  }

  function start(cron: Cron): void {
    const run = runCron(cron).then(() => {
      running.delete(cron.id);
      wake();
    });
    running.set(cron.id, run);
  }

  async function runCron(cron: Cron): Promise<void> {
    const what = `The cron "${cron.row.name}" could not be saved`;
    const begun = await persist(what, () =>
      options.ordering.submit(originOf(cron), (tx) => begin(tx, cron)),
    );
    if (begun === undefined || begun.value === null) return;
    if (typeof begun.value === "object") await runner.action(begun.value);
    // After an action, or after a mutation that failed and so did not do it itself.
    await persist(what, () =>
      committer.submit((tx) => {
        const row = readRow(tx, cron);
        if (row !== null) moveOn(tx, cron, row);
        return { commit: true, value: null };
      }),
    );
  }

  /** Runs a mutation, or marks an action's cron and gives the call to make. A string: why it failed. */
  function begin(tx: Transaction, cron: Cron): Decision<Call | string | null> {
    const row = currentRow(tx, cron);
    if (row === null) return { commit: false, value: null };
    const spec = options.findFunction({
      componentPath: cron.componentPath,
      name: canonicalName(row.functionName),
    });
    if (spec === undefined) return { commit: false, value: `${row.functionName} does not exist` };
    const call = toCall(row, spec);
    if (spec.kind === "action") {
      save(tx, cron, { ...row, state: "inProgress" });
      return { commit: true, value: call };
    }
    const outcome = runner.transaction(call, tx);
    if (!outcome.ok) return { commit: false, value: outcome.error.message };
    moveOn(tx, cron, row);
    return { commit: true, value: null };
  }

  function moveOn(tx: Transaction, cron: Cron, row: CronRow): void {
    const next = nextRun(row.schedule, { previousMs: row.nextRunMs, nowMs: tx.nowMs });
    save(tx, cron, { ...row, state: "pending", nextRunMs: next.atMs });
    if (next.skipped > 0) {
      report(
        cron,
        `Skipping ${next.skipped} run(s) of the cron "${row.name}" because multiple scheduled runs are in the past`,
      );
    }
  }

  /** The row, if this run is still the one to make. */
  function currentRow(tx: Transaction, cron: Cron): CronRow | null {
    const row = readRow(tx, cron);
    if (row === null) crons.delete(cron.id);
    const isCurrent = row?.state === "pending" && row.nextRunMs <= tx.nowMs;
    if (row !== null && !isCurrent) cron.row = row;
    return isCurrent ? row : null;
  }

  function save(tx: Transaction, cron: Cron, row: CronRow): void {
    tx.replace(cron.componentPath, cron.id, toJson(row));
    cron.row = row;
  }

  function report(cron: Cron, message: string): void {
    const target = {
      componentPath: cron.componentPath,
      name: canonicalName(cron.row.functionName),
    };
    const spec = options.findFunction(target);
    if (spec !== undefined) runner.report(toCall(cron.row, spec), message);
  }

  return {
    async start() {
      await committer.submit((tx) => {
        for (const componentPath of options.componentPaths()) {
          for (const cron of listCrons(tx, componentPath)) {
            if (cron.row.state !== "inProgress") continue;
            report(cron, INTERRUPTED);
            moveOn(tx, cron, cron.row);
          }
        }
        return { commit: true, value: null };
      });
      isStopped = false;
      await reload();
    },
    reload,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await Promise.all(running.values());
    },
  };
}

function listCrons(tx: Transaction, componentPath: ComponentPath): Cron[] {
  return tx
    .list(componentPath, { table: CRONS_TABLE, index: "by_creation_time" }, { limit: CRONS_MAX })
    .map((document) => ({ componentPath, id: document._id, row: readDocument(document) }));
}

function readRow(tx: Transaction, cron: Cron): CronRow | null {
  const document = tx.get(cron.componentPath, cron.id);
  return document === null ? null : readDocument(document);
}

function readDocument(document: JsonObject): CronRow {
  const { name, functionName, args, schedule, nextRunMs, state } = document as unknown as CronRow;
  return { name, functionName, args, schedule, nextRunMs, state };
}

function toJson(row: CronRow): JsonObject {
  return row as unknown as JsonObject;
}

function isEqual(a: CronSchedule | CronRow, b: Json | CronRow): boolean {
  return canonicalText(a) === canonicalText(b);
}

/** JSON with the keys of objects in order: stored rows need not keep theirs. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

function originOf({ componentPath, id, row }: Cron): MutationOrigin {
  const name = canonicalName(row.functionName);
  return { name, componentPath, requestId: id, caller: `cron ${id}`, retries: JOB_RETRIES };
}

function toCall(row: CronRow, spec: FunctionSpec): Call {
  return {
    spec,
    args: JSON.stringify(row.args[0] ?? {}),
    identity: { kind: "none" },
    requestId: crypto.randomUUID(),
    request: { ip: null, userAgent: null },
    scheduledFunction: null,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
