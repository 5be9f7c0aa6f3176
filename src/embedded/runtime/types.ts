/** The runtime as its servers and embedders see it. */
import type { ComponentPath, Identity, Journal } from "../engine/types";
import type { AuthProvider, Deployment, Push } from "../deploy/types";
import type { Files } from "./files/httpFiles";
import type { Exports } from "./transfer/exports";
import type { Imports } from "./transfer/imports";
import type { InlineQueryRequest } from "./inlineQueries";
import type { StagedPush } from "./stagedPush";
import type { FunctionError, LogLine, RequestMetadata } from "../execution/types";
import type { CommitCounts } from "./committer";
import type { ConflictReport } from "./contention/conflictReport";
import type { FunctionUse } from "./usage/functionUse";
import type { UsageLine } from "./usage/usageMeter";

/** A call from outside, by path: "messages:list", "messages.js:list" and "messages" (default) are understood. */
export type FunctionRequest = {
  path: string;
  /** JSON text of the encoded arguments object. */
  args: string;
  identity: Identity;
  /** Only an admin may name a component other than the app or call internal functions. */
  componentPath?: ComponentPath;
  requestId: string;
  request: RequestMetadata;
  /** Names whoever brings requests, where it may wait for one's answer before it brings the next. */
  connection?: string;
};

/** `tsMicros`: the snapshot a query saw, or the commit of a mutation. */
export type FunctionReply = ({ ok: true; value: string } | { ok: false; error: FunctionError }) & {
  logLines: LogLine[];
};
export type QueryReply = FunctionReply & { tsMicros: number; journal: Journal };
export type MutationReply = FunctionReply & { tsMicros: number };

/** One watched query. Its reply is always the one at `LiveQueries.tsMicros()`. */
export interface Watch {
  readonly reply: QueryReply;
  close(): void;
}

/**
 * Queries that are kept up to date. After each commit the queries whose ranges were touched run
 * again, identical ones once; only then do listeners hear, so that at each `onAdvance` every watch
 * is at one and the same timestamp. A mutation's promise resolves before the listeners hear of it.
 */
export interface LiveQueries {
  /**
   * Runs the query now, or shares the run of an identical one. `journal` is what the client last had.
   * Never throws: a function that is missing, or not the caller's to call, gives a failed reply, and the
   * watch gets a good one when a push brings the function.
   */
  watch(request: FunctionRequest & { journal?: Journal }): Watch;
  tsMicros(): number;
  onAdvance(listener: (tsMicros: number) => void): () => void;
  /** Makes sure that listeners hear once more, even if no query changed (after any mutation or action). */
  requestAdvance(): void;
}

export interface Runtime {
  readonly live: LiveQueries;
  query(request: FunctionRequest): Promise<QueryReply>;
  /** `client` makes a repeated request return the first one's reply, also after a restart. */
  mutation(
    request: FunctionRequest & { client?: { sessionId: string; requestId: number } },
  ): Promise<MutationReply>;
  action(request: FunctionRequest): Promise<FunctionReply>;
  /** Whichever kind the function is. */
  run(request: FunctionRequest): Promise<FunctionReply>;
  /** Runs a query whose code comes with the request. Only for admins: check before. */
  inlineQuery(request: InlineQueryRequest): Promise<FunctionReply>;
  httpAction(
    request: Request,
    options: Pick<FunctionRequest, "identity" | "requestId" | "request" | "connection">,
  ): Promise<Response>;

  /** Serves a push: analyses it, checks it against the stored data, builds indexes, then switches. */
  deploy(push: Push): Promise<Deployment>;
  /**
   * Analyses a push, to be served step by step.
   *
   * @throws PushError - It cannot be served, whatever the data.
   */
  stagePush(push: Push): Promise<StagedPush>;
  deployment(): Deployment | null;
  onDeploy(listener: (deployment: Deployment) => void): () => void;

  environment(): Readonly<Record<string, string>>;
  /**
   * Takes effect for functions that start afterwards and for the auth providers. Null removes. All or
   * nothing: a bad name, or a value that breaks `auth.config`, changes nothing.
   */
  setEnvironment(changes: Readonly<Record<string, string | null>>): Promise<void>;

  /** Whose tokens are accepted, as `auth.config` says under the present environment. */
  authProviders(): readonly AuthProvider[];
  /** Hears when `authProviders` has changed, by a push or by the environment. */
  onAuthProviders(listener: (providers: readonly AuthProvider[]) => void): () => void;

  /** The public keys of the tokens that functions sign, as the text of a JSON Web Key Set. */
  jwks(): string;

  /** Reads from the store. @throws StoreError */
  checkStore(): void;

  onLog(listener: (entry: LogEntry) => void): () => void;
  /** Hears of the lines of actions and HTTP actions as they are written. */
  onProgress(listener: (progress: LogProgress) => void): () => void;

  readonly files: Files;
  /** What `npx convex export` asks for. */
  readonly exports: Exports;
  /** `npx convex import`. */
  readonly imports: Imports;

  /** What functions have met since the start: how near to limits they came, and conflicts where they are judged. */
  meter(): MeterReport;

  /** Lets running functions end (for at most `graceMs`), then stops. */
  close(options?: { graceMs?: number }): Promise<void>;
}

export type MeterReport = {
  /** Null where no window for conflicts was given. */
  contention: ConflictReport | null;
  /** The highest use of Convex's limits by each function, those nearest to a limit first. */
  usage: UsageLine[];
  /** One commit, and so one fsync, makes all transactions durable that came at the same time. */
  commits: CommitCounts;
  /** Convex runs `parallelism` jobs at once; how many have run at once here, and how late any has started. */
  scheduledJobs: { parallelism: number; runningMax: number; lateMsMax: number };
};

/** One finished function, for the log stream. */
export type LogEntry = {
  requestId: string;
  componentPath: ComponentPath;
  /** "query queries/agents:list" without the kind: "queries/agents:list". */
  path: string;
  kind: "query" | "mutation" | "action" | "httpAction";
  startedAtMs: number;
  durationMs: number;
  error: string | null;
  logLines: LogLine[];
  /** Null where it is not known whose call it was. */
  identityType: IdentityType | null;
  /** Null for what uses the database only through the functions that it calls. */
  used: LoggedUse | null;
};

/** As Convex's logs name them. */
export type IdentityType = "unknown" | "user" | "instance_admin" | "member_acting_user";

/** What a query or mutation has used, nested calls included. */
export type LoggedUse = Pick<
  FunctionUse,
  "bytesRead" | "bytesWritten" | "documentsRead" | "documentsWritten" | "resultBytes" | "userTimeMs"
>;

/** A line of an action that goes on. The entry at its end has the line again. */
export type LogProgress = Pick<
  LogEntry,
  "requestId" | "componentPath" | "path" | "kind" | "startedAtMs"
> & { line: LogLine };

/** A commit that could not be made durable (a full disk, say). Nothing of it was written; it may be tried again. */
export class CommitError extends Error {
  override readonly name = "CommitError";
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The write could not be saved, and nothing was changed: ${reason}`, { cause });
  }
}

/** The code of a mutation that conflicted with others each time it ran, as at Convex. */
export const CONFLICT_CODE = "OptimisticConcurrencyControlFailure";

/** A refusal of a request before any function ran: unknown function, not allowed, bad arguments object. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
