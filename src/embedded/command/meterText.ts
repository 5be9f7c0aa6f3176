/** The meter's report for people, when the command ends. */
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
