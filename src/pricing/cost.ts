/**
 * What a model call costs. Pure arithmetic on whole picoUSD: no clock, no I/O, no floating dollars.
 *
 *   total = round(Σ tokens × unit price × modifiers) + Σ fees
 *
 * The one rounding is half up, at the total; with today's published prices there is nothing to round.
 */
import { assert } from "../core/assert";
import { AMOUNT_PICO_MAX, multiply, product, type Ratio } from "../core/money";
import type { Price, Rates } from "./priceBook";
import {
  COUNT_MAX,
  TOKEN_CLASSES,
  TOOL_UNITS,
  totalInputTokens,
  type TokenClass,
  type ToolUnit,
  type Usage,
} from "./usage";

/** What about the call changes its price, in the provider's own words; null where it said nothing. */
export type CallModifiers = Readonly<{
  /** What was served is what is billed; what was asked for counts only when the answer is silent. */
  servedTier: string | null;
  requestedTier: string | null;
  /** Anthropic's `speed`. */
  speed: string | null;
  /** Anthropic's `inference_geo`. */
  region: string | null;
}>;

export const NO_MODIFIERS: CallModifiers = {
  servedTier: null,
  requestedTier: null,
  speed: null,
  region: null,
};

export type CostLine = Readonly<{
  class: TokenClass;
  tokens: number;
  unitPico: bigint;
  /** `tokens × unitPico`, before the modifiers. */
  amountPico: bigint;
}>;

/** Uses of the provider's tools; the modifiers do not apply to them. */
export type CostFee = Readonly<{
  unit: ToolUnit;
  count: number;
  unitPico: bigint;
  amountPico: bigint;
}>;

export type CostModifier = Readonly<{ name: string }> & Ratio;

export type Cost = Readonly<{
  lines: readonly CostLine[];
  fees: readonly CostFee[];
  modifiers: readonly CostModifier[];
  totalPico: bigint;
  tierApplied: Readonly<{
    /** The service tier whose prices were used: "standard" unless the call was served otherwise. */
    serviceTier: string;
    /** The input length beyond which the long-context prices hold, when they were used. */
    longContextTokens: number | null;
  }>;
  priceVersion: string;
  /** Where the book is silent and the nearest published price was used, in words. */
  assumed: readonly string[];
  /**
   * What was used and has no price at all, not even a near one. Unless it is empty, the total is a lower
   * bound and the true cost is unknown.
   */
  unpriced: readonly (TokenClass | ToolUnit)[];
}>;

/**
 * The cost of a call.
 *
 * @throws Error when a count is negative, fractional or beyond `COUNT_MAX`. Adapters normalise usage
 *   before it gets here, so that is a bug in an adapter.
 */
export function costOf(usage: Usage, price: Price, modifiers: CallModifiers): Cost {
  const applied = applyModifiers(price, totalInputTokens(usage), modifiers);
  const assumed = [...applied.assumed];
  const unpriced: (TokenClass | ToolUnit)[] = [];

  const lines: CostLine[] = [];
  for (const tokenClass of TOKEN_CLASSES) {
    const tokens = countOf(usage.tokens[tokenClass]);
    if (tokens === 0) continue;
    const pricedAs = nearestPricedClass(applied.rates, tokenClass);
    const unitPico = pricedAs === null ? undefined : applied.rates[pricedAs];
    if (unitPico === undefined) {
      unpriced.push(tokenClass);
      continue;
    }
    if (pricedAs !== tokenClass) assumed.push(`${tokenClass} priced as ${pricedAs}`);
    lines.push({ class: tokenClass, tokens, unitPico, amountPico: BigInt(tokens) * unitPico });
  }

  const fees: CostFee[] = [];
  for (const unit of TOOL_UNITS) {
    const count = countOf(usage.toolUnits[unit]);
    if (count === 0) continue;
    const unitPico = price.fees[unit];
    if (unitPico === undefined) unpriced.push(unit);
    else fees.push({ unit, count, unitPico, amountPico: BigInt(count) * unitPico });
  }

  const totalPico = multiply(sumOf(lines), product(applied.modifiers)) + sumOf(fees);
  assert(totalPico <= AMOUNT_PICO_MAX, `${totalPico} fits into the ledger`);
  return {
    lines,
    fees,
    modifiers: applied.modifiers,
    totalPico,
    tierApplied: applied.tierApplied,
    priceVersion: price.priceVersion,
    assumed,
    unpriced,
  };
}

/** The rates that hold for this call, and the factors on top of them. */
export function applyModifiers(
  price: Price,
  inputTokens: number,
  { servedTier, requestedTier, speed, region }: CallModifiers,
): {
  rates: Rates;
  modifiers: CostModifier[];
  tierApplied: Cost["tierApplied"];
  assumed: string[];
} {
  const long = price.longContext.findLast((tier) =>
    tier.inclusive ? inputTokens >= tier.inputTokens : inputTokens > tier.inputTokens,
  );
  let rates = long?.rates ?? price.rates;
  let serviceTier = "standard";
  const modifiers: CostModifier[] = [];
  const assumed: string[] = [];

  const asked = servedTier ?? requestedTier;
  if (asked !== null && !STANDARD_TIERS.has(asked)) {
    const tier = price.serviceTiers[asked];
    const own = (long === undefined ? tier?.rates : tier?.longContextRates) ?? null;
    const multiplier = tier?.multiplier ?? null;
    if (own !== null) rates = own;
    else if (multiplier !== null) modifiers.push({ name: `service_tier:${asked}`, ...multiplier });
    else assumed.push(`service tier ${asked} priced as standard`);
    if (own !== null || multiplier !== null) serviceTier = asked;
  }
  if (speed !== null && !STANDARD_TIERS.has(speed)) {
    const multiplier = price.serviceTiers[speed]?.multiplier ?? null;
    if (multiplier !== null) modifiers.push({ name: `speed:${speed}`, ...multiplier });
    else assumed.push(`speed ${speed} priced as standard`);
  }
  if (region !== null && !STANDARD_REGIONS.has(region)) {
    const factor = price.regions[region];
    if (factor !== undefined) modifiers.push({ name: `region:${region}`, ...factor });
    else assumed.push(`region ${region} priced as any other`);
  }

  const longContextTokens = long?.inputTokens ?? null;
  return { rates, modifiers, tierApplied: { serviceTier, longContextTokens }, assumed };
}

const STANDARD_TIERS: ReadonlySet<string> = new Set([
  "standard",
  "default",
  "auto",
  "standard_only",
]);
const STANDARD_REGIONS: ReadonlySet<string> = new Set(["global", "not_available"]);

/**
 * Where a class goes that has no price of its own: a cached token is still an input token, so without
 * a published discount or surcharge it costs what input costs.
 */
const PRICED_AS: Readonly<Record<TokenClass, readonly TokenClass[]>> = {
  inputFresh: [],
  cacheRead: ["inputFresh"],
  cacheWrite5m: ["inputFresh"],
  cacheWrite30m: ["inputFresh"],
  cacheWrite1h: ["cacheWrite5m", "inputFresh"],
  cacheWrite12h: ["cacheWrite30m", "inputFresh"],
  cacheWriteUnknown: ["cacheWrite5m", "cacheWrite30m", "inputFresh"],
  output: [],
  audioInput: ["inputFresh"],
  audioCacheRead: ["audioInput", "inputFresh"],
  audioOutput: ["output"],
  imageInput: ["inputFresh"],
  imageOutput: ["output"],
};

function nearestPricedClass(rates: Rates, tokenClass: TokenClass): TokenClass | null {
  return [tokenClass, ...PRICED_AS[tokenClass]].find((name) => rates[name] !== undefined) ?? null;
}

function countOf(value: number): number {
  assert(Number.isInteger(value) && value >= 0 && value <= COUNT_MAX, `${value} is a count`);
  return value;
}

function sumOf(rows: readonly { amountPico: bigint }[]): bigint {
  return rows.reduce((sum, { amountPico }) => sum + amountPico, 0n);
}
