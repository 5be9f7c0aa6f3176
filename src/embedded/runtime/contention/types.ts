/** The vocabulary of judging mutations; see `contention.ts`. */
import type { ComponentPath, Transaction, WriteFootprint } from "../../engine/types";
import type { Committed, Committer, Decision } from "../committer";
import type { Retries } from "./retries";
import type { Overlap } from "./window";

/** Which mutation asks to commit, and what is known of its beginning. */
export type MutationOrigin = {
  /** As in "messages:send". */
  name: string;
  componentPath: ComponentPath;
  requestId: string;
  /** Whoever waits for the answer before asking for more: a client session, a connection, an action. */
  caller: string;
  /** A commit that it certainly comes after. */
  afterMicros?: number;
  retries: Retries;
};

/** Runs mutations of functions, and hears what is known of the order in which they are asked for. */
export interface MutationOrdering {
  /** Runs a mutation in the committer's next batch, and again while it conflicts and may be repeated. */
  submit<T>(
    origin: MutationOrigin,
    body: (tx: Transaction, tsMicros: number) => Decision<T>,
  ): Promise<Committed<T>>;
  /** An action begins, after all that its caller was answered with and after a commit that is given. */
  actionStarts(requestId: string, after: { caller?: string; afterMicros?: number }): void;
  /** Its caller is about to be answered. */
  actionEnds(requestId: string, caller: string): void;
}

/** How actions are called as callers: all that one asks for carries the id of the request that started it. */
export function actionCaller(requestId: string): string {
  return `action ${requestId}`;
}

/** Where nothing is judged. */
export function straightTo(committer: () => Committer): MutationOrdering {
  return {
    submit: (_origin, body) => committer().submit(body),
    actionStarts() {},
    actionEnds() {},
  };
}

/** One attempt, as the committer passes it to its judge. */
export type Attempt = { name: string; afterMicros: number };

/** Asked by the committer about each transaction, in the order of commits. */
export interface Judge {
  /** @throws ConflictError - The transaction must not commit. */
  check(tx: Transaction, attempt: Attempt, tsMicros: number): void;
  /** @param writer - Null: the runtime itself. */
  committed(footprint: WriteFootprint, writer: string | null, tsMicros: number): void;
  /** Commits after `tsMicros` did not become durable. */
  undoneAfter(tsMicros: number): void;
}

/** What an attempt has read was changed between its beginning and its commit. */
export class ConflictError extends Error {
  override readonly name = "ConflictError";
  readonly overlap: Overlap;
  /** When the attempt would have committed. */
  readonly tsMicros: number;
  constructor(overlap: Overlap, tsMicros: number) {
    super("What the mutation has read was changed meanwhile.");
    this.overlap = overlap;
    this.tsMicros = tsMicros;
  }
}
