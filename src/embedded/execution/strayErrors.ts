/** Errors that functions let escape: a promise nobody awaited, a timer that threw. They must not end the server. */
import { currentAction, type ActionCall } from "./actionCall";
import { thrownError } from "./errors";
import { describeThrown } from "./inside/thrown";

/** Takes over functions' stray errors until the returned function is called. The host's own stay fatal. */
export function catchStrayErrors(): () => void {
  process.on("unhandledRejection", onRejection);
  process.on("uncaughtException", onException);
  return () => {
    process.off("unhandledRejection", onRejection);
    process.off("uncaughtException", onException);
  };
}

function onRejection(reason: unknown, promise: Promise<unknown>): void {
  const action = currentAction.getStore();
  if (action !== undefined) return stop(action, reason);
  // A promise of another realm: a query or mutation has left it behind, and has long ended.
  if (!(promise instanceof Promise)) {
    console.error(`A function left a failed promise behind: ${describeThrown(reason).message}`);
    return;
  }
  if (process.listenerCount("unhandledRejection") === 1) throw reason;
}

function onException(error: unknown): void {
  const action = currentAction.getStore();
  if (action !== undefined) return stop(action, error);
  if (process.listenerCount("uncaughtException") > 1) return;
  console.error(error);
  process.exit(1);
}

function stop(action: ActionCall, error: unknown): void {
  action.stop(thrownError(describeThrown(error), action.script));
}
