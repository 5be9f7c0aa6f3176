/** What functions log, on the terminal, as `convex dev` shows it. */
import type { LogEntry, Runtime } from "../runtime/types";

const LETTERS: Readonly<Record<LogEntry["kind"], string>> = {
  query: "Q",
  mutation: "M",
  action: "A",
  httpAction: "H",
};

export function sayLogLines(runtime: Runtime): void {
  runtime.onLog((entry) => {
    const prefix = `[CONVEX ${LETTERS[entry.kind]}(${entry.path})]`;
    for (const { level, messages } of entry.logLines) {
      console.log(`${prefix} [${level}] ${messages.join(" ")}`);
    }
    if (entry.error !== null) console.log(`${prefix} ${entry.error}`);
  });
}
