/** Whether a long run was good: what a server takes must not grow with the time it has run. */
import type { Counts } from "./load";
import { median } from "./measure";

export type Sample = Counts & {
  seconds: number;
  rssBytes: number;
  heapBytes: number;
  fileBytes: number;
  /** SQLite's write-ahead log. */
  logBytes: number;
  /** The texts in the file. */
  keptBytes: number;
};

/** How much larger the last third may be than the middle one; the first warms up. */
const GROWTH_MAX = 1.2;

export function verdictOf(
  samples: readonly Sample[],
  mistakes: readonly string[],
): { isGood: boolean; text: string } {
  const third = Math.floor(samples.length / 3);
  const middle = samples.slice(third, 2 * third);
  const last = samples.slice(2 * third);
  const rows: [string, (sample: Sample) => number, string][] = [
    ["memory (RSS)", ({ rssBytes }) => rssBytes / 2 ** 20, "MiB"],
    ["heap", ({ heapBytes }) => heapBytes / 2 ** 20, "MiB"],
    ["log", ({ logBytes }) => logBytes / 2 ** 20, "MiB"],
    // Some rows are kept by promise (replies for repeated requests, finished jobs): the file may grow by these.
    ["file per kept byte", ({ fileBytes, keptBytes }) => fileBytes / keptBytes, "×"],
  ];
  let isGood = mistakes.length === 0;
  const lines = rows.map(([title, valueOf, unit]) => {
    const before = median(middle.map(valueOf));
    const after = median(last.map(valueOf));
    const isBounded = after <= GROWTH_MAX * before;
    isGood &&= isBounded;
    const values = `${before.toFixed(1)} → ${after.toFixed(1)} ${unit}`;
    return `${title}: ${values}, ${(after / before).toFixed(2)}× (${isBounded ? "bounded" : "GROWS"})`;
  });
  const wrong = mistakes.slice(0, 5).map((mistake) => `\n  ${mistake}`);
  return {
    isGood,
    text: `${lines.join("\n")}\n${mistakes.length} mistakes${wrong.join("")}\n${isGood ? "Good." : "NOT good."}`,
  };
}
