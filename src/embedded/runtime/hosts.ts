/** What running functions may ask of the runtime besides the database: other functions, the scheduler, the environment. */
import type { Deployment, FunctionSpec } from "../deploy/types";
import { UserError, type Catalog, type ComponentPath, type Transaction } from "../engine/types";
import {
  UnsupportedError,
  type ActionHost,
  type Call,
  type FunctionAddress,
  type FunctionOutcome,
  type ScheduleRequest,
  type TransactionHost,
} from "../execution/types";
import { tableNumberOf } from "../values/ids";
import type { JsonObject } from "../values/json";
import { checkValue, LIMITS } from "../values/limits";
import { formatMebibytes, sizeBytes } from "../values/size";
import { findFunction } from "./access";
import { resolveAddress } from "./addresses";
import type { Committer } from "./committer";
import type { FileBlobs } from "./files/fileBlobs";
import type { FileSyscalls } from "./files/fileSyscalls";
import { canonicalName, storedName, toHandle } from "./functionPath";
import type { JobRow } from "./jobs";
import { advanceJob, getJob, insertJob, jobTarget, type JobRef } from "./jobTable";
import type { Scheduler } from "./scheduler";
import type { TokenSigner } from "./tokenSigner";
import { JOBS_TABLE } from "./systemTables";
import type { VectorSearches } from "./vectorSearch";

/** Guards against a time in the wrong unit, as Convex does. */
const SCHEDULE_DISTANCE_MAX_MS = 5 * 366 * 24 * 3_600_000;

export type HostOptions = {
  deployment(): Deployment | null;
  environment(componentPath: ComponentPath): Readonly<Record<string, string>>;
  catalog: Catalog;
  noteScheduled: Scheduler["noteScheduled"];
  fileSyscalls: FileSyscalls;
  tokenSigner?: TokenSigner | undefined;
};

export function createTransactionHost(options: HostOptions): TransactionHost {
  const resolve = (address: FunctionAddress) => resolveAddress(options.deployment(), address);

  return {
    resolve,
    functionHandle,
    schedule(tx, { address, args, atMs }, parent) {
      // The job is its scheduler's, who may read and cancel it, whosever function it runs.
      const { componentPath } = parent.spec;
      const spec = resolve(address);
      const paths = { componentPath, targetPath: spec.componentPath };
      const row = toJobRow(tx, { spec, args, atMs });
      if (isCanceled(tx, parent)) {
        return insertJob(tx, paths, {
          ...row,
          scheduledTime: tx.nowMs,
          completedTime: tx.nowMs,
          state: { kind: "canceled" },
        });
      }
      const id = insertJob(tx, paths, row);
      options.noteScheduled(tx, { ...paths, id, name: row.name, dueMs: row.scheduledTime });
      return id;
    },
    cancelJob(tx, jobId, parent) {
      const { componentPath } = parent.spec;
      const tableNumber = tableNumberOf(jobId);
      const table =
        tableNumber === null
          ? undefined
          : options.catalog.tableByNumber(componentPath, tableNumber);
      if (table?.name !== JOBS_TABLE) {
        throw new UserError(
          `Invalid argument \`id\` for \`scheduler.cancel\`: "${jobId}" is not the id of a scheduled function.`,
          "InvalidArgument",
        );
      }
      const own = parent.scheduledFunction;
      const isOwn = own?.id === jobId && own.componentPath === componentPath;
      if (isOwn && isMutationJob(tx, own)) {
        throw new UserError("A mutation cannot cancel itself", "ScheduledFunctionCancelingItself");
      }
      // A job that has ended, or is long swept, is left as it is.
      advanceJob(tx, { componentPath, id: jobId }, { kind: "cancel" });
    },
    environment: (componentPath) => options.environment(componentPath),
    tableName: (componentPath, tableNumber) =>
      options.catalog.tableByNumber(componentPath, tableNumber)?.name,
    other(tx, syscall) {
      const { op, args, call } = syscall;
      if (op === "1.0/signJwt") return signJwt(options, { tx, args, call });
      if (!options.fileSyscalls.handles(syscall.op)) throw new UnsupportedError(syscall.op);
      return options.fileSyscalls.answer(tx, syscall);
    },
  };

  /** Whether a job is itself a mutation (and not an action that called one). */
  function isMutationJob(tx: Transaction, job: JobRef): boolean {
    const row = getJob(tx, job);
    if (row === null) return false;
    const target = { componentPath: jobTarget(tx, job), name: canonicalName(row.name) };
    return findFunction(options.deployment(), target)?.kind === "mutation";
  }
}

export function createActionHost(
  options: HostOptions & {
    committer: Committer;
    transactionHost: TransactionHost;
    blobs: FileBlobs;
    vectors: VectorSearches;
    run: ActionHost["run"];
  },
): ActionHost {
  const { committer, transactionHost, blobs, vectors } = options;
  return {
    tableName: (componentPath, tableNumber) =>
      transactionHost.tableName(componentPath, tableNumber),
    resolve: (address) => transactionHost.resolve(address),
    functionHandle,
    run: (kind, call): Promise<FunctionOutcome> => options.run(kind, call),
    async schedule(request: ScheduleRequest, parent) {
      const { value } = await committer.submit((tx) => ({
        commit: true,
        value: transactionHost.schedule(tx, request, parent),
      }));
      return value;
    },
    async cancelJob(jobId, parent) {
      await committer.submit((tx) => {
        transactionHost.cancelJob(tx, jobId, parent);
        return { commit: true, value: null };
      });
    },
    environment: (componentPath) => options.environment(componentPath),
    storeFile: (request, parent) => blobs.store(parent.spec.componentPath, request),
    getFile: (storageId, parent) => blobs.get(parent.spec.componentPath, storageId),
    vectorSearch: (query, parent) => vectors.search(parent.spec.componentPath, query),
    async other(syscall) {
      const { value } = await committer.submit((tx) => ({
        commit: true,
        value: transactionHost.other(tx, syscall),
      }));
      return value;
    },
  };
}

function signJwt(
  options: HostOptions,
  { tx, args, call }: { tx: Transaction; args: unknown; call: Call },
): string {
  const { tokenSigner } = options;
  const cloudUrl = options.environment("")["CONVEX_CLOUD_URL"];
  if (tokenSigner === undefined || cloudUrl === undefined) throw new UnsupportedError("signJwt");
  const { componentPath } = call.spec;
  const { claims, expiresInSeconds } = args as JsonObject;
  const { nowMs } = tx;
  return JSON.stringify(
    tokenSigner.sign({ claims, expiresInSeconds, componentPath, cloudUrl, nowMs }),
  );
}

function functionHandle(spec: FunctionSpec): string {
  return toHandle({
    componentPath: spec.componentPath,
    name: `${spec.modulePath}:${spec.exportName}`,
  });
}

function toJobRow(
  tx: Transaction,
  { spec, args, atMs }: { spec: FunctionSpec; args: string; atMs: number },
): JobRow {
  const name = storedName(spec);
  const distanceMs = atMs - tx.nowMs;
  if (!(Math.abs(distanceMs) <= SCHEDULE_DISTANCE_MAX_MS)) {
    const direction = distanceMs < 0 ? "past" : "future";
    throw new UserError(
      `${name} cannot be scheduled at ${atMs} ms since the epoch: that is more than 5 years in the ${direction}.`,
      "InvalidScheduledFunctionDelay",
    );
  }
  const argsObject = JSON.parse(args) as JsonObject;
  const problem = checkValue(argsObject);
  if (problem !== null) {
    throw new UserError(`Invalid arguments for ${name}: ${problem}`, "InvalidArguments");
  }
  const argsBytes = sizeBytes(argsObject);
  if (argsBytes > LIMITS.jobArgsBytes) {
    throw new UserError(
      `The arguments for scheduling ${name} are too large (${formatMebibytes(argsBytes)} > maximum size ${formatMebibytes(LIMITS.jobArgsBytes)}).`,
      "ScheduledFunctionsArgumentsTooLarge",
    );
  }
  // Times come as seconds; the product of the way back to milliseconds is off by a rounding error.
  const scheduledTime = Math.round(atMs * 1000) / 1000;
  return { name, args: [argsObject], scheduledTime, state: { kind: "pending" } };
}

/** Whether `parent` runs for a job that was canceled meanwhile: what it schedules must not run. */
function isCanceled(tx: Transaction, { scheduledFunction: job }: Call): boolean {
  return job !== null && getJob(tx, job)?.state.kind === "canceled";
}
