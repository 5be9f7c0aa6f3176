/** The one clock of commits: whole microseconds since the Unix epoch, never the same twice, never backwards. */
export type CommitClock = {
  /** The next commit's timestamp. Skipping one is harmless; using one twice is not. */
  next(): number;
  /** The clock functions see: real time, but never behind a timestamp already given out. */
  nowMs(): number;
};

/** `lastTsMicros` is the newest timestamp of the store, which may lie ahead of a machine clock that was set back. */
export function createCommitClock(lastTsMicros: number): CommitClock {
  let last = lastTsMicros;
  return {
    next() {
      last = Math.max(Date.now() * 1000, last + 1);
      return last;
    },
    nowMs() {
      return Math.max(Date.now(), Math.floor(last / 1000));
    },
  };
}
