/** Prices as callers agree on them: USD for a million tokens and a thousand uses, stored in picoUSD for one. */
import { v, type Infer } from "convex/values";
import { MODEL_LENGTH_MAX } from "../../../src/core/limits";
import { findPrice, type Price } from "../../../src/pricing/priceBook";
import { TOKEN_CLASSES, TOOL_UNITS } from "../../../src/pricing/usage";
import { fail } from "../../lib/errors";
import { toPico, toUsdText, vUsdInput, type UsdInput } from "../../lib/usd";
import type { AgreedPrice } from "../../validators";

const PER_MILLION = 1_000_000n;
const PER_THOUSAND = 1_000n;
/** More than any model costs, and little enough for the largest usage to fit into a ledger row. */
const RATE_USD_MAX = 1_000;

const usd = v.optional(vUsdInput);

/** USD for a million tokens of a class. */
const vUsdPerMillion = v.object({
  inputFresh: usd,
  cacheRead: usd,
  cacheWrite5m: usd,
  cacheWrite30m: usd,
  cacheWrite1h: usd,
  cacheWrite12h: usd,
  cacheWriteUnknown: usd,
  output: usd,
  audioInput: usd,
  audioCacheRead: usd,
  audioOutput: usd,
  imageInput: usd,
  imageOutput: usd,
});

/** USD for a thousand uses of a tool of the provider's. */
const vUsdPerThousand = v.object({
  webSearch: usd,
  webFetch: usd,
  fileSearch: usd,
  grounding: usd,
});

/** Either prices, or whose price holds. */
export const vAgreed = v.object({
  usdPerMillion: v.optional(vUsdPerMillion),
  usdPerThousand: v.optional(vUsdPerThousand),
  sameAs: v.optional(v.object({ provider: v.string(), model: v.string() })),
});
type Agreed = Infer<typeof vAgreed>;

/** @throws invalid_argument - Neither or both are given, or an amount is none that can be stored. */
export function checkedPrice(
  { usdPerMillion, usdPerThousand = {}, sameAs }: Agreed,
  atMs: number,
): AgreedPrice {
  const refuse = (field: string, reason: string): never =>
    fail({ kind: "invalid_argument", field, reason });
  if (sameAs !== undefined) {
    if (usdPerMillion !== undefined || Object.keys(usdPerThousand).length > 0) {
      return refuse("sameAs", "give either prices or whose prices hold, not both");
    }
    if (findPrice({ ...sameAs, atMs }) === null) {
      const named = `${sameAs.provider}/${sameAs.model}`;
      return refuse(
        "sameAs",
        `the price book has no price for ${named.slice(0, MODEL_LENGTH_MAX)}`,
      );
    }
    return { kind: "same_as", ...sameAs };
  }
  if (usdPerMillion === undefined || Object.keys(usdPerMillion).length === 0) {
    return refuse(
      "usdPerMillion",
      "give the prices of tokens, that of fresh input among them, or sameAs",
    );
  }
  const rates = perUnit("usdPerMillion", usdPerMillion, {
    keys: TOKEN_CLASSES,
    units: PER_MILLION,
  });
  const fees = perUnit("usdPerThousand", usdPerThousand, {
    keys: TOOL_UNITS,
    units: PER_THOUSAND,
  });
  if (rates.inputFresh === undefined) {
    const reason =
      "give it: no call is without input, and nothing could be held for one of no price";
    return refuse("usdPerMillion.inputFresh", reason);
  }
  return { kind: "rates", rates, fees };
}

/** PicoUSD for one, of amounts in USD for `units`. */
function perUnit<Key extends string>(
  field: string,
  amounts: Partial<Record<Key, UsdInput>>,
  { keys, units }: { keys: readonly Key[]; units: bigint },
): Partial<Record<Key, bigint>> {
  const max = toPico(field, RATE_USD_MAX);
  const given = keys.flatMap((key) => {
    const amount = amounts[key];
    if (amount === undefined) return [];
    const pico = toPico(`${field}.${key}`, amount);
    if (pico > max || pico % units !== 0n) {
      const places = 12 - (units.toString().length - 1);
      const reason = `give USD from 0 to ${RATE_USD_MAX} with at most ${places} places`;
      fail({ kind: "invalid_argument", field: `${field}.${key}`, reason });
    }
    return [[key, pico / units] as const];
  });
  return Object.fromEntries(given) as Partial<Record<Key, bigint>>;
}

export function toAgreed(price: AgreedPrice) {
  if (price.kind === "rates") return toUsd(price);
  return { sameAs: { provider: price.provider, model: price.model } };
}

export function toUsd({ rates, fees }: Pick<Price, "rates" | "fees">) {
  return { usdPerMillion: perMillion(rates), usdPerThousand: times(fees, PER_THOUSAND) };
}

export function perMillion(rates: Price["rates"]): Record<string, string> {
  return times(rates, PER_MILLION);
}

function times<Key extends string>(
  amounts: Partial<Record<Key, bigint>>,
  units: bigint,
): Record<string, string> {
  const entries = Object.entries(amounts) as [Key, bigint][];
  return Object.fromEntries(entries.map(([key, pico]) => [key, toUsdText(pico * units)]));
}
