/** Running functions: what a call is, what comes out of it, and what a running function may ask of its host. */
import type { ComponentPath, Identity, Transaction, TransactionKind } from "../engine/types";
import type { Deployment, FunctionSpec } from "../deploy/types";
import type { JsonObject } from "../values/json";

export type LogLine = {
  level: "DEBUG" | "LOG" | "INFO" | "WARN" | "ERROR";
  messages: string[];
  timestampMs: number;
};

/** Why a function failed. `message` begins with "Uncaught ..." and carries the mapped stack. */
export type FunctionError = {
  /** `developer`: the function threw or broke a rule. `timeout`, `limit`: it was stopped. `system`: our fault. */
  kind: "developer" | "timeout" | "limit" | "system";
  message: string;
  /** JSON text of a ConvexError's encoded data. */
  data?: string;
};

/** What a query looked at besides the database; it decides who may share a cached result. */
export type Observed = { identity: boolean; time: boolean };

export type FunctionOutcome = (
  | { ok: true; value: string } // JSON text of the encoded return value
  | { ok: false; error: FunctionError }
) & {
  logLines: LogLine[];
  observed: Observed;
  /** Of a query or mutation: how long its own code ran, in coarse steps. */
  userTimeMs?: number;
};

export type RequestMetadata = { ip: string | null; userAgent: string | null };

/** Arguments that were parsed once, and in which everything is a Convex value. */
export type CheckedArgs = { text: string; value: JsonObject };

export type Call = {
  spec: FunctionSpec;
  /** JSON text of the encoded arguments object. */
  args: string;
  /** Holds for a call whose `args` is its `text`. */
  checkedArgs?: CheckedArgs;
  identity: Identity;
  requestId: string;
  request: RequestMetadata;
  /** The job that the scheduler runs the function for, with the component that scheduled it. */
  scheduledFunction: { componentPath: ComponentPath; id: string } | null;
};

/** A function named from inside a function: by name, reference or handle, from some component. */
export type FunctionAddress = {
  from: ComponentPath;
  name?: string;
  reference?: string;
  functionHandle?: string;
};

export type ScheduleRequest = { address: FunctionAddress; args: string; atMs: number };

/** A syscall that is nothing of the database or of calling functions. */
export type OtherSyscall = { op: string; args: Record<string, unknown>; call: Call };

/** What a running query or mutation needs beyond the database. All synchronous. */
export interface TransactionHost {
  /** The name of a component's table, for `v.id()`; undefined for numbers that are no table's. */
  tableName(componentPath: ComponentPath, tableNumber: number): string | undefined;
  resolve(address: FunctionAddress): FunctionSpec;
  functionHandle(spec: FunctionSpec): string;
  schedule(tx: Transaction, request: ScheduleRequest, parent: Call): string;
  cancelJob(tx: Transaction, jobId: string, parent: Call): void;
  environment(componentPath: ComponentPath): Readonly<Record<string, string>>;
  /** Any other syscall (`1.0/storageGetUrl`, ...); throws `UnsupportedError` by the operation's name. */
  other(tx: Transaction, syscall: OtherSyscall): string;
}

/** A file of `ctx.storage` in an action. Its bytes are handed over, not copied. */
export type FileBlob = { bytes: Uint8Array<ArrayBuffer>; contentType: string | null };
/** `contentType` and `sha256` (base64) are what the function said, unchecked. */
export type StoreFileRequest = { bytes: Uint8Array; contentType: unknown; sha256: unknown };

/** What a running action needs. */
export interface ActionHost {
  /** As `TransactionHost.tableName`. */
  tableName(componentPath: ComponentPath, tableNumber: number): string | undefined;
  resolve(address: FunctionAddress): FunctionSpec;
  functionHandle(spec: FunctionSpec): string;
  run(kind: TransactionKind | "action", call: Call): Promise<FunctionOutcome>;
  schedule(request: ScheduleRequest, parent: Call): Promise<string>;
  cancelJob(jobId: string, parent: Call): Promise<void>;
  environment(componentPath: ComponentPath): Readonly<Record<string, string>>;
  /** Stores a blob and gives the file's id. */
  storeFile(request: StoreFileRequest, parent: Call): Promise<string>;
  /** Null when there is no such file. */
  getFile(storageId: unknown, parent: Call): Promise<FileBlob | null>;
  /** JSON text of the results of `1.0/actions/vectorSearch`. */
  vectorSearch(query: unknown, parent: Call): Promise<string>;
  other(syscall: OtherSyscall): Promise<string>;
}

/** Whose `http.ts` answers a request, and the path that its router is asked for. */
export type HttpTarget = { componentPath: ComponentPath; path: string };

export interface Executor {
  /** Serves `deployment` from now on; actions in flight finish on the code they started with. */
  load(deployment: Deployment): void;
  /**
   * Runs a query or mutation to its end before it returns, nested calls included. Arguments and the
   * return value are validated. The caller applies or drops `tx`; on failure it must drop it.
   */
  runTransaction(call: Call, tx: Transaction): FunctionOutcome;
  /**
   * Runs `fn`, within which each `runTransaction` costs some 30 µs less: the committer wraps a whole
   * batch in it. When the user presses Ctrl-C meanwhile it throws `StopRequestedError`, `fn` may have
   * stopped anywhere, and the process gets its SIGINT again.
   */
  guard<T>(fn: () => T): T;
  /** `onLog` hears log lines as they come. */
  runAction(call: Call, onLog?: (line: LogLine) => void): Promise<FunctionOutcome>;
  /** Asks the router of `target` for its path. `onLog` hears log lines as they come. */
  runHttpAction(
    request: Request,
    options: {
      target: HttpTarget;
      identity: Identity;
      requestId: string;
      request: RequestMetadata;
      onLog(line: LogLine): void;
      /** Once the function and the body of its response have ended. */
      onEnd?(error: FunctionError | null): void;
    },
  ): Promise<Response>;
  close(): Promise<void>;
}

/** An operation of Convex that this runtime does not have. It fails by its name, never silently. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
  constructor(operation: string) {
    super(`${operation} is not supported by the embedded runtime.`);
  }
}
