/**
 * The price book with a newer table in it. The book is append-only: a price that changed is a new record that holds from
 * the table's day on, and the record before it stays, so that what was called before is still priced as it was. Facts
 * about a price (limits, sources, the last day) are replaced; models that the table does not list any more stay.
 */
import type { PriceRecord, RatesData } from "../../src/pricing/priceData";
import type { PricedModel } from "./table";

/** What the table changes; each line of the diff is one of these. */
export type Change =
  | { kind: "added"; record: PriceRecord }
  | { kind: "changed" | "announced"; before: PriceRecord; record: PriceRecord }
  | { kind: "facts"; record: PriceRecord }
  | { kind: "retired"; record: PriceRecord };

type Merged = { records: PriceRecord[]; changes: Change[] };

/** @param asOf - The day of the table, on which new prices begin to hold. */
export function merge(
  book: readonly PriceRecord[],
  { asOf, models }: { asOf: string; models: readonly PricedModel[] },
): Merged {
  const merged = models.reduce<Merged>((so, model) => withModel(so, model, asOf), {
    records: [...book],
    changes: [],
  });
  const listed = new Set(models.map(({ now }) => nameOf(now)));
  const latest = new Map(book.map((record) => [nameOf(record), record]));
  const retired = [...latest.values()].filter((record) => !listed.has(nameOf(record)));
  return {
    records: merged.records.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)),
    changes: [...merged.changes, ...retired.map((record): Change => ({ kind: "retired", record }))],
  };
}

function withModel(
  { records, changes }: Merged,
  { before, now, announced }: PricedModel,
  asOf: string,
): Merged {
  const own = records.filter((other) => nameOf(other) === nameOf(now));
  const held = own.findLast(({ effectiveFrom }) => (effectiveFrom ?? "") <= asOf);
  let merged: Merged;
  if (held === undefined) {
    merged = {
      records: [...records, ...before, now],
      changes: [...changes, { kind: "added", record: now }],
    };
  } else if (priceOf(held) === priceOf(now)) {
    const kept = { ...now, effectiveFrom: held.effectiveFrom };
    merged = replaced({ records, changes }, held, kept);
  } else {
    const record = { ...now, effectiveFrom: asOf };
    // Twice on one day: the later table is the one that holds.
    const others = records.filter((other) => other !== held || held.effectiveFrom !== asOf);
    merged = {
      records: [...others, record],
      changes: [...changes, { kind: "changed", before: held, record }],
    };
  }
  return announced
    .filter(({ effectiveFrom }) => (effectiveFrom ?? "") > asOf)
    .reduce((so, record) => withAnnounced(so, record, now), merged);
}

/** A day's announcement replaces what was announced for that day before. */
function withAnnounced(
  { records, changes }: Merged,
  record: PriceRecord,
  now: PriceRecord,
): Merged {
  const known = records.find(
    (other) => nameOf(other) === nameOf(record) && other.effectiveFrom === record.effectiveFrom,
  );
  if (known !== undefined && priceOf(known) === priceOf(record)) {
    return replaced({ records, changes }, known, record);
  }
  return {
    records: [...records.filter((other) => other !== known), record],
    changes: [...changes, { kind: "announced", before: known ?? now, record }],
  };
}

function replaced({ records, changes }: Merged, old: PriceRecord, record: PriceRecord): Merged {
  if (JSON.stringify(old) === JSON.stringify(record)) return { records, changes };
  return {
    records: records.map((other) => (other === old ? record : other)),
    changes: [...changes, { kind: "facts", record }],
  };
}

/** The diff for people: a line for each change, prices in USD per million. */
export function describe(change: Change): string {
  const { kind, record } = change;
  const name = `${kind.padEnd(9)} ${nameOf(record)}`;
  switch (change.kind) {
    case "added":
      return `${name}: ${amounts(record.rates)}`;
    case "changed":
    case "announced":
      return `${name} from ${record.effectiveFrom}: ${differences(change.before, record).join(", ")}`;
    case "facts":
      return `${name}: limits, sources or notes; no price`;
    case "retired":
      return `${name}: not in the table; its price stays`;
  }
}

function differences(before: PriceRecord, after: PriceRecord): string[] {
  const lines = rateDifferences("", before.rates, after.rates);
  const tiers = new Set(
    [...before.longContext, ...after.longContext].map(({ inputTokens }) => inputTokens),
  );
  for (const tokens of [...tiers].toSorted((a, b) => a - b)) {
    const at = ({ longContext }: PriceRecord) =>
      longContext.find(({ inputTokens }) => inputTokens === tokens)?.rates ?? {};
    lines.push(...rateDifferences(`beyond ${tokens} `, at(before), at(after)));
  }
  for (const part of ["longContext", "dailyWindows", "serviceTiers", "regions", "fees"] as const) {
    if (JSON.stringify(before[part]) === JSON.stringify(after[part])) continue;
    if (part !== "longContext" || lines.length === 0) lines.push(part);
  }
  return lines;
}

function rateDifferences(prefix: string, before: RatesData, after: RatesData): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof RatesData>;
  return [...names]
    .filter((name) => before[name] !== after[name])
    .map((name) => `${prefix}${name} ${usd(before[name])} → ${usd(after[name])}`);
}

function amounts(rates: RatesData): string {
  return Object.entries(rates)
    .map(([name, pico]) => `${name} ${usd(pico)}`)
    .join(", ");
}

/** A rate is picoUSD for one token, and so millionths of a USD for a million. */
function usd(pico: number | undefined): string {
  return pico === undefined ? "none" : String(pico / 1_000_000);
}

function priceOf(record: PriceRecord): string {
  const { rates, dailyWindows, longContext, serviceTiers, regions, fees } = record;
  return JSON.stringify({ rates, dailyWindows, longContext, serviceTiers, regions, fees });
}

function nameOf({ provider, model }: PriceRecord): string {
  return `${provider}/${model}`;
}

function order(record: PriceRecord): string {
  return `${nameOf(record)} ${record.effectiveFrom ?? ""}`;
}
