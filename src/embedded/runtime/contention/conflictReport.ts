/** Which functions conflicted where, and with whom: sums in bounded memory. */
import type { Place } from "./places";

/** Beyond so many, further ranges of a function and index are summed up in one line. */
const LINES_MAX = 1_000;
const WRITERS_MAX = 20;
const OTHER_RANGES = "(other ranges)";
const OTHER_WRITERS = "(others)";

export type ConflictLine = {
  function: string;
  component: string;
  table: string;
  index: string;
  range: string;
  /** How often the function met a change there. */
  conflicts: number;
  /** How often that was its last attempt, and the mutation failed. */
  failures: number;
  /** How often each mutation had made the change. */
  changedBy: Record<string, number>;
};

export type ConflictReport = {
  windowMs: number;
  /** Commits of mutations that were judged, those that conflicted included. */
  judged: number;
  conflicts: number;
  failures: number;
  /** Those with the most conflicts first. */
  lines: ConflictLine[];
};

export class ConflictSums {
  readonly #windowMs: number;
  readonly #lines = new Map<string, ConflictLine>();
  judged = 0;
  #conflicts = 0;
  #failures = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  addConflict(by: string, place: Place, writer: string | null): void {
    this.#conflicts++;
    const line = this.#lineOf(by, place);
    line.conflicts++;
    const { changedBy } = line;
    const named = writer ?? "(the runtime)";
    const isRoom = Object.hasOwn(changedBy, named) || Object.keys(changedBy).length < WRITERS_MAX;
    const counted = isRoom ? named : OTHER_WRITERS;
    changedBy[counted] = (changedBy[counted] ?? 0) + 1;
  }

  addFailure(by: string, place: Place): void {
    this.#failures++;
    this.#lineOf(by, place).failures++;
  }

  report(): ConflictReport {
    return {
      windowMs: this.#windowMs,
      judged: this.judged,
      conflicts: this.#conflicts,
      failures: this.#failures,
      lines: [...this.#lines.values()]
        .sort((a, b) => b.conflicts - a.conflicts)
        .map((line) => ({ ...line, changedBy: { ...line.changedBy } })),
    };
  }

  #lineOf(by: string, place: Place): ConflictLine {
    const known = this.#lines.get(keyOf(by, place));
    if (known !== undefined) return known;
    if (this.#lines.size < LINES_MAX) return this.#addLine(by, place);
    const rest = { ...place, range: OTHER_RANGES };
    return this.#lines.get(keyOf(by, rest)) ?? this.#addLine(by, rest);
  }

  #addLine(by: string, place: Place): ConflictLine {
    const { componentPath: component, table, index, range } = place;
    const line = { function: by, component, table, index, range };
    const counted = { ...line, conflicts: 0, failures: 0, changedBy: {} };
    this.#lines.set(keyOf(by, place), counted);
    return counted;
  }
}

function keyOf(by: string, { componentPath, table, index, range }: Place): string {
  return JSON.stringify([by, componentPath, table, index, range]);
}
