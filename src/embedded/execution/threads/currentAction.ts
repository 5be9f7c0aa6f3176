/** The actions that run in this thread: which one a piece of running code belongs to, and its timers. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { FromThread } from "../actionMessages";
import type { LogLevel } from "../inside/link";
import { describeThrown } from "../inside/thrown";
import { formatLogValues, LOG_LINES_MAX } from "../logs";

export const currentAction = new AsyncLocalStorage<RunningAction>();

export class RunningAction {
  readonly id: number;
  /** The client of an HTTP action; aborted when it has left. */
  readonly client = new AbortController();
  reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  readonly #send: (message: FromThread) => void;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #timerCount = 0;
  #lineCount = 0;
  #hasEnded = false;

  constructor(id: number, send: (message: FromThread) => void) {
    this.id = id;
    this.#send = send;
  }

  log(level: LogLevel, values: unknown[], heading?: string): void {
    // One more than is kept, which tells that there were more.
    if (this.#hasEnded || this.#lineCount > LOG_LINES_MAX) return;
    this.#lineCount++;
    this.#send({ type: "log", action: this.id, level, texts: formatLogValues(values, heading) });
  }

  stray(error: unknown): void {
    this.#send({ type: "stray", action: this.id, thrown: describeThrown(error) });
  }

  setTimer(callback: () => void, delayMs: number, repeats: boolean): number {
    const id = ++this.#timerCount;
    if (this.#hasEnded) return id;
    const fire = () => {
      if (!repeats) this.#timers.delete(id);
      try {
        callback();
      } catch (error) {
        this.stray(error);
      }
    };
    this.#timers.set(id, repeats ? setInterval(fire, delayMs) : setTimeout(fire, delayMs));
    return id;
  }

  clearTimer(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  end(): void {
    this.#hasEnded = true;
    for (const id of this.#timers.keys()) this.clearTimer(id);
  }
}
