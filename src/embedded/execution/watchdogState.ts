/** The memory that the watchdog's thread and the main thread share: cells of one `Int32Array`. */
/** `spentMs` is the time of the run whose number stands in `spentRun`. */
export const CELL = {
  /** The number of the last run, and its phase: one cell, so that whoever changes one is sure of the other. */
  state: 0,
  budgetMs: 1,
  isAsleep: 2,
  spentMs: 3,
  spentRun: 4,
  hold: 5,
  length: 6,
} as const;

/**
 * What the main thread is doing. Only the watchdog goes from `inFunction` to `stopping`, and from then on
 * the main thread waits for the signal that it is about to get.
 *
 *   idle ──▶ inFunction ⇄ inHost
 *    ▲          │   └──(watchdog)──▶ stopping
 *    └──────────┴──────────────────────┘
 */
export const PHASE = { idle: 0, inFunction: 1, inHost: 2, stopping: 3 } as const;

const PHASE_BITS = 2;

/** What stands in the cell. Numbers begin anew after 2^30 runs. */
export const stateOf = (run: number, phase: number): number => (run << PHASE_BITS) | phase;
export const phaseOf = (state: number): number => state & (2 ** PHASE_BITS - 1);
export const runOf = (state: number): number => state >>> PHASE_BITS;

/**
 * Whether the thread holds SIGINT for the process. The main thread asks for it and ends it, each time outside of all
 * runs; a signal that meets no run ends it, too.
 *
 *   starting ──▶ none ──(main)──▶ wanted ──▶ held ──(main)──▶ unwanted
 *                 ▲                 │          └──(signal)──┐     │
 *                 └─────────────────┴───────────────────────┴─────┘
 */
export const HOLD = { starting: 0, none: 1, wanted: 2, held: 3, unwanted: 4 } as const;
