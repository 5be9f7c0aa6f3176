/**
 * Money: integer picoUSD (1 USD = 10^12 picoUSD) in a `bigint`.
 *
 * Pico, because every published price per token is a whole number of it, so that costs are sums and
 * products of integers and need no rounding. Stored as a signed 64-bit integer: one amount holds up
 * to 9.22 million USD. That is enough for a call and for a limit; sums over many calls go beyond it, and
 * are stored as `Wide`.
 */
import { assert } from "./assert";

export const PICO_PER_USD = 1_000_000_000_000n;
export const PICO_DIGITS = 12;

/** The largest amount that the database's `int64` holds: 9,223,372.036854775807 USD. */
export const AMOUNT_PICO_MAX = 2n ** 63n - 1n;

/**
 * An amount of any size, as two numbers that are stored: what no int64 holds is carried. Absent: it fits. By carry and
 * then by rest, amounts that are not negative have the order that they have as one.
 */
export type Wide = Readonly<{ carry: bigint | undefined; rest: bigint }>;

const CARRY_BITS = 63n;

export function widen(pico: bigint): Wide {
  if (BigInt.asIntN(64, pico) === pico) return { carry: undefined, rest: pico };
  return { carry: pico >> CARRY_BITS, rest: BigInt.asUintN(63, pico) };
}

export function narrow({ carry = 0n, rest }: Wide): bigint {
  return (carry << CARRY_BITS) + rest;
}

/**
 * The most that anybody may state for one call: 1,000,000 USD. No call costs a thousandth of it, so that whatever states
 * more is wrong; and nine such calls still add up within `AMOUNT_PICO_MAX`.
 */
export const CALL_PICO_MAX = 1_000_000n * PICO_PER_USD;

/** An exact factor, such as 11/10 for a region that costs a tenth more. */
export type Ratio = Readonly<{ num: bigint; den: bigint }>;

export const RATIO_ONE: Ratio = { num: 1n, den: 1n };

/**
 * The amount that a decimal such as "0.000054399" or "-12" stands for, exactly.
 *
 * @returns Null when the text is no plain decimal, has more than 12 places after the point (there is
 *   nothing smaller than a pico to hold them), or is too large to store.
 */
export function parseUsd(text: string): bigint | null {
  const match = /^(-?)(\d{1,19})(?:\.(\d{1,12}))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "0", places = ""] = match;
  const pico = BigInt(whole) * PICO_PER_USD + BigInt(places.padEnd(PICO_DIGITS, "0"));
  if (pico > AMOUNT_PICO_MAX) return null;
  return sign === "-" ? -pico : pico;
}

/** The amount as an exact decimal of USD, with no more places than it needs: "0.000054399", "5", "0". */
export function formatUsd(pico: bigint): string {
  const digits = absolute(pico)
    .toString()
    .padStart(PICO_DIGITS + 1, "0");
  const whole = digits.slice(0, -PICO_DIGITS);
  const places = digits.slice(-PICO_DIGITS).replace(/0+$/, "");
  const sign = pico < 0n ? "-" : "";
  return places === "" ? `${sign}${whole}` : `${sign}${whole}.${places}`;
}

/** The double nearest to the amount in USD. For answers whose shape demands a number; never to reckon with. */
export function usdNumber(pico: bigint): number {
  return Number(formatUsd(pico));
}

/**
 * The amount for people: cents from one cent on ("$1,204.50"), below that the first three digits
 * that say something ("$0.0000544"), so that a small cost never reads as nothing.
 */
export function displayUsd(pico: bigint): string {
  const sign = pico < 0n ? "-" : "";
  const amount = absolute(pico);
  if (amount === 0n) return "$0.00";

  const digitsBelowOneUsd = amount < PICO_PER_USD ? amount.toString().length : PICO_DIGITS + 1;
  const zerosAfterPoint = PICO_DIGITS - digitsBelowOneUsd;
  const placesWanted = zerosAfterPoint < 2 ? 2 : Math.min(zerosAfterPoint + 3, PICO_DIGITS);
  const unit = 10n ** BigInt(PICO_DIGITS - placesWanted);
  const rounded = divideHalfUp(amount, unit) * unit;

  const [whole = "0", places = ""] = formatUsd(rounded).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sign}$${grouped}.${places.padEnd(2, "0")}`;
}

/** `pico × ratio`, rounded half up (away from zero) when it does not come out whole. */
export function multiply(pico: bigint, ratio: Ratio): bigint {
  assert(ratio.den > 0n && ratio.num >= 0n, "a ratio is not negative and has a denominator");
  const product = divideHalfUp(absolute(pico) * ratio.num, ratio.den);
  return pico < 0n ? -product : product;
}

/** The factor of several factors one after the other, without rounding between them. */
export function product(ratios: readonly Ratio[]): Ratio {
  return ratios.reduce(
    (all, one) => ({ num: all.num * one.num, den: all.den * one.den }),
    RATIO_ONE,
  );
}

/**
 * The exact factor that a decimal such as "1.1" stands for.
 *
 * @returns Null when the text is no plain decimal of at most 12 places.
 */
export function parseRatio(text: string): Ratio | null {
  const num = parseUsd(text);
  if (num === null || num < 0n) return null;
  const divisor = greatestCommonDivisor(num, PICO_PER_USD);
  return { num: num / divisor, den: PICO_PER_USD / divisor };
}

function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function absolute(pico: bigint): bigint {
  return pico < 0n ? -pico : pico;
}
