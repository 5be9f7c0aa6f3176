/** An action while it runs: who called it, what it has logged, and what must end when it ends. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { LinkedScript } from "../deploy/types";
import { thrownError } from "./errors";
import type { LogLevel } from "./inside/link";
import { describeThrown } from "./inside/thrown";
import { formatLogValues, LogBuffer } from "./logs";
import { mapStackText } from "./stacks";
import type { Call, FunctionError, LogLine } from "./types";

/** Which action a piece of running code belongs to. */
export const currentAction = new AsyncLocalStorage<ActionCall>();

export class ActionCall {
  readonly call: Call;
  readonly script: LinkedScript | null;
  readonly logs: LogBuffer;
  /** Settles when the action is ended from outside: its time is up, or an error escaped it. */
  readonly stopped: Promise<FunctionError>;
  stop: (error: FunctionError) => void = () => undefined;
  hasEnded = false;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #timerCount = 0;

  constructor(call: Call, script: LinkedScript | null, onLog?: (line: LogLine) => void) {
    this.call = call;
    this.script = script;
    this.logs = new LogBuffer(onLog);
    this.stopped = new Promise((resolve) => (this.stop = resolve));
  }

  log(level: LogLevel, values: unknown[], heading?: string): void {
    if (this.logs.isFull || this.hasEnded) return;
    const texts = formatLogValues(values, heading).map((text) => mapStackText(text, this.script));
    this.logs.add(level, texts);
  }

  setTimer(callback: () => void, delayMs: number, repeats: boolean): number {
    const id = ++this.#timerCount;
    if (this.hasEnded) return id;
    const fire = () => {
      if (!repeats) this.#timers.delete(id);
      try {
        callback();
      } catch (error) {
        this.stop(thrownError(describeThrown(error), this.script));
      }
    };
    this.#timers.set(id, repeats ? setInterval(fire, delayMs) : setTimeout(fire, delayMs));
    return id;
  }

  clearTimer(id: number): void {
    const timer = this.#timers.get(id);
    clearTimeout(timer);
    this.#timers.delete(id);
  }

  end(): void {
    this.hasEnded = true;
    for (const id of this.#timers.keys()) this.clearTimer(id);
  }
}
