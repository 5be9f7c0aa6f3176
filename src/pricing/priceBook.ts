/**
 * The price book: what each model costs, at the time of a call.
 *
 * The numbers stand in `data/prices.json`, which `npm run prices:import` makes and only ever adds to.
 */
import type { Ratio } from "../core/money";
import priceData from "./data/prices.json";
import type { PriceData, PriceRecord, RatesData } from "./priceData";
import type { TokenClass, ToolUnit } from "./usage";

/** PicoUSD for one token of a class; a class that is missing has no published price. */
export type Rates = Readonly<Partial<Record<TokenClass, bigint>>>;

/** What a model costs at one moment; a tenant's own agreement takes the same shape. */
export type Price = Readonly<{
  /** Names exactly these numbers; stored with everything that was priced by them. */
  priceVersion: string;
  rates: Rates;
  /** Ascending; the last one that the input is long enough for holds for the whole request. */
  longContext: readonly Readonly<{ inputTokens: number; inclusive: boolean; rates: Rates }>[];
  serviceTiers: Readonly<Record<string, ServiceTierPrice>>;
  regions: Readonly<Record<string, Ratio>>;
  fees: Readonly<Partial<Record<ToolUnit, bigint>>>;
}>;

/** Prices of its own where the tier has any for the length of the input, a factor otherwise. */
export type ServiceTierPrice = Readonly<{
  multiplier: Ratio | null;
  rates: Rates | null;
  longContextRates: Rates | null;
}>;

const DATA: PriceData = priceData as PriceData;
export const PRICE_BOOK_VERSION = DATA.version;

const RECORDS_BY_MODEL = groupByModel(DATA.records);

/** Snapshots whose price differs from the model they are a snapshot of. They have no price here. */
const SNAPSHOTS_WITH_OWN_PRICE: ReadonlySet<string> = new Set([
  "openai/gpt-4o-2024-05-13", // 5/15 USD, twice and 1.5 times the later gpt-4o
]);

/**
 * The price of `model` for a call that starts at `atMs`, or null when none is known.
 *
 * Null means unknown and never free: a hard budget refuses such a call, and its cost is shown as unknown.
 *
 * @param provider - Who bills: a reseller of the same model has prices of its own.
 */
export function findPrice({
  provider,
  model,
  atMs,
}: {
  provider: string;
  model: string;
  atMs: number;
}): Price | null {
  const record = recordAt(findRecords(provider, model), atMs);
  return record === null ? null : toPrice(record, atMs);
}

/** Every model in the book with the record that holds at `atMs`, ordered by provider and model. */
export function listPrices(atMs: number): readonly PriceRecord[] {
  return [...RECORDS_BY_MODEL.values()].flatMap((records) => recordAt(records, atMs) ?? []);
}

/** The record of `model` that holds at `atMs`, with its limits and sources; null when it is not in the book. */
export function findPriceRecord(query: {
  provider: string;
  model: string;
  atMs: number;
}): PriceRecord | null {
  return recordAt(findRecords(query.provider, query.model), query.atMs);
}

/** The records of a model by the first of its names that is in the book. */
function findRecords(provider: string, model: string): readonly PriceRecord[] {
  for (const name of modelNames(provider, model)) {
    const records = RECORDS_BY_MODEL.get(`${provider}/${name}`);
    if (records !== undefined) return records;
  }
  return [];
}

/**
 * The names by which a provider's model may be priced, the most exact first: as it is called, without its provider's own
 * name before it ("anthropic/claude-…", "models/gemini-…"), without the date of a snapshot. A provider that sells other
 * vendors' models has prices of its own for them, and their names there stay as they are.
 */
export function modelNames(provider: string, model: string): readonly string[] {
  const bare = withoutVendor(provider, model);
  const names = [model, bare];
  if (!SNAPSHOTS_WITH_OWN_PRICE.has(`${provider}/${bare}`)) names.push(withoutSnapshot(bare));
  return [...new Set(names)];
}

/** The one name of a model for sums and budgets, whichever of its names it was called by. */
export function modelName(provider: string, model: string): string {
  return modelNames(provider, model).at(-1) ?? model;
}

/** How a provider's models are called where they stand among those of others. */
const VENDOR_PREFIXES: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["anthropic/"],
  openai: ["openai/"],
  google: ["models/", "google/", "publishers/google/models/"],
};

function withoutVendor(provider: string, model: string): string {
  const prefix = VENDOR_PREFIXES[provider]?.find((one) => model.startsWith(one));
  return prefix === undefined ? model : model.slice(prefix.length);
}

/** "claude-sonnet-4-5-20250929", "gpt-5-mini-2025-08-07", "claude-haiku-4-5-latest" without their last part. */
function withoutSnapshot(model: string): string {
  return model.replace(/[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest)$/, "");
}

function recordAt(records: readonly PriceRecord[], atMs: number): PriceRecord | null {
  return records.findLast((record) => startMs(record) <= atMs) ?? null;
}

function startMs({ effectiveFrom }: PriceRecord): number {
  return effectiveFrom === null
    ? Number.NEGATIVE_INFINITY
    : Date.parse(`${effectiveFrom}T00:00:00Z`);
}

function toPrice(record: PriceRecord, atMs: number): Price {
  const { minute, weekday } = inWeek(atMs);
  const window = record.dailyWindows.find(
    ({ fromMinute, toMinute, weekdays }) =>
      minute >= fromMinute && minute < toMinute && (weekdays?.includes(weekday) ?? true),
  );
  const from = record.effectiveFrom === null ? "" : `@${record.effectiveFrom}`;
  const hours = window === undefined ? "" : `#${window.fromMinute}-${window.toMinute}`;
  return {
    priceVersion: `${DATA.version}/${record.provider}/${record.model}${from}${hours}`,
    rates: toRates(window?.rates ?? record.rates),
    longContext: record.longContext
      .map((tier) => ({ ...tier, rates: toRates(tier.rates) }))
      .toSorted((a, b) => a.inputTokens - b.inputTokens),
    serviceTiers: mapValues(record.serviceTiers, (tier) => ({
      multiplier: tier.multiplier === null ? null : toRatio(tier.multiplier),
      rates: tier.rates === null ? null : toRates(tier.rates),
      longContextRates: tier.longContextRates === null ? null : toRates(tier.longContextRates),
    })),
    regions: mapValues(record.regions, toRatio),
    fees: mapValues(record.fees, BigInt),
  };
}

/** The minute of the day, and the day of the week, 1 to 7 from Monday on; in UTC. */
function inWeek(atMs: number): { minute: number; weekday: number } {
  const at = new Date(atMs);
  return { minute: at.getUTCHours() * 60 + at.getUTCMinutes(), weekday: at.getUTCDay() || 7 };
}

function toRates(rates: RatesData): Rates {
  return mapValues(rates, BigInt);
}

function toRatio({ num, den }: { num: number; den: number }): Ratio {
  return { num: BigInt(num), den: BigInt(den) };
}

function groupByModel(records: readonly PriceRecord[]): Map<string, PriceRecord[]> {
  const groups = new Map<string, PriceRecord[]>();
  for (const record of records) {
    const key = `${record.provider}/${record.model}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  for (const group of groups.values()) group.sort((a, b) => startMs(a) - startMs(b));
  return groups;
}

function mapValues<Key extends string, A, B>(
  record: Readonly<Partial<Record<Key, A>>>,
  toValue: (value: A) => B,
): Record<Key, B> {
  const entries = Object.entries(record) as [Key, A][];
  return Object.fromEntries(entries.map(([key, value]) => [key, toValue(value)])) as Record<Key, B>;
}
