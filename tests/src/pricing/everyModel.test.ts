/**
 * Every model of the price book, in each way in which it can be called: held against a reckoning that shares nothing
 * with ours. It takes the book's file for its prices, and fractions of decimal digits for its arithmetic.
 */
import { expect, test } from "vitest";
import { formatUsd } from "../../../src/core/money";
import { costOf, type CallModifiers } from "../../../src/pricing/cost";
import priceData from "../../../src/pricing/data/prices.json";
import { findPrice } from "../../../src/pricing/priceBook";
import type { PriceData, PriceRecord, RatesData } from "../../../src/pricing/priceData";
import { usageOf, type TokenClass, type ToolUnit } from "../../../src/pricing/usage";

const { records } = priceData as unknown as PriceData;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** A usage of a priced class that is in no way round. */
const TOKENS = 123_457;

type Fraction = { num: bigint; den: bigint };

/** USD of `count` units that cost so many picoUSD each, times factors: as a decimal, digit by digit. */
function usdOf(parts: readonly { count: number; pico: number; factors: readonly Fraction[] }[]) {
  let num = 0n;
  let den = 1n;
  for (const { count, pico, factors } of parts) {
    let [partNum, partDen] = [BigInt(count) * BigInt(pico), 1_000_000_000_000n];
    for (const factor of factors) {
      partNum *= factor.num;
      partDen *= factor.den;
    }
    [num, den] = [num * partDen + partNum * den, den * partDen];
  }
  let digits = `${num / den}.`;
  for (let rest = num % den, places = 0; rest > 0n; places++) {
    if (places > 30) throw new Error("the amount has no end");
    digits += `${(rest * 10n) / den}`;
    rest = (rest * 10n) % den;
  }
  return digits.replace(/\.$/, "");
}

const isInput = (name: string) => !/^(output|audioOutput|imageOutput)$/.test(name);

/** A moment at which the record's plain rates hold. */
function momentOf({ effectiveFrom, dailyWindows }: PriceRecord): number {
  const from = Date.parse(`${effectiveFrom ?? "2026-01-01"}T00:00:00Z`);
  for (let minute = 0; minute < 24 * 60; minute++) {
    const isFree = dailyWindows.every(
      ({ fromMinute, toMinute }) => minute < fromMinute || minute >= toMinute,
    );
    if (isFree) return from + minute * 60_000;
  }
  throw new Error("every minute of the day has rates of its own");
}

type Way = {
  name: string;
  tokens: Partial<Record<TokenClass, number>>;
  toolUnits?: Partial<Record<ToolUnit, number>>;
  modifiers: Partial<CallModifiers>;
  /** What the call is priced by. */
  rates: RatesData;
  factors: Fraction[];
  atMs: number;
};

const ratio = ({ num, den }: { num: number; den: number }) => ({
  num: BigInt(num),
  den: BigInt(den),
});

/** Each class by itself, and all of them at once, at some rates. */
function classesOf(rates: RatesData, tokens: (tokenClass: TokenClass) => number) {
  const names = Object.keys(rates) as TokenClass[];
  const each = names.map((name) => ({ name: name as string, tokens: { [name]: tokens(name) } }));
  const all = Object.fromEntries(names.map((name) => [name, tokens(name)]));
  return [...each, { name: "all", tokens: all }];
}

/** Every way in which a model of the book is priced. */
function* waysOf(record: PriceRecord): Generator<Way> {
  const atMs = momentOf(record);
  const longFrom = record.longContext.map(({ inputTokens }) => inputTokens);
  const classes = Object.keys(record.rates).length + 1;
  const fits = Math.floor(Math.min(...longFrom, TOKENS * classes) / classes) - 1;
  const short = (tokenClass: TokenClass) => (isInput(tokenClass) ? Math.min(TOKENS, fits) : TOKENS);
  const plain = { modifiers: {}, factors: [] as Fraction[], rates: record.rates, atMs };
  for (const one of classesOf(record.rates, short)) yield { ...plain, ...one };

  for (const { inputTokens, inclusive, rates } of record.longContext) {
    const first = inclusive ? inputTokens : inputTokens + 1;
    const input = (count: number) => ({ tokens: { inputFresh: count, output: 7 } });
    yield { ...plain, name: `${first - 1} in`, ...input(first - 1) };
    yield { ...plain, name: `${first} in`, ...input(first), rates };
    yield { ...plain, name: `${first + 1} in`, ...input(first + 1), rates };
    if (rates.cacheRead !== undefined) {
      const cached = { cacheRead: first - 1, inputFresh: 1, output: 7 };
      yield { ...plain, name: `${first} in, cached`, tokens: cached, rates };
    }
    for (const one of classesOf(rates, () => first)) {
      const counted = Object.keys(one.tokens).some(isInput);
      if (counted) yield { ...plain, ...one, name: `long ${one.name}`, rates };
    }
  }
  for (const window of record.dailyWindows) {
    const monday = nextWeekday(atMs, window.weekdays?.[0] ?? 1);
    for (const minute of [window.fromMinute, window.toMinute - 1]) {
      const within = { atMs: monday + minute * 60_000, rates: window.rates };
      yield {
        ...plain,
        name: `at minute ${minute}`,
        tokens: { inputFresh: 9, output: 7 },
        ...within,
      };
    }
  }
  for (const [servedTier, tier] of Object.entries(record.serviceTiers)) {
    const factors = tier.rates === null && tier.multiplier ? [ratio(tier.multiplier)] : [];
    const rates = tier.rates ?? record.rates;
    const of = { modifiers: { servedTier }, factors };
    for (const one of classesOf(rates, short)) {
      yield { ...plain, ...of, ...one, name: `${servedTier} ${one.name}`, rates };
    }
    const long = record.longContext.at(-1);
    if (long === undefined) continue;
    const own = tier.longContextRates;
    const longFactors = own === null && tier.multiplier ? [ratio(tier.multiplier)] : [];
    const tokens = { inputFresh: long.inputTokens + 1, output: 7 };
    const priced = { rates: own ?? long.rates, factors: longFactors, tokens };
    yield { ...plain, ...of, name: `${servedTier}, long`, ...priced };
  }
  for (const [region, factor] of Object.entries(record.regions)) {
    const of = { modifiers: { region }, factors: [ratio(factor)] };
    for (const one of classesOf(record.rates, short)) {
      yield { ...plain, ...of, ...one, name: `${region} ${one.name}` };
    }
  }
  for (const unit of Object.keys(record.fees) as ToolUnit[]) {
    yield { ...plain, name: unit, tokens: { inputFresh: 3 }, toolUnits: { [unit]: 11 } };
  }
}

function nextWeekday(atMs: number, weekday: number): number {
  const day = atMs - (atMs % DAY_MS);
  for (let n = 0; n < 7; n++) {
    if ((new Date(day + n * DAY_MS).getUTCDay() || 7) === weekday) return day + n * DAY_MS;
  }
  throw new Error("a week has seven days");
}

const NOTHING_SAID: CallModifiers = {
  servedTier: null,
  requestedTier: null,
  speed: null,
  region: null,
};

test.each(
  records.map((record) => {
    const { provider, model, effectiveFrom } = record;
    return { name: `${provider}/${model} from ${effectiveFrom ?? "the beginning"}`, record };
  }),
)("$name", ({ record }) => {
  const { provider, model, fees } = record;
  let ways = 0;
  for (const way of waysOf(record)) {
    const { name, tokens, toolUnits = {}, modifiers, rates, factors, atMs } = way;
    const price = findPrice({ provider, model, atMs });
    if (price === null) throw new Error("the model has a price");
    const cost = costOf(usageOf(tokens, { toolUnits }), price, { ...NOTHING_SAID, ...modifiers });
    const expected = usdOf([
      ...Object.entries(tokens).map(([tokenClass, count]) => {
        const pico = rates[tokenClass as TokenClass];
        return { count, pico: pico ?? Number.NaN, factors };
      }),
      ...Object.entries(toolUnits).map(([unit, count]) => {
        const pico = fees[unit as ToolUnit];
        return { count, pico: pico ?? Number.NaN, factors: [] };
      }),
    ]);
    expect(formatUsd(cost.totalPico), name).toBe(expected);
    expect([cost.assumed, cost.unpriced], name).toEqual([[], []]);
    ways++;
  }
  expect(ways).toBeGreaterThan(1);
});
