/**
 * The commits of the last moments, and whether a mutation conflicts with one of them.
 *
 * A mutation that commits at T is judged as if it had begun at B = max(T − window, F), where F is the newest
 * commit that is known to have come before its beginning (see `Caller` in `contention.ts`). It conflicts
 * exactly if a commit at a time C with B < C < T changed an index key within its read set.
 */
import { rangeAround } from "../../engine/readSet";
import type { ReadSet, WriteFootprint } from "../../engine/types";
import type { KeyRange } from "../../store/store";

/** `writer`: the mutation that wrote it; null for the runtime itself. */
export type RecentCommit = { tsMicros: number; writer: string | null; footprint: WriteFootprint };

/** What was read, and what was written into it. */
export type Overlap = {
  indexId: number;
  range: KeyRange;
  key: Uint8Array;
  writer: string | null;
};

/** Forgotten commits are taken out of memory when there are so many of them. */
const FORGOTTEN_MAX = 1_024;

export class ConflictWindow {
  readonly #lengthMicros: number;
  #commits: RecentCommit[] = [];
  /** Those before this position are out of the window. */
  #first = 0;

  constructor(lengthMicros: number) {
    this.#lengthMicros = lengthMicros;
  }

  /** Commits come in order of their time. */
  add(commit: RecentCommit): void {
    this.#commits.push(commit);
    this.#forgetUntil(commit.tsMicros - this.#lengthMicros);
  }

  /** Takes back the commits after `tsMicros`: they did not become durable. */
  undoAfter(tsMicros: number): void {
    while ((this.#commits.at(-1)?.tsMicros ?? tsMicros) > tsMicros) this.#commits.pop();
    this.#first = Math.min(this.#first, this.#commits.length);
  }

  /** The newest conflict of a mutation that read `readSet` and commits at `tsMicros`, or null. */
  conflictOf(
    readSet: Pick<ReadSet, "intervals">,
    { afterMicros, tsMicros }: { afterMicros: number; tsMicros: number },
  ): Overlap | null {
    const beganMicros = Math.max(tsMicros - this.#lengthMicros, afterMicros);
    for (let at = this.#commits.length - 1; at >= this.#first; at--) {
      const commit = this.#commits[at];
      if (commit === undefined || commit.tsMicros <= beganMicros) break;
      const overlap = overlapOf(readSet, commit);
      if (overlap !== null) return overlap;
    }
    return null;
  }

  #forgetUntil(tsMicros: number): void {
    while ((this.#commits[this.#first]?.tsMicros ?? Number.POSITIVE_INFINITY) <= tsMicros) {
      this.#first++;
    }
    if (this.#first < FORGOTTEN_MAX) return;
    this.#commits = this.#commits.slice(this.#first);
    this.#first = 0;
  }
}

const NO_KEY = new Uint8Array(0);

function overlapOf(
  readSet: Pick<ReadSet, "intervals">,
  { footprint, writer }: RecentCommit,
): Overlap | null {
  // From the end: a table's own indexes come last, and say more of what was read than `by_id` does.
  for (let at = footprint.length - 1; at >= 0; at--) {
    const { indexId = 0, key = NO_KEY } = footprint[at] ?? {};
    const range = rangeAround(readSet, indexId, key);
    if (range !== undefined) return { indexId, range, key, writer };
  }
  return null;
}
