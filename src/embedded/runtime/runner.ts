/** Runs functions through the executor, and tells the log of each one that has finished. */
import type { Transaction } from "../engine/types";
import type { Call, Executor, FunctionOutcome, LogLine } from "../execution/types";
import type { LogEntry, LogProgress } from "./types";

export interface FunctionRunner {
  /** To its end, before it returns. The caller applies or drops `tx`. */
  transaction(call: Call, tx: Transaction): FunctionOutcome;
  action(call: Call): Promise<FunctionOutcome>;
  /** Logs a call that was not made, or was cut short, and why. */
  report(call: Call, error: string): void;
}

export type RunnerLog = {
  ended(entry: LogEntry): void;
  progressed(progress: LogProgress): void;
};

export function createRunner(executor: Executor, log: RunnerLog): FunctionRunner {
  /** @param startedTick - When the call started, of `performance.now()`. */
  function end(call: Call, startedTick: number, { error, logLines }: End): void {
    const durationMs = performance.now() - startedTick;
    const startedAtMs = Math.round(Date.now() - durationMs);
    log.ended({ ...describe(call), startedAtMs, durationMs, error, logLines });
  }

  return {
    transaction(call, tx) {
      const startedTick = performance.now();
      const outcome = executor.runTransaction(call, tx);
      end(call, startedTick, { error: errorOf(outcome), logLines: outcome.logLines });
      return outcome;
    },
    async action(call) {
      const startedTick = performance.now();
      const startedAtMs = Date.now();
      const outcome = await executor.runAction(call, (line) =>
        log.progressed({ ...describe(call), startedAtMs, line }),
      );
      end(call, startedTick, { error: errorOf(outcome), logLines: outcome.logLines });
      return outcome;
    },
    report(call, error) {
      end(call, performance.now(), { error, logLines: [] });
    },
  };
}

function describe({ requestId, spec }: Call) {
  const { componentPath, modulePath, exportName, kind } = spec;
  return { requestId, componentPath, path: `${modulePath}:${exportName}`, kind };
}

type End = { error: string | null; logLines: LogLine[] };

function errorOf(outcome: FunctionOutcome): string | null {
  return outcome.ok ? null : outcome.error.message;
}
