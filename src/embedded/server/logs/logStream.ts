/**
 * The newest log entries, for those who follow them. Whoever follows asks again and again for what came after
 * the last entry it has; a request waits until there is something.
 */
import type { LogLine } from "../../execution/types";
import type { LogEntry, LogProgress, Runtime } from "../../runtime/types";

/** What a function logged: at its end, or a line of an action that goes on. */
export type LogPart =
  { kind: "ended"; entry: LogEntry } | { kind: "progressed"; progress: LogProgress };

export type LogPage = {
  parts: readonly LogPart[];
  /** To ask with next. */
  cursorMs: number;
};

type Kept = { part: LogPart; cursorMs: number; chars: number };

/** As at Convex. */
const ENTRIES_MAX = 1_000;
const CHARS_MAX = 16_000_000;
/** What an entry counts for besides its lines. */
const ENTRY_CHARS = 300;
/** Smaller than the time between two entries, and large enough to make a difference in a double. */
const CURSOR_STEP_MS = 0.001;

export class LogStream {
  readonly #kept: Kept[] = [];
  /** Entries before it have made room for others; they are taken out when they are half of all. */
  #first = 0;
  #chars = 0;
  #lastCursorMs = 0;
  readonly #waiting = new Set<() => void>();
  #isClosed = false;

  constructor(runtime: Pick<Runtime, "onLog" | "onProgress">) {
    runtime.onLog((entry) => this.#keep({ kind: "ended", entry }));
    runtime.onProgress((progress) => this.#keep({ kind: "progressed", progress }));
  }

  /** What came after `cursorMs`; with 0, all there is. */
  after(cursorMs: number): LogPage {
    let from = this.#kept.length;
    while (from > this.#first && (this.#kept[from - 1]?.cursorMs ?? 0) > cursorMs) from--;
    return {
      parts: this.#kept.slice(from).map(({ part }) => part),
      cursorMs: Math.max(cursorMs, this.#lastCursorMs),
    };
  }

  /**
   * Resolves when something comes after `cursorMs`, and at the latest after `timeoutMs`, or when nothing more
   * will come.
   */
  async wait(cursorMs: number, timeoutMs: number): Promise<void> {
    if (this.#lastCursorMs > cursorMs || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(end);
        resolve();
      };
      const timer = setTimeout(end, timeoutMs);
      this.#waiting.add(end);
    });
  }

  /** Lets go of everyone who waits. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #keep(part: LogPart): void {
    const chars = ENTRY_CHARS + linesOf(part).reduce((sum, line) => sum + charsOf(line), 0);
    this.#lastCursorMs = Math.max(Date.now(), this.#lastCursorMs + CURSOR_STEP_MS);
    this.#kept.push({ part, cursorMs: this.#lastCursorMs, chars });
    this.#chars += chars;
    while (this.#kept.length - this.#first > ENTRIES_MAX || this.#chars > CHARS_MAX) {
      this.#chars -= this.#kept[this.#first]?.chars ?? 0;
      this.#first++;
    }
    if (this.#first > ENTRIES_MAX) {
      this.#kept.splice(0, this.#first);
      this.#first = 0;
    }
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

/** The lines that a part brings. Those of actions have come as progress. */
export function linesOf(part: LogPart): readonly LogLine[] {
  if (part.kind === "progressed") return [part.progress.line];
  const { kind, logLines } = part.entry;
  return kind === "action" || kind === "httpAction" ? [] : logLines;
}

function charsOf({ messages }: LogLine): number {
  return messages.reduce((sum, message) => sum + message.length, 0);
}
