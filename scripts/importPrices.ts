/**
 * Takes a table of published prices (USD per million tokens) into the price book, `src/pricing/data/prices.json`.
 *
 *   npx tsx scripts/importPrices.ts <path to the table> [path to the book]
 *
 * The book is append-only. A price that changed becomes a new record that holds from the table's `asOf`
 * on; the record before it stays, so that what was called before is still priced as it was. Facts about
 * a price (sources, limits, notes) are replaced, models that the table no longer lists stay.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { assert } from "../src/core/assert";
import { parseRatio, parseUsd } from "../src/core/money";
import type { PriceData, PriceRecord, RatesData, ServiceTierData } from "../src/pricing/priceData";
import type { TokenClass, ToolUnit } from "../src/pricing/usage";

type UsdRates = Partial<Record<keyof typeof RATE_FIELDS, number | null>>;
type PublishedModel = UsdRates & {
  provider: string;
  model: string;
  name: string;
  contextWindow: number | null;
  maxOutput: number | null;
  maxInput?: number | null;
  tiers: (UsdRates & { inputTokensAbove: number; comparison: "gt" | "gte" })[];
  serviceTierMultipliers: Record<string, number>;
  serviceTierPrices?: Record<string, { standard?: UsdRates; longContext?: UsdRates }>;
  regionMultipliers: Record<string, number>;
  fees: Record<string, number>;
  effectiveFrom: string | null;
  schedule: (UsdRates & { from: string })[];
  deprecationDate: string | null;
  sources: string[];
  confidence: string;
  note?: string;
};
type PublishedTable = { meta: { asOf: string }; models: PublishedModel[] };

const RATE_FIELDS = {
  input: "inputFresh",
  output: "output",
  cacheRead: "cacheRead",
  cacheWrite5m: "cacheWrite5m",
  cacheWrite30m: "cacheWrite30m",
  cacheWrite1h: "cacheWrite1h",
  cacheWrite12h: "cacheWrite12h",
  audioInput: "audioInput",
  audioOutput: "audioOutput",
  audioCacheRead: "audioCacheRead",
  imageInput: "imageInput",
} as const satisfies Record<string, TokenClass>;

const FEE_FIELDS: Readonly<Record<string, ToolUnit>> = {
  webSearchPer1k: "webSearch",
  fileSearchPer1k: "fileSearch",
  groundingPer1k: "grounding",
};

/**
 * Prices by the hour of the day, which the table has in words only (genai-prices 0.1.8): the figures in
 * the table hold in these hours (UTC), the ones here in the rest of the day.
 */
const PEAK_HOURS: Readonly<
  Record<string, { windows: { fromMinute: number; toMinute: number }[]; offPeak: UsdRates }>
> = {
  "deepseek/deepseek-v4-pro": {
    windows: [
      { fromMinute: 1 * 60, toMinute: 4 * 60 },
      { fromMinute: 6 * 60, toMinute: 10 * 60 },
    ],
    offPeak: { input: 0.66, output: 1.98, cacheRead: 0.022 },
  },
};

const [, , tablePath, bookArgument] = process.argv;
const bookPath = bookArgument ?? new URL("../src/pricing/data/prices.json", import.meta.url);
assert(tablePath !== undefined, "the path of the table of prices is given");
const table = JSON.parse(readFileSync(tablePath, "utf8")) as PublishedTable;

const records = table.models
  .flatMap(toRecords)
  .reduce(append, [...(readBook()?.records ?? [])])
  .toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
const version = `${table.meta.asOf}.${createHash("sha256").update(JSON.stringify(records)).digest("hex").slice(0, 8)}`;
const book: PriceData = { version, asOf: table.meta.asOf, records };
writeFileSync(bookPath, await format(JSON.stringify(book), { parser: "json", printWidth: 100 }));
console.log(`${records.length} records of ${table.models.length} models, version ${version}`);

/** The record of a model's price now, and one for each change that was announced. */
function toRecords(model: PublishedModel): PriceRecord[] {
  const now = toRecord(model);
  const announced = model.schedule.map(({ from, ...rates }) => ({
    ...now,
    effectiveFrom: from,
    rates: { ...now.rates, ...toRates(rates) },
  }));
  return [now, ...announced];
}

function toRecord(model: PublishedModel): PriceRecord {
  const peak = PEAK_HOURS[`${model.provider}/${model.model}`];
  const published = toRates(model);
  return {
    provider: model.provider,
    model: model.model,
    name: model.name,
    effectiveFrom: model.effectiveFrom,
    rates: peak === undefined ? published : { ...published, ...toRates(peak.offPeak) },
    dailyWindows: (peak?.windows ?? []).map((window) => ({ ...window, rates: published })),
    longContext: model.tiers.map((tier) => ({
      inputTokens: tier.inputTokensAbove,
      inclusive: tier.comparison === "gte",
      rates: toRates(tier),
    })),
    serviceTiers: toServiceTiers(model),
    regions: mapValues(model.regionMultipliers, toRatio, (key) =>
      key.replace("inference_geo:", ""),
    ),
    fees: toFees(model),
    contextWindowTokens: model.contextWindow,
    inputTokensMax: model.maxInput ?? null,
    outputTokensMax: model.maxOutput,
    retiresOn: model.deprecationDate,
    sources: model.sources,
    confidence: model.confidence,
    ...(model.note === undefined ? {} : { note: model.note }),
  };
}

function toServiceTiers(model: PublishedModel): Record<string, ServiceTierData> {
  const absolute = model.serviceTierPrices ?? {};
  const names = new Set([...Object.keys(model.serviceTierMultipliers), ...Object.keys(absolute)]);
  return Object.fromEntries(
    [...names].toSorted().map((name) => {
      const multiplier = model.serviceTierMultipliers[name];
      // "fast" is the name in a request of what responses call "priority": one price, two words.
      const prices = absolute[name] ?? (name === "fast" ? absolute["priority"] : undefined);
      return [
        name,
        {
          multiplier: multiplier === undefined ? null : toRatio(multiplier),
          rates: prices?.standard === undefined ? null : toRates(prices.standard),
          longContextRates: prices?.longContext === undefined ? null : toRates(prices.longContext),
        },
      ];
    }),
  );
}

function toFees(model: PublishedModel): Partial<Record<ToolUnit, number>> {
  const fees = Object.entries(model.fees).map(([field, usdPer1k]) => {
    const unit = FEE_FIELDS[field];
    assert(unit !== undefined, `the fee ${field} is known`);
    return [unit, toPico(usdPer1k, 1_000n)] as const;
  });
  // Anthropic bills fetched pages as input tokens and nothing besides: a price of zero, not no price.
  if (model.provider === "anthropic") fees.push(["webFetch", 0]);
  return Object.fromEntries(fees);
}

function toRates(usd: UsdRates): RatesData {
  return Object.fromEntries(
    Object.entries(RATE_FIELDS).flatMap(([field, tokenClass]) => {
      const price = usd[field as keyof typeof RATE_FIELDS];
      return price === null || price === undefined ? [] : [[tokenClass, toPico(price, 1_000_000n)]];
    }),
  );
}

/** USD for `count` units as whole picoUSD for one; small enough to be an exact JSON number. */
function toPico(usd: number, count: bigint): number {
  const pico = parseUsd(String(usd));
  assert(pico !== null && pico % count === 0n, `${usd} USD for ${count} is whole picoUSD for one`);
  const perUnit = Number(pico / count);
  assert(Number.isSafeInteger(perUnit), `${usd} USD for ${count} is an exact number`);
  return perUnit;
}

function toRatio(factor: number): { num: number; den: number } {
  const ratio = parseRatio(String(factor));
  assert(ratio !== null, `${factor} is a decimal`);
  return { num: Number(ratio.num), den: Number(ratio.den) };
}

function mapValues<A, B>(
  record: Record<string, A>,
  toValue: (value: A) => B,
  toKey: (key: string) => string,
): Record<string, B> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [toKey(key), toValue(value)]),
  );
}

/** The book with `record` in it: in the place of one with the same price and start, or after its forerunners. */
function append(book: PriceRecord[], record: PriceRecord): PriceRecord[] {
  const same = (other: PriceRecord): boolean =>
    other.provider === record.provider && other.model === record.model;
  const announced = record.effectiveFrom !== null && record.effectiveFrom > table.meta.asOf;
  const forerunner = book
    .filter((other) => same(other) && (announced || (other.effectiveFrom ?? "") <= table.meta.asOf))
    .at(-1);
  if (
    forerunner === undefined ||
    (announced && forerunner.effectiveFrom !== record.effectiveFrom)
  ) {
    return [...book, record];
  }
  if (priceOf(forerunner) === priceOf(record)) {
    const kept = { ...record, effectiveFrom: forerunner.effectiveFrom };
    return book.map((other) => (other === forerunner ? kept : other));
  }
  return [...book, { ...record, effectiveFrom: record.effectiveFrom ?? table.meta.asOf }];
}

function priceOf(record: PriceRecord): string {
  const { rates, dailyWindows, longContext, serviceTiers, regions, fees } = record;
  return JSON.stringify({ rates, dailyWindows, longContext, serviceTiers, regions, fees });
}

function order({ provider, model, effectiveFrom }: PriceRecord): string {
  return `${provider}/${model} ${effectiveFrom ?? ""}`;
}

function readBook(): PriceData | null {
  try {
    return JSON.parse(readFileSync(bookPath, "utf8")) as PriceData;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
