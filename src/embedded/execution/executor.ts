/** Puts the running of functions together: realms, syscalls and the watchdog behind one `Executor`. */
import { ActionRunner } from "./actions";
import { runHttpAction } from "./httpActions";
import { catchStrayErrors } from "./strayErrors";
import { TransactionRunner } from "./transactions";
import type { ActionHost, Executor, TransactionHost } from "./types";
import { createWatchdog, type WatchdogMode } from "./watchdog";

export type ExecutorOptions = {
  /** How long a query or mutation may compute. */
  functionMs?: number;
  actionMs?: number;
  nodeActionMs?: number;
  watchdog?: WatchdogMode;
};

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;

export function createExecutor({
  transactionHost,
  actionHost,
  options = {},
}: {
  transactionHost: TransactionHost;
  actionHost: ActionHost;
  options?: ExecutorOptions;
}): Executor {
  const watchdog = createWatchdog({
    budgetMs: options.functionMs ?? SECOND_MS,
    ...(options.watchdog === undefined ? {} : { mode: options.watchdog }),
  });
  const transactions = new TransactionRunner(transactionHost, watchdog);
  const actions = new ActionRunner(actionHost, {
    isolateMs: options.actionMs ?? 30 * MINUTE_MS,
    nodeMs: options.nodeActionMs ?? 10 * MINUTE_MS,
  });
  const releaseStrayErrors = catchStrayErrors();
  return {
    load(deployment) {
      transactions.load(deployment);
      actions.load(deployment);
    },
    runTransaction: (call, tx) => transactions.run(call, tx),
    guard: (fn) => watchdog.guard(fn),
    runAction: (call) => actions.run(call),
    runHttpAction: (request, requestOptions) => runHttpAction(actions, request, requestOptions),
    async close() {
      actions.close();
      releaseStrayErrors();
      await watchdog.close();
    },
  };
}
