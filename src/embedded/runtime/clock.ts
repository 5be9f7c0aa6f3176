/** The one clock of commits: whole microseconds since the Unix epoch, never the same twice, never backwards. */
export type CommitClock = {
  /** The next commit's timestamp. Skipping one is harmless; using one twice is not. */
  next(): number;
  /** The clock functions see and jobs are due by: real time, but never behind a timestamp already given out. */
  nowMs(): number;
};

/** `lastTsMicros` is the newest timestamp of the store, which may lie ahead of a machine clock that was set back. */
export function createCommitClock(lastTsMicros: number): CommitClock {
  const lookMs = createSteadyTime(Math.floor(lastTsMicros / 1000));
  let last = lastTsMicros;
  return {
    next() {
      last = Math.max(lookMs() * 1000, last + 1);
      return last;
    },
    nowMs() {
      return Math.max(lookMs(), Math.floor(last / 1000));
    },
  };
}

/**
 * The machine's time while that goes forward. When it was set back, time goes on from where it was, by a
 * clock that nobody sets, until the machine's has caught up: standing still would hold up every job.
 */
function createSteadyTime(startMs: number): () => number {
  let shownMs = startMs;
  let setBack: { shownMs: number; atMs: number } | null = null;
  return () => {
    const machineMs = Date.now();
    if (machineMs >= shownMs) {
      setBack = null;
      shownMs = machineMs;
      return shownMs;
    }
    setBack ??= { shownMs, atMs: performance.now() };
    shownMs = Math.floor(setBack.shownMs + (performance.now() - setBack.atMs));
    return shownMs;
  };
}
