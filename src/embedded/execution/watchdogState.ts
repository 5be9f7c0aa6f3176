/** The memory that the watchdog's thread and the main thread share: cells of one `Int32Array`. */
/** `spentMs` is the time of the run whose number stands in `spentRun`. */
export const CELL = {
  phase: 0,
  run: 1,
  budgetMs: 2,
  isAsleep: 3,
  spentMs: 4,
  spentRun: 5,
  hold: 6,
  length: 7,
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

/**
 * Whether the thread holds SIGINT for the process. The main thread asks for it and ends it, each time outside of all
 * runs; a signal that meets no run ends it, too.
 *
 *   starting ──▶ none ──(main)──▶ wanted ──▶ held ──(main)──▶ unwanted
 *                 ▲                 │          └──(signal)──┐     │
 *                 └─────────────────┴───────────────────────┴─────┘
 */
export const HOLD = { starting: 0, none: 1, wanted: 2, held: 3, unwanted: 4 } as const;
