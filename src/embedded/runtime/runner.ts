/** Runs functions through the executor, and tells the log of each one that has finished. */
import type { Transaction } from "../engine/types";
import type { Call, Executor, FunctionOutcome, LogLine } from "../execution/types";
import type { LogEntry } from "./types";

export interface FunctionRunner {
  /** To its end, before it returns. The caller applies or drops `tx`. */
  transaction(call: Call, tx: Transaction): FunctionOutcome;
  action(call: Call): Promise<FunctionOutcome>;
  /** Logs a call that was not made, or was cut short, and why. */
  report(call: Call, error: string): void;
}

export function createRunner(executor: Executor, log: (entry: LogEntry) => void): FunctionRunner {
  /** Starts the watch of one call; what it returns logs the end. */
  function stopwatch(call: Call): (end: { error: string | null; logLines: LogLine[] }) => void {
    const startedAtMs = Date.now();
    const startedTick = performance.now();
    return (end) =>
      log({
        requestId: call.requestId,
        componentPath: call.spec.componentPath,
        path: `${call.spec.modulePath}:${call.spec.exportName}`,
        kind: call.spec.kind,
        startedAtMs,
        durationMs: performance.now() - startedTick,
        ...end,
      });
  }

  return {
    transaction(call, tx) {
      const end = stopwatch(call);
      const outcome = executor.runTransaction(call, tx);
      end({ error: errorOf(outcome), logLines: outcome.logLines });
      return outcome;
    },
    async action(call) {
      const end = stopwatch(call);
      const outcome = await executor.runAction(call);
      end({ error: errorOf(outcome), logLines: outcome.logLines });
      return outcome;
    },
    report(call, error) {
      stopwatch(call)({ error, logLines: [] });
    },
  };
}

function errorOf(outcome: FunctionOutcome): string | null {
  return outcome.ok ? null : outcome.error.message;
}
