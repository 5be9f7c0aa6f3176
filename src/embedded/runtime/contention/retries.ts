/** How often a conflicting mutation runs again, and after what pauses: Convex's numbers. */

export type Retries = Readonly<{ retriesMax: number; pauseFirstMs: number; pauseMaxMs: number }>;

/** Of a call: crates/common/src/knobs.rs, UDF_EXECUTOR_OCC_*. */
export const CALL_RETRIES: Retries = { retriesMax: 4, pauseFirstMs: 100, pauseMaxMs: 2_000 };
/** Of a scheduled function or a cron, which must not be lost: SCHEDULER_OCC_*. */
export const JOB_RETRIES: Retries = {
  retriesMax: Number.POSITIVE_INFINITY,
  pauseFirstMs: 100,
  pauseMaxMs: 60_000,
};

/**
 * Doubles with each failure up to a maximum; any time up to that, so that those who conflicted do not meet again.
 *
 * @param failures - Attempts that have failed before the one that failed just now.
 * @param random - In [0, 1).
 */
export function pauseMs(
  { pauseFirstMs, pauseMaxMs }: Retries,
  failures: number,
  random: number,
): number {
  return Math.min(pauseFirstMs * 2 ** failures, pauseMaxMs) * random;
}
