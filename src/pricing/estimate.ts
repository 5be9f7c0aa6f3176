/** Token counts and costs of what has not been counted by a provider. */
import type { TokenClass } from "./usage";
import { applyModifiers, type CallModifiers } from "./cost";
import { multiply, product } from "../core/money";
import type { Price } from "./priceBook";

const BYTES_PER_TOKEN = 4;

/** About how many tokens a text has: the usual four bytes each. Off by a third is nothing unusual. */
export function tokensAbout(text: string): number {
  return tokensInBytes(utf8Bytes(text));
}

/** The same of text whose bytes were counted as it came. */
export function tokensInBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BYTES_PER_TOKEN);
}

/** A number of tokens that the text certainly does not exceed: a token is at least one byte of it. */
export function tokensAtMost(text: string): number {
  return utf8Bytes(text);
}

/**
 * The most that a call can cost: its whole input at the dearest class of input, its whole allowance of
 * output, at the rates for that length of input, and at the standard tier should that be the dearer one:
 * a cheaper tier is asked for and not always served.
 *
 * An admission that holds this much back cannot be overspent by the call, apart from the fees of the
 * provider's own tools.
 *
 * @returns Null when the model's fresh input or output has no price.
 */
export function worstCasePico(
  price: Price,
  {
    inputTokensMax,
    outputTokensMax,
    modifiers,
  }: { inputTokensMax: number; outputTokensMax: number; modifiers: CallModifiers },
): bigint | null {
  const tierServed = [modifiers, { ...modifiers, servedTier: null, requestedTier: null }];
  const amounts = tierServed.map((served) => {
    const { rates, modifiers: factors } = applyModifiers(price, inputTokensMax, served);
    const dearestInput = highest(INPUT_TEXT_CLASSES.map((tokenClass) => rates[tokenClass]));
    // Any of the input may be fresh, whatever the other classes cost.
    if (rates.inputFresh === undefined || dearestInput === undefined) return undefined;
    if (rates.output === undefined && outputTokensMax > 0) return undefined;
    const outputPico = BigInt(outputTokensMax) * (rates.output ?? 0n);
    return multiply(BigInt(inputTokensMax) * dearestInput + outputPico, product(factors));
  });
  return amounts.includes(undefined) ? null : (highest(amounts) ?? null);
}

const INPUT_TEXT_CLASSES = [
  "inputFresh",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWrite12h",
] as const satisfies readonly TokenClass[];

function highest(amounts: readonly (bigint | undefined)[]): bigint | undefined {
  return amounts.reduce(
    (most, amount) =>
      amount !== undefined && (most === undefined || amount > most) ? amount : most,
    undefined,
  );
}

export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
