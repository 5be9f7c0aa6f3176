/**
 * Ends the program's current task when `condition` is false.
 *
 * For our own mistakes only: what a caller can get wrong is an `AppErrorData` instead.
 */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}
