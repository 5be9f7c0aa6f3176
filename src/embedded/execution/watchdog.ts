/**
 * Stops functions that run for too long, even `for (;;)`, for about a microsecond a call.
 *
 * `vm` can only stop code with its `timeout` (55 µs a call: a thread each time) or its `breakOnSigint` (as much, and
 * half a millisecond on a busy machine: a thread for each outermost run, but 1 µs while another one is under way).
 * So calls run within `guard`, one `breakOnSigint` run for a whole turn of the event loop, and each is a nested
 * `breakOnSigint` run. A thread watches the time and sends this process a SIGINT when it is up, which Node gives to the
 * run that began last.
 *
 * That thread spends its life in a `breakOnSigint` run of its own: it **holds** the signal, and no guard is an outermost
 * run any more. It must have begun before each run of the main thread's, so the main thread asks for it and waits,
 * outside of all runs. And nobody may listen for SIGINT: `vm` takes listeners away for each run, and with the last one
 * its own handler. So the hold ends when a listener comes; our own commands use `interrupts.ts`.
 *
 * A signal arrives a moment after it is sent. So that it hits no other code, the thread first changes the
 * shared phase of the run that it has judged from `inFunction` to `stopping`, and a function that meets `stopping`
 * at its end waits, still within its run, for the signal that must come.
 *
 * A Ctrl-C in the terminal during a run also arrives here: phase `inFunction` then tells that it is not
 * ours. The run ends, and the signal is sent once more as soon as Node handles it as usual.
 */
import { Script } from "node:vm";
import { isMainThread, Worker } from "node:worker_threads";
import { threadSource } from "./insideSource";
import { interrupt, isListenedForElsewhere, noteHolder } from "./interrupts";
import { CELL, HOLD, PHASE, phaseOf, runOf, stateOf } from "./watchdogState";

/** `signal` as above; `timeout` for where that cannot work (Windows, worker threads); `off` for debugging. */
export type WatchdogMode = "signal" | "timeout" | "off";

export interface Watchdog {
  /**
   * Runs `fn`, which runs a function's code.
   *
   * @throws TimeoutError - It took longer than the budget. What it was doing stopped half-way.
   * @throws StopRequestedError - Ctrl-C. The process is about to get its signal again.
   */
  run<T>(fn: () => T): T;
  /** Runs `fn` and makes `run` cheap within it. */
  guard<T>(fn: () => T): T;
  /** The host works for the function: it is not stopped, and the time does not count as its own. */
  enterHost(): void;
  leaveHost(): void;
  /** How long the last run's own code took: 0, or in steps of some hundredths of the budget. */
  spentMs(): number;
  close(): Promise<void>;
}

export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  constructor(limitMs: number) {
    super(`Function execution timed out (maximum duration: ${limitMs / 1000}s)`);
  }
}

export class StopRequestedError extends Error {
  override readonly name = "StopRequestedError";
}

export function createWatchdog(options: { budgetMs: number; mode?: WatchdogMode }): Watchdog {
  const canSignal = isMainThread && process.platform !== "win32";
  const mode = options.mode ?? (canSignal ? "signal" : "timeout");
  if (mode === "off") return { ...NOTHING, run: (fn) => fn() };
  if (mode === "timeout") return { ...NOTHING, run: (fn) => runWithTimeout(fn, options.budgetMs) };
  return new SignalWatchdog(options.budgetMs);
}

const NOTHING: Omit<Watchdog, "run"> = {
  guard: (fn) => fn(),
  enterHost() {},
  leaveHost() {},
  spentMs: () => 0,
  async close() {},
};

/**
 * Runs `fn` for at most `timeoutMs`. Costs 55 µs.
 *
 * @throws TimeoutError
 */
export function runWithTimeout<T>(fn: () => T, timeoutMs: number): T {
  try {
    return runAsScript(fn, { timeout: timeoutMs });
  } catch (error) {
    if (codeOf(error) !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new TimeoutError(timeoutMs);
  }
}

class SignalWatchdog implements Watchdog {
  readonly #cells: Int32Array;
  readonly #thread: Worker;
  readonly #budgetMs: number;
  /** The number of the last run. */
  #run = 0;
  #isGuarded = false;
  #stopRequested = false;
  #isHolding = false;
  /** The thread has not answered once. */
  #isGivenUp = false;
  /** Comes before Node installs its own handler for the listener. */
  readonly #onListener = (event: string | symbol): void => {
    if (event === "SIGINT") this.#release();
  };

  constructor(budgetMs: number) {
    const memory = new SharedArrayBuffer(CELL.length * Int32Array.BYTES_PER_ELEMENT);
    this.#cells = new Int32Array(memory);
    this.#budgetMs = budgetMs;
    Atomics.store(this.#cells, CELL.budgetMs, budgetMs);
    this.#thread = new Worker(threadSource("watchdog"), {
      eval: true,
      execArgv: [],
      workerData: { memory },
      name: "function-watchdog",
    });
    this.#thread.on("message", () => {
      // Unless a guard has asked for the next hold already.
      if (Atomics.load(this.#cells, CELL.hold) === HOLD.none) this.#noteRelease();
      interrupt();
    });
    this.#thread.unref();
    PROCESS.prependListener("newListener", this.#onListener);
  }

  guard<T>(fn: () => T): T {
    if (this.#isGuarded) return fn();
    if (Atomics.load(this.#cells, CELL.hold) === HOLD.none) this.#hold();
    this.#isGuarded = true;
    try {
      return runAsScript(fn, BREAK_ON_SIGINT);
    } catch (error) {
      if (codeOf(error) !== "ERR_SCRIPT_EXECUTION_INTERRUPTED") throw error;
      this.#stopRequested = true;
      throw new StopRequestedError("stopped by SIGINT");
    } finally {
      this.#isGuarded = false;
      this.#passOnStopRequest();
    }
  }

  run<T>(fn: () => T): T {
    const cells = this.#cells;
    if (this.#stopRequested) throw new StopRequestedError("stopped by SIGINT");
    try {
      return runAsScript(() => {
        this.#run = runOf(stateOf(this.#run + 1, PHASE.idle));
        this.#enter(PHASE.inFunction);
        if (Atomics.load(cells, CELL.isAsleep) === 1) Atomics.notify(cells, CELL.state);
        try {
          return fn();
        } finally {
          if (this.#turn(PHASE.inFunction, PHASE.idle) === PHASE.stopping) awaitSignal();
          else this.#enter(PHASE.idle);
        }
      }, BREAK_ON_SIGINT);
    } catch (error) {
      if (codeOf(error) !== "ERR_SCRIPT_EXECUTION_INTERRUPTED" && !(error instanceof SignalLost)) {
        throw error;
      }
      // Interrupted code runs none of its `finally` blocks, the one above included.
      if (this.#enter(PHASE.idle) === PHASE.stopping) {
        throw new TimeoutError(this.#budgetMs);
      }
      this.#stopRequested = true;
      throw new StopRequestedError("stopped by SIGINT");
    } finally {
      if (!this.#isGuarded) this.#passOnStopRequest();
    }
  }

  enterHost(): void {
    if (this.#turn(PHASE.inFunction, PHASE.inHost) === PHASE.stopping) awaitSignal();
  }

  leaveHost(): void {
    this.#turn(PHASE.inHost, PHASE.inFunction);
  }

  spentMs(): number {
    const isOfLastRun = Atomics.load(this.#cells, CELL.spentRun) === this.#run;
    return isOfLastRun ? Atomics.load(this.#cells, CELL.spentMs) : 0;
  }

  async close(): Promise<void> {
    PROCESS.off("newListener", this.#onListener);
    this.#release();
    await this.#thread.terminate();
  }

  /** The phase of this run, whatever it was. @returns The one before. */
  #enter(phase: number): number {
    return phaseOf(Atomics.exchange(this.#cells, CELL.state, stateOf(this.#run, phase)));
  }

  /** From one phase of this run to another, if it is that one. @returns The one it was. */
  #turn(from: number, to: number): number {
    const [old, next] = [stateOf(this.#run, from), stateOf(this.#run, to)];
    return phaseOf(Atomics.compareExchange(this.#cells, CELL.state, old, next));
  }

  /** Has the thread hold the signal, unless others listen for it. Outside of all runs. */
  #hold(): void {
    this.#noteRelease(); // if a signal has ended the last one
    if (this.#isGivenUp || isListenedForElsewhere()) return;
    this.#isHolding = true;
    noteHolder(1);
    if (this.#move(HOLD.none, HOLD.wanted) && this.#isNow(HOLD.held)) return;
    // It does not answer; runs cost more, and work all the same.
    this.#isGivenUp = true;
    if (this.#move(HOLD.wanted, HOLD.none)) this.#noteRelease();
    else this.#release();
  }

  #release(): void {
    if (this.#move(HOLD.held, HOLD.unwanted) && this.#isNow(HOLD.none)) this.#noteRelease();
  }

  #noteRelease(): void {
    if (this.#isHolding) noteHolder(-1);
    this.#isHolding = false;
  }

  #move(from: number, to: number): boolean {
    const isMoved = Atomics.compareExchange(this.#cells, CELL.hold, from, to) === from;
    Atomics.notify(this.#cells, CELL.hold);
    if (Atomics.load(this.#cells, CELL.isAsleep) === 1) Atomics.notify(this.#cells, CELL.state);
    return isMoved;
  }

  /** Waits for the thread to get there. */
  #isNow(state: number): boolean {
    const deadlineMs = performance.now() + ANSWER_MAX_MS;
    for (;;) {
      const now = Atomics.load(this.#cells, CELL.hold);
      if (now === state) return true;
      if (performance.now() > deadlineMs) return false;
      Atomics.wait(this.#cells, CELL.hold, now, ANSWER_MAX_MS);
    }
  }

  #passOnStopRequest(): void {
    if (!this.#stopRequested) return;
    this.#stopRequested = false;
    process.kill(process.pid, "SIGINT");
  }
}

/** Its events that are no signals, too. */
const PROCESS: NodeJS.EventEmitter = process;

/** The thread answers in microseconds, if it gets a processor. */
const ANSWER_MAX_MS = 200;

const BREAK_ON_SIGINT = { breakOnSigint: true } as const;
/** The signal needs microseconds. Past this, something has taken it away from us; waiting on is no use. */
const SIGNAL_MAX_MS = 2_000;

class SignalLost extends Error {}

function awaitSignal(): never {
  const deadlineMs = performance.now() + SIGNAL_MAX_MS;
  while (performance.now() < deadlineMs);
  throw new SignalLost();
}

/** The way from a script to a function of the host leads over a global. */
const ENTRY = Symbol.for("convex.embedded.entry");
const entryScript = new Script('globalThis[Symbol.for("convex.embedded.entry")]()', {
  filename: "entry",
});
const holder = globalThis as unknown as Record<symbol, () => unknown>;

function runAsScript<T>(fn: () => T, options: { timeout?: number; breakOnSigint?: true }): T {
  holder[ENTRY] = fn;
  return entryScript.runInThisContext(options) as T;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
