/** What functions log, on the terminal, as `convex dev` shows it. */
import type { LogEntry, Runtime } from "../runtime/types";
import { LOG_LEVELS, type LogLevel } from "./eventLog";
import { conflictText, usageText } from "./meterText";

const LETTERS: Readonly<Record<LogEntry["kind"], string>> = {
  query: "Q",
  mutation: "M",
  action: "A",
  httpAction: "H",
};

/** From `warn` on only what went wrong. */
export function sayLogLines(runtime: Runtime, level: LogLevel): void {
  const saysLines = LOG_LEVELS.indexOf(level) <= LOG_LEVELS.indexOf("info");
  runtime.onLog((entry) => {
    const prefix = `[CONVEX ${LETTERS[entry.kind]}(${entry.path})]`;
    for (const { level: of, messages } of saysLines ? entry.logLines : []) {
      console.log(`${prefix} [${of}] ${messages.join(" ")}`);
    }
    if (entry.error !== null) console.log(`${prefix} ${entry.error}`);
  });
}

/** The meter's report, where conflicts were judged. */
export function sayMeter(runtime: Runtime, say: (text: string) => void): void {
  const { contention, usage } = runtime.meter();
  if (contention !== null) say(`\n${conflictText(contention)}\n\n${usageText(usage)}`);
}
