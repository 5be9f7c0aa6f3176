/** The real clock's event loop, also while a test has replaced the global timers by a fake clock. */
const real = { setImmediate, setTimeout, clearTimeout };

/** Runs in the loop's next turn, after all promises that are settled now have been heard. */
export function nextTurn(run: () => void): void {
  real.setImmediate(run);
}

/** Runs after `ms` of real time; does not keep the process alive. @returns What cancels it. */
export function afterRealMs(ms: number, run: () => void): () => void {
  const timer = real.setTimeout(run, ms).unref();
  return () => real.clearTimeout(timer);
}
