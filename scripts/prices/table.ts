/** A table of published prices, in USD per million tokens, as records of the price book. */
import { z } from "zod";
import { parseRatio, parseUsd } from "../../src/core/money";
import type { PriceRecord, RatesData, ServiceTierData } from "../../src/pricing/priceData";
import type { TokenClass, ToolUnit } from "../../src/pricing/usage";
import { HISTORY, PEAK_HOURS, TIERS_IN_WORDS } from "./notInTable";

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
type RateField = keyof typeof RATE_FIELDS;

const FEE_FIELDS = {
  webSearchPer1k: "webSearch",
  fileSearchPer1k: "fileSearch",
  groundingPer1k: "grounding",
} as const satisfies Record<string, ToolUnit>;

const amount = z.number().nonnegative().nullish();
const rates = Object.fromEntries(
  (Object.keys(RATE_FIELDS) as RateField[]).map((field) => [field, amount]),
) as Record<RateField, typeof amount>;
const day = z.iso.date();
const count = z.int().positive().nullable();

// Strict: a field that is not understood may be a price, and one that is left out costs somebody money.
const Tier = z.strictObject({
  ...rates,
  inputTokensAbove: z.int().positive(),
  comparison: z.enum(["gt", "gte"]),
});
const TierPrices = z.strictObject({
  standard: z.strictObject(rates).optional(),
  longContext: z.strictObject(rates).optional(),
});
const Model = z.strictObject({
  ...rates,
  provider: z.string().min(1),
  model: z.string().min(1),
  name: z.string().nullable(),
  contextWindow: count,
  maxOutput: count,
  maxInput: count.optional(),
  tiers: z.array(Tier),
  tierScope: z.literal("whole request").nullish(),
  serviceTierMultipliers: z.record(z.string(), z.number().positive()),
  serviceTierPrices: z.record(z.string(), TierPrices).optional(),
  regionMultipliers: z.record(z.string(), z.number().positive()),
  fees: z.partialRecord(
    z.enum(Object.keys(FEE_FIELDS) as (keyof typeof FEE_FIELDS)[]),
    z.number().nonnegative(),
  ),
  reasoningBilledAs: z.literal("output").nullish(),
  effectiveFrom: day.nullable(),
  schedule: z.array(z.strictObject({ ...rates, from: day })),
  deprecationDate: day.nullable(),
  sources: z.array(z.string()),
  confidence: z.string(),
  note: z.string().optional(),
});
const Table = z.object({ meta: z.looseObject({ asOf: day }), models: z.array(Model).min(1) });

export type UsdRates = { [Field in RateField]?: number | null | undefined };
type PublishedModel = z.infer<typeof Model>;

/** The records of one model. */
export type PricedModel = {
  /** Prices of before, the oldest first, for a book that does not have the model yet. */
  before: PriceRecord[];
  now: PriceRecord;
  /** Announced, for days to come. */
  announced: PriceRecord[];
};

/** @throws Error - The table is none, or a price is no whole number of picoUSD; the message says which. */
export function readTable(json: unknown): { asOf: string; models: PricedModel[] } {
  const table = Table.safeParse(json);
  if (!table.success) throw new Error(`The table cannot be read:\n${z.prettifyError(table.error)}`);
  const { meta, models } = table.data;
  const names = models.map(({ provider, model }) => `${provider}/${model}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`The table has ${twice} twice.`);
  return { asOf: meta.asOf, models: models.map(toPriced) };
}

function toPriced(model: PublishedModel): PricedModel {
  const name = `${model.provider}/${model.model}`;
  try {
    const now = toRecord(model);
    const history = HISTORY[name] ?? [];
    let from: string | null = null;
    const before = history.map(({ until, rates: past, beyond, windows }) => {
      const record: PriceRecord = {
        ...now,
        effectiveFrom: from,
        rates: toRates(past),
        longContext:
          beyond === undefined
            ? []
            : [{ inputTokens: beyond.tokens, inclusive: false, rates: toRates(beyond.rates) }],
        dailyWindows: windows === undefined ? [] : now.dailyWindows.map(everyDay),
        // What tiers of their own cost then is not known: their factor is.
        serviceTiers: withoutOwnRates(now.serviceTiers),
      };
      from = until;
      return record;
    });
    return {
      before,
      now: { ...now, effectiveFrom: from ?? now.effectiveFrom },
      announced: model.schedule.map(({ from: start, ...changed }) => ({
        ...now,
        effectiveFrom: start,
        rates: { ...now.rates, ...toRates(changed) },
      })),
    };
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function toRecord(model: PublishedModel): PriceRecord {
  const name = `${model.provider}/${model.model}`;
  const peak = PEAK_HOURS[name];
  const published = toRates(model);
  return {
    provider: model.provider,
    model: model.model,
    name: model.name ?? model.model,
    effectiveFrom: model.effectiveFrom,
    rates: peak === undefined ? published : { ...published, ...toRates(peak.offPeak) },
    dailyWindows: (peak?.windows ?? []).map((window) => ({ ...window, rates: published })),
    longContext: model.tiers.map(toTier),
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

function toTier(tier: UsdRates & Pick<z.infer<typeof Tier>, "inputTokensAbove" | "comparison">) {
  return {
    inputTokens: tier.inputTokensAbove,
    inclusive: tier.comparison === "gte",
    rates: toRates(tier),
  };
}

function everyDay({ weekdays: _weekdays, ...window }: PriceRecord["dailyWindows"][number]) {
  return window;
}

function toServiceTiers(model: PublishedModel): Record<string, ServiceTierData> {
  const absolute = model.serviceTierPrices ?? {};
  const inWords = TIERS_IN_WORDS[`${model.provider}/${model.model}`] ?? {};
  const multipliers = { ...inWords, ...model.serviceTierMultipliers };
  const names = new Set([...Object.keys(multipliers), ...Object.keys(absolute)]);
  return Object.fromEntries(
    [...names].toSorted().map((name) => {
      const multiplier = multipliers[name];
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

function withoutOwnRates(
  tiers: Readonly<Record<string, ServiceTierData>>,
): Record<string, ServiceTierData> {
  return mapValues(tiers, ({ multiplier }) => ({
    multiplier,
    rates: null,
    longContextRates: null,
  }));
}

function toFees(model: PublishedModel): Partial<Record<ToolUnit, number>> {
  const fees: [ToolUnit, number][] = [];
  for (const [field, unit] of Object.entries(FEE_FIELDS)) {
    const usdPer1k = model.fees[field as keyof typeof FEE_FIELDS];
    if (usdPer1k !== undefined) fees.push([unit, toPico(usdPer1k, 1_000n)]);
  }
  // Anthropic bills fetched pages as input tokens and nothing besides: a price of zero, not no price.
  if (model.provider === "anthropic") fees.push(["webFetch", 0]);
  return Object.fromEntries(fees);
}

function toRates(usd: UsdRates): RatesData {
  return Object.fromEntries(
    Object.entries(RATE_FIELDS).flatMap(([field, tokenClass]) => {
      const price = usd[field as RateField];
      return price === null || price === undefined ? [] : [[tokenClass, toPico(price, 1_000_000n)]];
    }),
  );
}

/** USD for `units` as whole picoUSD for one; small enough to be an exact JSON number. */
function toPico(usd: number, units: bigint): number {
  const pico = parseUsd(String(usd));
  if (pico === null || pico % units !== 0n) {
    throw new Error(`${usd} USD for ${units} is no whole number of picoUSD for one`);
  }
  const perUnit = Number(pico / units);
  if (!Number.isSafeInteger(perUnit)) throw new Error(`${usd} USD for ${units} is too much`);
  return perUnit;
}

function toRatio(factor: number): { num: number; den: number } {
  const ratio = parseRatio(String(factor));
  if (ratio === null) throw new Error(`${factor} is no decimal factor`);
  return { num: Number(ratio.num), den: Number(ratio.den) };
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  toValue: (value: A) => B,
  toKey = (key: string) => key,
): Record<string, B> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [toKey(key), toValue(value)]),
  );
}
