/** What the rounds measured, as a table: medians, spread, and ratios to what was measured in the same round. */
import { median } from "./measure";

export type Measure = {
  title: string;
  unit: "/s" | "ms" | "µs" | "MB/s" | "MiB" | "rows" | "commits";
  /** Ids of the measures that this one is shown relative to, by the column in which the ratio stands. */
  versus?: Readonly<Record<string, string>>;
  aim?: Aim;
};

/** What is aimed at: a value, or a ratio to the measure `of`. */
export type Aim = { of?: string; atLeast?: number; atMost?: number };

export class Report {
  readonly #measures: Readonly<Record<string, Measure>>;
  readonly #ratios: Readonly<Record<string, string>>;
  readonly #values = new Map<string, number[]>();

  /** @param ratios - The columns of ratios: how `versus` names each, and its title. */
  constructor(
    measures: Readonly<Record<string, Measure>>,
    ratios: Readonly<Record<string, string>>,
  ) {
    this.#measures = measures;
    this.#ratios = ratios;
  }

  add(id: string, value: number): void {
    if (this.#measures[id] === undefined) throw new Error(`There is no measure "${id}"`);
    const values = this.#values.get(id);
    if (values === undefined) this.#values.set(id, [value]);
    else values.push(value);
  }

  rows() {
    return Object.entries(this.#measures).flatMap(([id, { title, unit, versus, aim }]) => {
      const values = this.#values.get(id);
      if (values === undefined) return [];
      return {
        id,
        title,
        unit,
        median: median(values),
        lowest: Math.min(...values),
        highest: Math.max(...values),
        ratios: Object.keys(this.#ratios).map((name) => this.#ratio(values, versus?.[name])),
        aim: aim === undefined ? null : this.#verdict(values, aim),
      };
    });
  }

  /** A Markdown table, as it stands in the docs. */
  table(): string {
    const head = ["", "median", "lowest … highest", "unit", ...Object.values(this.#ratios), "aim"];
    const cells = this.rows().map((row) => [
      row.title,
      format(row.median),
      `${format(row.lowest)} … ${format(row.highest)}`,
      row.unit,
      ...row.ratios.map((ratio) => (ratio === null ? "" : ratio.toFixed(2))),
      row.aim === null ? "" : `${row.aim.text} ${row.aim.isReached ? "reached" : "MISSED"}`,
    ]);
    const widths = head.map((title, column) =>
      Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
    );
    const line = (texts: string[]) =>
      `| ${texts.map((text, column) => pad(text, { column, width: widths[column] ?? 0 })).join(" | ")} |`;
    const dashes = widths.map((width, column) =>
      column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
    );
    return [line(head), line(dashes), ...cells.map(line)].join("\n");
  }

  #verdict(values: readonly number[], { of, atLeast = 0, atMost = Infinity }: Aim) {
    const value = of === undefined ? median(values) : this.#ratio(values, of);
    const title = of === undefined ? "" : ` of "${this.#measures[of]?.title ?? of}"`;
    return {
      text: `${boundText(atLeast, atMost)}${title}: ${value === null ? "not measured" : format(value)}`,
      isReached: value !== null && value >= atLeast && value <= atMost,
    };
  }

  /** The median of the ratios of the rounds: both sides of each were measured moments apart. */
  #ratio(values: readonly number[], baseId: string | undefined): number | null {
    const bases = baseId === undefined ? undefined : this.#values.get(baseId);
    if (bases === undefined) return null;
    const ratios = values.flatMap((value, round) => {
      const base = bases[round];
      return base === undefined ? [] : value / base;
    });
    return median(ratios);
  }
}

function boundText(atLeast: number, atMost: number): string {
  if (atMost === Infinity) return `≥ ${format(atLeast)}`;
  return atLeast === 0 ? `≤ ${format(atMost)}` : `${format(atLeast)} … ${format(atMost)}`;
}

function pad(text: string, { column, width }: { column: number; width: number }): string {
  return column === 0 ? text.padEnd(width) : text.padStart(width);
}

function format(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en-US");
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
