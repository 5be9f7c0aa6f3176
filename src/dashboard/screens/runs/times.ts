const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** "840 ms", "3.2 s", "2 min 5 s"; of what goes on still, that it does. */
export function durationText(ms: number | undefined): string {
  if (ms === undefined) return "going on";
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  return `${Math.floor(ms / MINUTE_MS)} min ${Math.round((ms % MINUTE_MS) / SECOND_MS)} s`;
}
