/**
 * Results of queries that hold at the newest commit, each with the ranges of index keys it was read from.
 * A commit drops the results it touched; what is left is as good as a fresh run.
 *
 * A result is shared by everyone who asks the same (component, function, arguments, journal). If the run
 * looked at who calls, it is shared only with the same caller. Whether a query looks can differ from run to
 * run ("no document, so no check of its owner"), so that is decided by each result and not by the query.
 */
import { IntervalIndex } from "../engine/intervalIndex";
import type { ComponentPath, Identity, Journal, ReadSet, WriteFootprint } from "../engine/types";
import type { CheckedArgs, Observed, RequestMetadata } from "../execution/types";
import type { QueryReply } from "./types";

/** Results that nobody watches are kept for a repeated query, the most recently used ones. */
const IDLE_RESULTS_MAX = 1_000;
const IDLE_CHARS_MAX = 32_000_000;
/** How old a result may be for a new reader when the query has read the clock; the same as at Convex. */
const OBSERVED_TIME_AGE_MAX_MS = 5_000;
/**
 * How long a run that was stopped, or that failed by our fault, stands for the next one. Long enough that all
 * who wait for the same query share one such run: each of them costs the time after which it is stopped.
 */
const FAULT_AGE_MAX_MS = 1_000;
/** What an interval of a read set counts for among the characters of results: about its size in memory. */
const INTERVAL_CHARS = 100;

/** Which query, for whom: its first four fields make up the question, the rest says who asks. */
type QueryCallFields = Readonly<{
  componentPath: ComponentPath;
  name: string;
  /** JSON text of the arguments object. */
  args: string;
  /** As in `Call`. */
  checkedArgs: CheckedArgs | undefined;
  journal: Journal;
  identity: Identity;
  requestId: string;
  request: RequestMetadata;
}>;

/** `question` is equal for equal questions and for no others. It is put together once: it may be long. */
export type QueryCall = QueryCallFields & Readonly<{ question: string }>;

export function newQueryCall(fields: QueryCallFields): QueryCall {
  const { componentPath, name, args, journal } = fields;
  const { length } = journal ?? "";
  const lengths = `${componentPath.length},${name.length},${journal === null ? "" : length};`;
  const question = `${lengths}${componentPath}${name}${journal ?? ""}${args}`;
  const { checkedArgs, identity, requestId, request } = fields;
  return {
    componentPath,
    name,
    args,
    checkedArgs,
    journal,
    identity,
    requestId,
    request,
    question,
  };
}

export type QueryRun = { reply: QueryReply; readSet: ReadSet; observed: Observed };

/** One result. `keepers` are the watches it must not be evicted from under. */
export type CachedResult<Keeper> = {
  readonly question: string;
  /** Whose it is; null for everyone's. */
  readonly identity: string | null;
  /** What it counts for among `IDLE_CHARS_MAX`. */
  readonly chars: number;
  reply: QueryReply;
  readonly readSet: ReadSet;
  /** Null when the result may be shared however old it is. */
  readonly staleAfterMs: number | null;
  /** Null for none: most results never have any. */
  keepers: Set<Keeper> | null;
  isDropped: boolean;
};

export interface QueryCache<Keeper> {
  /** A result that holds now: a stored one, or that of a run. */
  obtain(call: QueryCall): CachedResult<Keeper>;
  /** A stored result that holds now, or null. */
  stored(call: QueryCall): CachedResult<Keeper> | null;
  keep(result: CachedResult<Keeper>, keeper: Keeper): void;
  release(result: CachedResult<Keeper>, keeper: Keeper): void;
  /** Drops the results that commits have touched (null: all) and gives the watches that are left without one. */
  dropTouched(footprints: readonly WriteFootprint[] | null): Set<Keeper>;
}

export function createQueryCache<Keeper>(options: {
  run(call: QueryCall): QueryRun;
  nowMs(): number;
}): QueryCache<Keeper> {
  type Result = CachedResult<Keeper>;
  /** The results that answer a question now. */
  type Answers = { shared: Result | undefined; own: Map<string, Result> | undefined };
  const answers = new Map<string, Answers>();
  /** Those that a fresher one stands in for, while watches keep them. */
  const replaced = new Set<Result>();
  const ranges = new IntervalIndex<Result>();
  /** In order of last use: the first is the next to go. */
  const idle = new Set<Result>();
  let idleChars = 0;

  function isFresh(result: Result | undefined): result is Result {
    if (result === undefined) return false;
    return result.staleAfterMs === null || options.nowMs() <= result.staleAfterMs;
  }

  function find({ question, identity }: QueryCall): Result | null {
    const known = answers.get(question);
    if (known === undefined) return null;
    const own = known.own?.get(identityKey(identity));
    if (isFresh(own)) return own;
    return isFresh(known.shared) ? known.shared : null;
  }

  /** The result that is found where this one would be. */
  function found({ question, identity }: Result): Result | undefined {
    const known = answers.get(question);
    return identity === null ? known?.shared : known?.own?.get(identity);
  }

  function setFound(result: Result): void {
    const { question, identity } = result;
    const before = found(result);
    if (before !== undefined) {
      if (before.keepers === null) drop(before);
      else replaced.add(before);
    }
    let known = answers.get(question);
    if (known === undefined) answers.set(question, (known = { shared: undefined, own: undefined }));
    if (identity === null) known.shared = result;
    else (known.own ??= new Map()).set(identity, result);
  }

  function forget({ question, identity }: Result): void {
    const known = answers.get(question);
    if (known === undefined) return;
    if (identity === null) known.shared = undefined;
    else known.own?.delete(identity);
    if (known.shared === undefined && (known.own?.size ?? 0) === 0) answers.delete(question);
  }

  function runQuery(call: QueryCall): Result {
    const run = options.run(call);
    const ageMaxMs = ageMaxMsOf(run);
    const result: Result = {
      question: call.question,
      identity: run.observed.identity ? identityKey(call.identity) : null,
      chars: charsOf(call, run),
      reply: run.reply,
      readSet: run.readSet,
      staleAfterMs: ageMaxMs === null ? null : options.nowMs() + ageMaxMs,
      keepers: null,
      isDropped: false,
    };
    ranges.add(result, result.readSet);
    setFound(result);
    return result;
  }

  function drop(result: Result): void {
    setIdle(result, false);
    result.isDropped = true;
    replaced.delete(result);
    ranges.remove(result, result.readSet);
    if (found(result) === result) forget(result);
  }

  function setIdle(result: Result, isIdle: boolean): void {
    if (idle.delete(result)) idleChars -= result.chars;
    if (!isIdle) return;
    idle.add(result);
    idleChars += result.chars;
    for (const oldest of idle) {
      if (idle.size <= IDLE_RESULTS_MAX && idleChars <= IDLE_CHARS_MAX) break;
      drop(oldest);
    }
  }

  function stored(call: QueryCall): Result | null {
    const result = find(call);
    return result && used(result);
  }

  function used(result: Result): Result {
    if (result.keepers === null) setIdle(result, true);
    return result;
  }

  function all(): Result[] {
    const found = [...replaced];
    for (const { shared, own } of answers.values()) {
      if (shared !== undefined) found.push(shared);
      if (own !== undefined) found.push(...own.values());
    }
    return found;
  }

  return {
    stored,
    obtain: (call) => stored(call) ?? used(runQuery(call)),
    keep(result, keeper) {
      (result.keepers ??= new Set()).add(keeper);
      setIdle(result, false);
    },
    release(result, keeper) {
      result.keepers?.delete(keeper);
      if (result.keepers?.size === 0) result.keepers = null;
      if (result.keepers !== null || result.isDropped) return;
      if (found(result) === result) setIdle(result, true);
      else drop(result);
    },
    dropTouched(footprints) {
      const touched =
        footprints === null
          ? all()
          : new Set(footprints.flatMap((footprint) => [...ranges.touchedBy(footprint)]));
      const keepers = new Set<Keeper>();
      for (const result of touched) {
        drop(result);
        for (const keeper of result.keepers ?? []) keepers.add(keeper);
      }
      return keepers;
    },
  };
}

/** Two callers with the same key see the same. A renewed token with the same claims is the same caller. */
function identityKey(identity: Identity): string {
  switch (identity.kind) {
    case "none":
      return "none";
    case "user":
      return `user:${JSON.stringify([identity.tokenIdentifier, identity.attributes])}`;
    case "admin":
      return `admin:${JSON.stringify(identity.actingAs)}`;
  }
}

/** How long the run's result may be shared; null for as long as no commit touches it. */
function ageMaxMsOf({ reply, observed }: QueryRun): number | null {
  const isRepeatable = reply.ok || reply.error.kind === "developer" || reply.error.kind === "limit";
  if (!isRepeatable) return FAULT_AGE_MAX_MS;
  return observed.time ? OBSERVED_TIME_AGE_MAX_MS : null;
}

function charsOf({ question }: QueryCall, { reply, readSet }: QueryRun): number {
  let chars = question.length + (reply.ok ? reply.value.length : 0);
  for (const ranges of readSet.intervals.values()) chars += ranges.length * INTERVAL_CHARS;
  return chars;
}
