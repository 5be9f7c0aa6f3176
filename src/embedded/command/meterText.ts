/** The meter's report for people, when the command ends. */
import type { UsageLine } from "../runtime/usage/usageMeter";
import type { ConflictLine, ConflictReport } from "../runtime/contention/conflictReport";

/** Further lines are for machines: `GET /api/embedded/meter`. */
const LINES_MAX = 20;

export function conflictText(report: ConflictReport): string {
  const { windowMs, judged, conflicts, failures, lines } = report;
  const sum =
    `${count(conflicts, "conflict")} in ${count(judged, "commit")} of mutations, each judged as if it had ` +
    `taken ${windowMs} ms; ${count(failures, "mutation")} failed for good.`;
  const more = lines.length - LINES_MAX;
  const rest = more > 0 ? [`  … and ${more} more. GET /api/embedded/meter tells all.`] : [];
  return [sum, ...lines.slice(0, LINES_MAX).map(lineText), ...rest].join("\n");
}

/** For each limit, the function that came nearest to it. */
export function usageText(usage: readonly UsageLine[]): string {
  const nearest = new Map<string, { function: string; used: number; limit: number }>();
  for (const { function: name, highest } of usage) {
    for (const [limited, { used, limit }] of Object.entries(highest)) {
      const known = nearest.get(limited);
      if (known === undefined || used > known.used) {
        nearest.set(limited, { function: name, used, limit });
      }
    }
  }
  const lines = [...nearest].map(([limited, { function: name, used, limit }]) => {
    const percent = ((100 * used) / limit).toFixed(used * 10 < limit ? 1 : 0);
    return `  ${limited}: ${used} of ${limit} (${percent} %) in ${name}`;
  });
  return ["Highest use of each limit by one call:", ...lines].join("\n");
}

function lineText(line: ConflictLine): string {
  const component = line.component === "" ? "" : ` in ${line.component}`;
  const failed = line.failures === 0 ? "" : `, ${line.failures} failed`;
  const writers = Object.entries(line.changedBy)
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${name} (${times})`);
  return (
    `  ${line.conflicts} × ${line.function}${component} read ${line.table}.${line.index}: ${line.range}` +
    `; changed by ${writers.join(", ")}${failed}`
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
