/** Promises that queries and mutations leave behind. When they fail, that must not end the server. */
import { describeThrown } from "./inside/thrown";

/** Takes over functions' stray rejections until the returned function is called. The host's own stay fatal. */
export function catchStrayErrors(): () => void {
  process.on("unhandledRejection", onRejection);
  return () => void process.off("unhandledRejection", onRejection);
}

function onRejection(reason: unknown, promise: Promise<unknown>): void {
  // A promise of another realm: a query or mutation has left it behind, and has long ended.
  if (!(promise instanceof Promise)) {
    console.error(`A function left a failed promise behind: ${describeThrown(reason).message}`);
    return;
  }
  if (process.listenerCount("unhandledRejection") === 1) throw reason;
}
