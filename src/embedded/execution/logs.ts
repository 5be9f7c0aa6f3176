/** The lines that functions write to their console, in Convex's form and within its limits. */
import { inspect, type InspectOptions } from "node:util";
import { LIMITS } from "../values/limits";
import type { LogLevel } from "./inside/link";
import type { LogLine } from "./types";

export const LOG_LINES_MAX = LIMITS.logLines;
const LINE_BYTES_MAX = 32 * 1024;
const TRUNCATED = " (truncated due to length)";

const INSPECT: InspectOptions = { depth: 5, maxArrayLength: 100, maxStringLength: LINE_BYTES_MAX };

/** The values of one `console.log` as texts: strings in quotes, objects as Node shows them. */
export function formatLogValues(values: readonly unknown[], heading?: string): string[] {
  const texts = values.map(formatValue);
  return heading === undefined ? texts : [heading, ...texts];
}

function formatValue(value: unknown): string {
  try {
    return inspect(value, INSPECT);
  } catch {
    // A value's own inspection code failed, which must not fail the function.
    return "[value that cannot be shown]";
  }
}

/** Collects one function's lines, those of its nested calls included. */
export class LogBuffer {
  readonly lines: LogLine[] = [];
  readonly #onLine: ((line: LogLine) => void) | undefined;

  constructor(onLine?: (line: LogLine) => void) {
    this.#onLine = onLine;
  }

  /** Whether more lines are kept; formatting others would be in vain. */
  get isFull(): boolean {
    return this.lines.length > LOG_LINES_MAX;
  }

  add(level: LogLevel, messages: string[]): void {
    if (this.isFull) return;
    const line: LogLine =
      this.lines.length === LOG_LINES_MAX
        ? {
            level: "ERROR",
            messages: [`Log overflow (maximum ${LOG_LINES_MAX}). Remaining log lines omitted.`],
            timestampMs: Date.now(),
          }
        : { level, messages: truncate(messages), timestampMs: Date.now() };
    this.lines.push(line);
    this.#onLine?.(line);
  }
}

function truncate(messages: string[]): string[] {
  let left = LINE_BYTES_MAX;
  const kept: string[] = [];
  for (const message of messages) {
    const bytes = Buffer.byteLength(message);
    if (bytes > left) {
      // A character that would be cut in half is left out, not replaced.
      const head = Buffer.from(message)
        .subarray(0, left)
        .toString()
        .replace(/\uFFFD$/, "");
      kept.push(head + TRUNCATED);
      break;
    }
    kept.push(message);
    left -= bytes;
  }
  return kept;
}
