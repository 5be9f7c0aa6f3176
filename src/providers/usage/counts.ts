/** Reads counts out of a usage object as it came from outside, and remembers what was wrong with it. */
import { COUNT_MAX, TOOL_COUNT_MAX, type Reconciliation, type Usage } from "../../pricing/usage";

export class Counts {
  readonly notes: string[] = [];
  #mismatch = false;
  readonly #raw: unknown;
  readonly #whole: Counts | null;

  constructor(raw: unknown, whole: Counts | null = null) {
    this.#raw = raw;
    this.#whole = whole;
  }

  /** Reads a part of the same usage; what is wrong with it is wrong with the whole. */
  at(part: unknown): Counts {
    return new Counts(part, this);
  }

  /** The count at `path` ("details.cached_tokens"), or null when nothing is stated there. */
  read(path: string, countMax = COUNT_MAX): number | null {
    const value = path.split(".").reduce<unknown>((at, field) => fieldOf(at, field), this.#raw);
    if (value === undefined || value === null) return null;
    if (isCount(value) && value <= countMax) return value;
    this.mismatch(`${path} is ${JSON.stringify(value)}, which is no count`);
    return null;
  }

  /**
   * What is left of `total` without its `parts`.
   *
   * Parts beyond the total are a mismatch; the rest is then nothing, because tokens cannot be owed back.
   */
  rest(total: number, parts: readonly number[], what: string): number {
    const left = parts.reduce((rest, part) => rest - part, total);
    if (left < 0) this.mismatch(`${what}: the parts exceed the total of ${total} by ${-left}`);
    return Math.max(left, 0);
  }

  /** The usage with no count that no call can have: of counts that were read one by one the sum may be one. */
  bounded({ tokens, toolUnits, reasoningTokens }: Usage): Usage {
    const bound = <Key extends string>(sums: Readonly<Record<Key, number>>, max: number) =>
      Object.fromEntries(
        (Object.keys(sums) as Key[]).map((name) => {
          if (sums[name] > max) this.mismatch(`${name} comes to ${sums[name]}, which is no count`);
          return [name, Math.min(sums[name], max)];
        }),
      ) as Record<Key, number>;
    return {
      tokens: bound(tokens, COUNT_MAX),
      toolUnits: bound(toolUnits, TOOL_COUNT_MAX),
      reasoningTokens: Math.min(reasoningTokens, COUNT_MAX),
    };
  }

  /** Notes the fields of the object at `path` that this code does not know, of those that may carry a price. */
  noteUnknown(path: string, known: readonly string[], priced = /^/): void {
    const at = path === "" ? this.#raw : fieldOf(this.#raw, path);
    if (typeof at !== "object" || at === null) return;
    for (const [field, value] of Object.entries(at)) {
      if (known.includes(field) || !priced.test(field) || value === null || value === 0) continue;
      this.notes.push(`unknown usage field ${path === "" ? field : `${path}.${field}`}`);
    }
  }

  mismatch(note: string): void {
    this.#mismatch = true;
    this.notes.push(note);
    this.#whole?.mismatch(note);
  }

  get reconciliation(): Reconciliation {
    return this.#mismatch ? "mismatch" : "ok";
  }
}

export function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= COUNT_MAX;
}

export function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[field]
    : undefined;
}
