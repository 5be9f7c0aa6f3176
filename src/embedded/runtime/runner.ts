/** Runs functions through the executor, and tells the log of each one that has finished. */
import type { Identity, Transaction } from "../engine/types";
import type { Call, Executor, FunctionOutcome, LogLine } from "../execution/types";
import type { IdentityType, LogEntry, LoggedUse, LogProgress } from "./types";
import { functionUse, textBytes } from "./usage/functionUse";
import type { UsageMeter } from "./usage/usageMeter";
import { actionWarnings, limitWarnings } from "./usage/warnings";

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

export function createRunner(
  executor: Executor,
  { log, meter }: { log: RunnerLog; meter: UsageMeter },
): FunctionRunner {
  /** @param startedTick - When the call started, of `performance.now()`. */
  function end(call: Call, startedTick: number, ending: End): void {
    const durationMs = performance.now() - startedTick;
    const startedAtMs = Math.round(Date.now() - durationMs);
    const identityType = identityTypeOf(call.identity);
    log.ended({ ...describe(call), startedAtMs, durationMs, identityType, ...ending });
  }

  return {
    transaction(call, tx) {
      const startedTick = performance.now();
      const outcome = executor.runTransaction(call, tx);
      const use = functionUse(call, tx.used(), outcome);
      meter.note(call.spec, use);
      warn(outcome, limitWarnings(use));
      end(call, startedTick, { error: errorOf(outcome), logLines: outcome.logLines, used: use });
      return outcome;
    },
    async action(call) {
      const startedTick = performance.now();
      const startedAtMs = Date.now();
      const outcome = await executor.runAction(call, (line) =>
        log.progressed({ ...describe(call), startedAtMs, line }),
      );
      warn(outcome, actionWarnings(call.spec, actionUse(call, outcome, startedTick)));
      end(call, startedTick, { error: errorOf(outcome), logLines: outcome.logLines, used: null });
      return outcome;
    },
    report(call, error) {
      end(call, performance.now(), { error, logLines: [], used: null });
    },
  };
}

/** Besides the lines of the function itself, which have a limit. */
function warn({ logLines }: FunctionOutcome, warnings: readonly string[]): void {
  for (const warning of warnings) {
    logLines.push({ level: "WARN", messages: [warning], timestampMs: Date.now() });
  }
}

function actionUse({ args }: Call, outcome: FunctionOutcome, startedTick: number) {
  return {
    argsBytes: textBytes(args),
    resultBytes: outcome.ok ? textBytes(outcome.value) : 0,
    durationMs: performance.now() - startedTick,
  };
}

function describe({ requestId, spec }: Call) {
  const { componentPath, modulePath, exportName, kind } = spec;
  return { requestId, componentPath, path: `${modulePath}:${exportName}`, kind };
}

type End = { error: string | null; logLines: LogLine[]; used: LoggedUse | null };

export function identityTypeOf(identity: Identity): IdentityType {
  switch (identity.kind) {
    case "none":
      return "unknown";
    case "user":
      return "user";
    case "admin":
      return identity.actingAs === null ? "instance_admin" : "member_acting_user";
  }
}

function errorOf(outcome: FunctionOutcome): string | null {
  return outcome.ok ? null : outcome.error.message;
}
