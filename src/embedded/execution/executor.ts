/** Puts the running of functions together: realms, syscalls and the watchdog behind one `Executor`. */
import { LIMITS } from "../values/limits";
import { ActionRunner } from "./actions";
import { runHttpAction } from "./httpActions";
import { defaultSeed, type Seed } from "./randomness";
import { catchStrayErrors } from "./strayErrors";
import { TransactionRunner } from "./transactions";
import type { ActionHost, Executor, TransactionHost } from "./types";
import { createWatchdog, type WatchdogMode } from "./watchdog";

export type ExecutorOptions = {
  /** How long a query or mutation may compute. */
  functionMs?: number;
  actionMs?: number;
  nodeActionMs?: number;
  /** How long an action may keep others in its thread waiting. */
  actionStallMs?: number;
  watchdog?: WatchdogMode;
  /** The randomness of queries and mutations, where it has to be repeatable. */
  seed?: Seed;
};

const ACTION_STALL_MS = 30_000;

type ExecutorParts = {
  transactionHost: TransactionHost;
  actionHost: ActionHost;
  options?: ExecutorOptions;
};

/**
 * Functions see UTC, as at Convex. The time zone is the process's: from here on the host sees UTC too.
 * (In a worker thread this has no effect; there, start the process with `TZ=UTC`.)
 */
export function createExecutor(parts: ExecutorParts): Executor {
  if (process.env["TZ"] !== "UTC") process.env["TZ"] = "UTC";
  const { transactionHost, actionHost, options = {} } = parts;
  const watchdog = createWatchdog({
    budgetMs: options.functionMs ?? LIMITS.userTimeMs,
    ...(options.watchdog === undefined ? {} : { mode: options.watchdog }),
  });
  const transactions = new TransactionRunner(transactionHost, {
    watchdog,
    seed: options.seed ?? defaultSeed,
  });
  const actions = new ActionRunner(actionHost, {
    isolateMs: options.actionMs ?? LIMITS.actionMs,
    nodeMs: options.nodeActionMs ?? LIMITS.nodeActionMs,
    stallMs: options.actionStallMs ?? ACTION_STALL_MS,
  });
  const releaseStrayErrors = catchStrayErrors();
  return {
    load(deployment) {
      transactions.load(deployment);
      actions.load(deployment);
    },
    runTransaction: (call, tx) => transactions.run(call, tx),
    guard: (fn) => watchdog.guard(fn),
    runAction: (call, onLog) => actions.run(call, onLog),
    runHttpAction: (request, requestOptions) => runHttpAction(actions, request, requestOptions),
    async close() {
      releaseStrayErrors();
      await Promise.all([actions.close(), watchdog.close()]);
    },
  };
}
