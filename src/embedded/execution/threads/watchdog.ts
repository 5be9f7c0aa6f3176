/**
 * The thread that stops functions which run for too long. It only looks at shared memory, a few dozen
 * times in each budget: the main thread pays two atomic writes for a call and never waits for it.
 */
import { Script } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { CELL, HOLD, PHASE, phaseOf, runOf, stateOf } from "../watchdogState";

const { memory } = workerData as { memory: SharedArrayBuffer };
const cells = new Int32Array(memory);
const LOOKS_PER_BUDGET = 40;
/**
 * The budget is of time on a processor, as Convex means it: a busy machine that hands out little of it must not fail
 * functions. A function that waits without working is stopped, too, after so many budgets on the clock.
 */
const CLOCK_BUDGETS_MAX = 10;
/** A function may spend this long in the host (database reads) on top of its own time. */
const HOST_TIME_MAX_MS = 15_000;
/** After this long without a function the thread sleeps until it is woken. */
const IDLE_MAX_MS = 2_000;

/** The way from a script to a function leads over a global. */
const holdScript = new Script("globalThis.lookWhileHeld()", { filename: "hold" });
Object.assign(globalThis, { lookWhileHeld });

let lastLookMs = performance.now();
let lastSeenMs = lastLookMs;
let lastWorkedMs = workedMs();
let run = -1;
let functionMs = 0;
let clockMs = 0;
let hostMs = 0;

setHold(HOLD.none);
for (;;) {
  look();
  if (Atomics.load(cells, CELL.hold) === HOLD.wanted) hold();
}

/** Goes on looking within a run that SIGINT breaks off, until the main thread has had enough of it, or a signal came. */
function hold(): void {
  try {
    holdScript.runInThisContext({ breakOnSigint: true });
    setHold(HOLD.none);
  } catch {
    // It met no run of the main thread's.
    Atomics.store(cells, CELL.isAsleep, 0);
    setHold(HOLD.none);
    parentPort?.postMessage("interrupt");
  }
}

function lookWhileHeld(): void {
  if (Atomics.compareExchange(cells, CELL.hold, HOLD.wanted, HOLD.held) !== HOLD.wanted) return;
  Atomics.notify(cells, CELL.hold);
  while (Atomics.load(cells, CELL.hold) === HOLD.held) look();
}

function setHold(state: number): void {
  Atomics.store(cells, CELL.hold, state);
  Atomics.notify(cells, CELL.hold);
}

function look(): void {
  const tickMs = Math.max(
    1,
    Math.floor((Atomics.load(cells, CELL.budgetMs) || 1000) / LOOKS_PER_BUDGET),
  );
  const held = Atomics.load(cells, CELL.hold);
  if (held === HOLD.wanted || held === HOLD.unwanted) return;
  // Ends early when the main thread wants something else.
  Atomics.wait(cells, CELL.hold, held, tickMs);
  const nowMs = performance.now();
  // A tick that took much longer says that the whole process (or machine) was paused.
  const passedMs = Math.min(nowMs - lastLookMs, 3 * tickMs);
  const nowWorkedMs = workedMs();
  // Other threads of the process work at the same time: no more than has passed.
  const ownMs = Math.min(passedMs, nowWorkedMs - lastWorkedMs);
  lastLookMs = nowMs;
  lastWorkedMs = nowWorkedMs;

  const state = Atomics.load(cells, CELL.state);
  const phase = phaseOf(state);
  if (runOf(state) !== run) {
    run = runOf(state);
    functionMs = 0;
    clockMs = 0;
    hostMs = 0;
    lastSeenMs = nowMs;
    return;
  }
  if (phase === PHASE.inFunction) {
    functionMs += ownMs;
    clockMs += passedMs;
    Atomics.store(cells, CELL.spentMs, Math.round(functionMs));
    Atomics.store(cells, CELL.spentRun, run);
  } else if (phase === PHASE.inHost) hostMs += passedMs;
  else if (nowMs - lastSeenMs > IDLE_MAX_MS) sleep(state);

  const budgetMs = Atomics.load(cells, CELL.budgetMs);
  const isOver =
    functionMs > budgetMs || clockMs > CLOCK_BUDGETS_MAX * budgetMs || hostMs > HOST_TIME_MAX_MS;
  if (!isOver) return;
  // Never while the host works for the function: its own structures must not be left half-changed. And never the
  // next run, which may have begun since this one was looked at.
  const running = stateOf(run, PHASE.inFunction);
  const stopping = stateOf(run, PHASE.stopping);
  if (Atomics.compareExchange(cells, CELL.state, running, stopping) === running) {
    process.kill(process.pid, "SIGINT");
  }
}

/** What the process has had of the processors. */
function workedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function sleep(state: number): void {
  Atomics.store(cells, CELL.isAsleep, 1);
  // Returns at once when a run began meanwhile: then the cell holds another state.
  Atomics.wait(cells, CELL.state, state);
  Atomics.store(cells, CELL.isAsleep, 0);
  lastSeenMs = performance.now();
}
