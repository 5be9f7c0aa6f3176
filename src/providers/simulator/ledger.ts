/**
 * What the simulator would put on the bill: the truth that the product's own ledger is held against.
 *
 * The rules are those of the real providers, as far as they are known. A call is billed from the moment the
 * model took it up: all of its input, and the output that was generated until the connection was gone,
 * whether or not anybody received it. A call without a stream runs to its end even when nobody waits. A
 * refusal, a reset or a hang before the answer costs nothing, nor does a stream whose first frame is an error.
 */
import { usageOf, type Usage } from "../../pricing/usage";
import type { SimulatedApi } from "./wire";

export type LedgerEntry = Readonly<{
  /** 1, 2, 3, … in order of arrival. */
  number: number;
  requestId: string;
  /** As the request named itself. */
  label: string | null;
  api: SimulatedApi;
  model: string;
  isStream: boolean;
  serviceTier: string | null;
  /** Thoughts of earlier replies that came back with the call. */
  thoughts: number;
  /** `open` while the call runs. `refused`: an error instead of an answer. */
  outcome: "open" | "complete" | "aborted" | "faulted" | "refused";
  /** The fault that was injected, or null. */
  fault: string | null;
  /** The status of the answer; null while or if there is none. */
  status: number | null;
  /** As billed; all zero when nothing is. */
  billed: Usage;
  startedAtMs: number;
  firstByteAtMs: number | null;
  endedAtMs: number | null;
}>;

const NOTHING = usageOf({});

/** A simulator that ran for weeks must not grow for weeks; a benchmark stays far below it. */
const ENTRIES_MAX = 100_000;

export class Ledger {
  readonly #entries = new Map<number, LedgerEntry>();
  #count = 0;

  begin({
    requestIdOf,
    ...facts
  }: Pick<
    LedgerEntry,
    "label" | "api" | "model" | "isStream" | "serviceTier" | "thoughts" | "fault"
  > & {
    requestIdOf: (number: number) => string;
  }): LedgerEntry {
    this.#count += 1;
    const entry: LedgerEntry = {
      number: this.#count,
      requestId: requestIdOf(this.#count),
      ...facts,
      outcome: "open",
      status: null,
      billed: NOTHING,
      startedAtMs: Date.now(),
      firstByteAtMs: null,
      endedAtMs: null,
    };
    this.#entries.set(entry.number, entry);
    this.#entries.delete(entry.number - ENTRIES_MAX);
    return entry;
  }

  update(number: number, changes: Partial<LedgerEntry>): void {
    const entry = this.#entries.get(number);
    // It is gone when the ledger was cleared while the call ran.
    if (entry !== undefined) this.#entries.set(number, { ...entry, ...changes });
  }

  /** Oldest first. */
  get entries(): readonly LedgerEntry[] {
    return [...this.#entries.values()];
  }

  clear(): void {
    this.#entries.clear();
  }
}
