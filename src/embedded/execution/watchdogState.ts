/** The memory that the watchdog's thread and the main thread share: cells of one `Int32Array`. */
/** `spentMs` is the time of the run whose number stands in `spentRun`. */
export const CELL = {
  phase: 0,
  run: 1,
  budgetMs: 2,
  isAsleep: 3,
  spentMs: 4,
  spentRun: 5,
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
