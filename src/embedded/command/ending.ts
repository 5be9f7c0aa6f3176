/** How a command that serves ends: cleanly when asked to, and with one clear line when it cannot start. */
import { BackupError } from "../backup/backup";
import { onInterrupt } from "../execution/interrupts";
import { PushError } from "../deploy/types";
import { RequestError } from "../runtime/types";
import { PortError } from "../server/ports";
import { StoreError } from "../store/store";

/** A mistake of the caller's, told in one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

let isEnding = false;

/** Ends with exit code 0 when asked to, and at once when asked again. */
export function endOnSignals(end: () => Promise<void>): void {
  const onSignal = (): void => {
    if (isEnding) process.exit(1);
    isEnding = true;
    end().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  onInterrupt(onSignal);
  process.on("SIGTERM", onSignal);
}

/** Runs a command; what its user can mend is told in one line, anything else with its stack. */
export async function runCommand(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    // What was still being done fails by the ending, which sees to the exit.
    if (isEnding) return;
    console.error(isExpected(error) ? `Error: ${error.message}` : error);
    process.exit(1);
  }
}

function isExpected(error: unknown): error is Error {
  return [UsageError, BackupError, PortError, StoreError, PushError, RequestError].some(
    (kind) => error instanceof kind,
  );
}
