import type { LogLevel } from "./link";

/** `heading` is the console's own words: shown as they are, while strings among `values` are quoted. */
type Write = (level: LogLevel, values: unknown[], heading?: string) => void;

/** A console whose lines go to `write`, with the levels that Convex gives them. */
export function makeConsole(write: Write, now: () => number): Record<string, unknown> {
  const counts = new Map<string, number>();
  const timers = new Map<string, number>();
  const line =
    (level: LogLevel) =>
    (...values: unknown[]) =>
      write(level, values);
  const elapsed = (label: string, values: unknown[]) => {
    const startedAt = timers.get(label);
    if (startedAt === undefined) write("WARN", [], `Timer '${label}' does not exist`);
    else write("INFO", values, `${label}: ${now() - startedAt}ms`);
  };
  return {
    debug: line("DEBUG"),
    log: line("LOG"),
    info: line("INFO"),
    warn: line("WARN"),
    error: line("ERROR"),
    trace: (...values: unknown[]) => write("LOG", values, new Error("Trace").stack),
    dir: (value: unknown) => write("LOG", [value]),
    dirxml: line("LOG"),
    table: (value: unknown) => write("LOG", [value]),
    group: line("LOG"),
    groupCollapsed: line("LOG"),
    groupEnd: () => undefined,
    clear: () => undefined,
    assert: (condition: unknown, ...values: unknown[]) => {
      if (!condition) write("ERROR", values, "Assertion failed");
    },
    count: (label: unknown = "default") => {
      const count = (counts.get(String(label)) ?? 0) + 1;
      counts.set(String(label), count);
      write("LOG", [], `${String(label)}: ${count}`);
    },
    countReset: (label: unknown = "default") => counts.delete(String(label)),
    time: (label: unknown = "default") => timers.set(String(label), now()),
    timeLog: (label: unknown = "default", ...values: unknown[]) => elapsed(String(label), values),
    timeEnd: (label: unknown = "default") => {
      elapsed(String(label), []);
      timers.delete(String(label));
    },
  };
}
