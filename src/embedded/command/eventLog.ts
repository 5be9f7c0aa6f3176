/**
 * What happens to a server, for whoever operates it: one event each for its start, a push, a function that
 * failed or was slow, its end. Events carry names, times and the first line of an error. They never carry
 * arguments, results, variables or keys, and of what functions print themselves nothing is an event.
 */
import { format } from "node:util";
import type { LogEntry, Runtime } from "../runtime/types";

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** From the least to the most important. */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

type Fields = Readonly<Record<string, string | number | boolean | null>>;
export type EventLog = (level: LogLevel, event: string, fields?: Fields) => void;

/** Convex gives a query or mutation one second; half of it is worth a word. */
const SLOW_MS = 500;
const ERROR_CHARS_MAX = 300;

/** A line of JSON on stderr for each event. What is complained of by other means becomes an event, too. */
export function createJsonLog(leastLevel: LogLevel): EventLog {
  const log: EventLog = (level, event, fields = {}) => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(leastLevel)) return;
    const line = { time: new Date().toISOString(), level, event, ...fields };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  };
  console.error = (...parts: unknown[]) => log("error", "fault", { message: format(...parts) });
  console.warn = (...parts: unknown[]) => log("warn", "warning", { message: format(...parts) });
  return log;
}

/** Tells of pushes and of functions that failed or took long. */
export function logRuntime(runtime: Runtime, log: EventLog): void {
  runtime.onDeploy(({ components }) => {
    const functions = [...components.values()].reduce(
      (sum, { functions: all }) => sum + all.size,
      0,
    );
    log("info", "pushed", { components: components.size, functions });
  });
  runtime.onLog((entry) => {
    const fields = describe(entry);
    if (entry.error !== null)
      log("warn", "function failed", { ...fields, error: firstLine(entry.error) });
    else if (isSlow(entry)) log("warn", "slow function", fields);
    else log("debug", "function", fields);
  });
}

function describe({ kind, path, componentPath, requestId, durationMs }: LogEntry): Fields {
  const times = { requestId, durationMs: Math.round(durationMs * 1000) / 1000 };
  return { kind, path, ...(componentPath === "" ? {} : { componentPath }), ...times };
}

function isSlow({ kind, durationMs }: LogEntry): boolean {
  return (kind === "query" || kind === "mutation") && durationMs >= SLOW_MS;
}

/** The lines after the first show values: a validator's refusal prints what it was given. */
function firstLine(error: string): string {
  const [line = ""] = error.split("\n");
  return line.slice(0, ERROR_CHARS_MAX);
}
