import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatUsd, multiply, product } from "../../../src/core/money";
import { costOf, NO_MODIFIERS, type CallModifiers, type Cost } from "../../../src/pricing/cost";
import { findPrice, listPrices, type Price } from "../../../src/pricing/priceBook";
import { TOKEN_CLASSES, TOOL_UNITS, usageOf, type Usage } from "../../../src/pricing/usage";
import { normaliseGeminiCompatUsage } from "../../../src/providers/usage/geminiCompatUsage";
import { normaliseOpenAiChatUsage } from "../../../src/providers/usage/openaiChatUsage";
import { normaliseOpenAiResponsesUsage } from "../../../src/providers/usage/openaiResponsesUsage";
import { partialUsage } from "../../../src/providers/usage/partialUsage";
import { normaliseAnthropicUsage } from "../../../src/providers/usage/anthropicUsage";
import { isKilled, type Mutation } from "../mutants";

const AT = Date.parse("2026-11-20T12:00:00Z");
const perMillion = (usd: number): bigint => BigInt(usd * 1_000_000);

function priceOf(provider: string, model: string): Price {
  const price = findPrice({ provider, model, atMs: AT });
  if (price === null) throw new Error(`${model} has a price`);
  return price;
}

/** Not in the book any more: the price at which the golden bill was made. */
const SONNET_3_7: Price = {
  priceVersion: "test",
  rates: {
    inputFresh: perMillion(3),
    cacheWrite5m: perMillion(3.75),
    cacheRead: perMillion(0.3),
    output: perMillion(15),
  },
  longContext: [],
  serviceTiers: {},
  regions: {},
  fees: {},
};

type CostOf = typeof costOf;
const total = (cost: Cost): string => formatUsd(cost.totalPico);

/** Bills that are known to the last digit, most of them ones that somebody else got wrong. */
const GOLDEN: Readonly<Record<string, (costOf: CostOf) => void>> = {
  "G1: a cache write is not also fresh input (LiteLLM #9812 said $0.091311)": (costOf) => {
    const { usage } = normaliseAnthropicUsage({
      input_tokens: 3,
      cache_creation_input_tokens: 12_304,
      cache_creation: { ephemeral_5m_input_tokens: 12_304, ephemeral_1h_input_tokens: 0 },
      cache_read_input_tokens: 0,
      output_tokens: 550,
    });
    expect(total(costOf(usage, SONNET_3_7, NO_MODIFIERS))).toBe("0.054399");
  },

  "G2: cache reads and writes together (LiteLLM #11364 said $0.047080)": (costOf) => {
    const { usage } = normaliseAnthropicUsage({
      input_tokens: 10,
      cache_read_input_tokens: 66_360,
      cache_creation_input_tokens: 32_435,
      cache_creation: null,
      output_tokens: 5_120,
    });
    const cost = costOf(usage, priceOf("anthropic", "claude-opus-4-5"), NO_MODIFIERS);
    expect(total(cost)).toBe("0.36394875");
  },

  "G3: the served tier's own prices": (costOf) => {
    const price = priceOf("openai", "gpt-5-mini");
    const { usage } = normaliseOpenAiChatUsage({
      prompt_tokens: 2_000,
      prompt_tokens_details: { cached_tokens: 1_000 },
      completion_tokens: 500,
      total_tokens: 2_500,
    });
    const flex = { ...NO_MODIFIERS, servedTier: "flex" };
    expect(total(costOf(usage, price, NO_MODIFIERS))).toBe("0.001275");
    expect(total(costOf(usage, price, flex))).toBe("0.0006375");
  },

  "G4: long context from 272,001 tokens of input on, for the whole request": (costOf) => {
    const price = priceOf("openai", "gpt-6-sol");
    const usage = (input: number): Usage =>
      normaliseOpenAiResponsesUsage({
        usage: { input_tokens: input, output_tokens: 1_000, total_tokens: input + 1_000 },
      }).usage;
    const short = costOf(usage(272_000), price, NO_MODIFIERS);
    const long = costOf(usage(272_001), price, NO_MODIFIERS);
    expect([total(short), short.tierApplied.longContextTokens]).toEqual(["0.554", null]);
    expect([total(long), long.tierApplied.longContextTokens]).toEqual(["1.103004", 272_000]);
  },

  "G5: long context is chosen by all input, cached or not": (costOf) => {
    const price = priceOf("anthropic", "claude-haiku-5-5");
    const cost = (usage: Usage): string => total(costOf(usage, price, NO_MODIFIERS));
    expect(cost(usageOf({ inputFresh: 100_000, output: 10 }))).toBe("0.010005");
    expect(cost(usageOf({ inputFresh: 100_001, output: 10 }))).toBe("0.0500255");
    expect(cost(usageOf({ cacheRead: 100_000, inputFresh: 1, output: 10 }))).toBe("0.0050255");
  },

  "G6: a region multiplies tokens, not the fees of tools": (costOf) => {
    const { usage } = normaliseAnthropicUsage({
      input_tokens: 2_000,
      cache_read_input_tokens: 30_000,
      cache_creation_input_tokens: 12_000,
      cache_creation: { ephemeral_5m_input_tokens: 8_000, ephemeral_1h_input_tokens: 4_000 },
      output_tokens: 1_500,
      server_tool_use: { web_search_requests: 3 },
    });
    const price = priceOf("anthropic", "claude-sonnet-5-5");
    const cost = costOf(usage, price, { ...NO_MODIFIERS, region: "us" });
    expect(total(cost)).toBe("0.0938");
    expect(cost.modifiers).toEqual([{ name: "region:us", num: 11n, den: 10n }]);
    expect(cost.fees).toEqual([
      { unit: "webSearch", count: 3, unitPico: 10_000_000_000n, amountPico: 30_000_000_000n },
    ]);
  },

  "G7: priority that was asked for and not served costs the default": (costOf) => {
    const price = priceOf("openai", "gpt-5-mini");
    const usage = usageOf({ inputFresh: 1_000, output: 1_000 });
    const served = (servedTier: string | null): Cost =>
      costOf(usage, price, { ...NO_MODIFIERS, requestedTier: "priority", servedTier });
    expect(total(served("default"))).toBe(total(costOf(usage, price, NO_MODIFIERS)));
    expect(served("default").tierApplied.serviceTier).toBe("standard");
    expect(total(served(null))).toBe("0.00405");
    expect(served(null).tierApplied.serviceTier).toBe("priority");
  },

  "G8: Gemini's thinking is in the total alone, and is output": (costOf) => {
    const raw = { prompt_tokens: 758, completion_tokens: 102, total_tokens: 1_725 };
    const report = normaliseGeminiCompatUsage(raw);
    expect(report.usage.tokens.output).toBe(967);
    expect(report.usage.reasoningTokens).toBe(865);
    expect([report.reconciliation, report.raw]).toEqual(["ok", raw]);
    const cost = costOf(report.usage, priceOf("google", "gemini-2.5-pro"), NO_MODIFIERS);
    expect(total(cost)).toBe("0.0106175");
  },

  "G9: a zero that the provider stated stays a zero": (costOf) => {
    const raw = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const { usage, source } = normaliseOpenAiChatUsage(raw);
    expect(source).toBe("provider");
    expect(total(costOf(usage, priceOf("openai", "gpt-5-mini"), NO_MODIFIERS))).toBe("0");

    const input = normaliseAnthropicUsage({ input_tokens: 0, output_tokens: 0 });
    const request = { model: "m", system: "long prompt", messages: [], maxOutputTokens: 9 };
    const { signal } = new AbortController();
    const partial = partialUsage(input, { request: { ...request, signal }, deliveredBytes: 0 });
    expect(partial.usage.tokens).toEqual(usageOf({}).tokens);
  },

  "G10: a detail that nobody knows changes no cost, and is noted": (costOf) => {
    const raw = {
      prompt_tokens: 1_000,
      completion_tokens: 100,
      total_tokens: 1_100,
      prompt_tokens_details: { cached_tokens: 0, text_tokens: 1_000 },
    };
    const report = normaliseOpenAiChatUsage(raw);
    const price = priceOf("openai", "gpt-5-mini");
    expect(report.notes).toEqual(["unknown usage field prompt_tokens_details.text_tokens"]);
    expect(report.reconciliation).toBe("ok");
    expect(total(costOf(report.usage, price, NO_MODIFIERS))).toBe("0.00045");
  },

  "xAI's long context begins at 200,000 tokens, not after them": (costOf) => {
    const price = priceOf("xai", "grok-4.5");
    const cost = (inputFresh: number): string =>
      total(costOf(usageOf({ inputFresh }), price, NO_MODIFIERS));
    expect([cost(199_999), cost(200_000)]).toEqual(["0.399998", "0.8"]);
  },

  "priority of gpt-4o-mini is no round multiple, and has no long-context prices to fall into": (
    costOf,
  ) => {
    const usage = usageOf({ inputFresh: 1_000_000, cacheRead: 1_000_000, output: 1_000_000 });
    const priority = { ...NO_MODIFIERS, servedTier: "priority" };
    const cost = costOf(usage, priceOf("openai", "gpt-4o-mini"), priority);
    expect(total(cost)).toBe("1.375");
  },

  "a tier with a price for short input only falls back to its factor on long input": (costOf) => {
    const priority = { ...NO_MODIFIERS, servedTier: "priority" };
    const usage = usageOf({ inputFresh: 300_000, output: 1_000 });
    const cost = costOf(usage, priceOf("openai", "gpt-5.5"), priority);
    expect(total(cost)).toBe("7.6125"); // (300,000 × 10 + 1,000 × 45) × 2.5
    expect(cost.modifiers).toEqual([{ name: "service_tier:priority", num: 5n, den: 2n }]);
  },

  "speed, tier and region multiply": (costOf) => {
    const modifiers: CallModifiers = {
      servedTier: "batch",
      requestedTier: null,
      speed: "fast",
      region: "us",
    };
    const usage = usageOf({ inputFresh: 1_000_000 });
    const cost = costOf(usage, priceOf("anthropic", "claude-opus-5-5"), modifiers);
    expect(total(cost)).toBe("4.4"); // 4 × 0.5 × 2 × 1.1
    expect(cost.modifiers.map(({ name }) => name)).toEqual([
      "service_tier:batch",
      "speed:fast",
      "region:us",
    ]);
  },

  "what is free says so, what is unknown too": (costOf) => {
    const usage = usageOf({}, { toolUnits: { webFetch: 5, grounding: 2 } });
    const cost = costOf(usage, priceOf("anthropic", "claude-opus-5-5"), NO_MODIFIERS);
    expect(cost.fees).toEqual([{ unit: "webFetch", count: 5, unitPico: 0n, amountPico: 0n }]);
    expect(cost.unpriced).toEqual(["grounding"]);
  },

  "a class without a price takes the nearest one, and says so": (costOf) => {
    const price = priceOf("openai", "gpt-5.5-pro");
    const cost = costOf(usageOf({ cacheRead: 1_000_000 }), price, NO_MODIFIERS);
    expect(total(cost)).toBe("60"); // beyond 272,000 tokens, without a published discount
    expect(cost.assumed).toEqual(["cacheRead priced as inputFresh"]);

    const embedding = priceOf("openai", "text-embedding-3-small");
    expect(costOf(usageOf({ output: 1 }), embedding, NO_MODIFIERS).unpriced).toEqual(["output"]);
  },

  "a tier, speed or region that the book does not know is priced as usual, and says so": (
    costOf,
  ) => {
    const price = priceOf("openai", "gpt-5-mini");
    const modifiers = { servedTier: "ultrafast", requestedTier: null, speed: "warp", region: "eu" };
    const usage = usageOf({ inputFresh: 1_000 });
    const cost = costOf(usage, price, modifiers);
    expect(cost.totalPico).toBe(costOf(usage, price, NO_MODIFIERS).totalPico);
    expect(cost.assumed).toHaveLength(3);
  },

  "one rounding, half up, at the total": (costOf) => {
    const oneThird: Price = {
      ...SONNET_3_7,
      rates: { inputFresh: 1n, output: 1n },
      regions: { odd: { num: 1n, den: 3n } },
    };
    // Twice a third is 0.67, which rounds to 1; a third rounded twice would be 0.
    const cost = costOf(usageOf({ inputFresh: 1, output: 1 }), oneThird, {
      ...NO_MODIFIERS,
      region: "odd",
    });
    expect(cost.totalPico).toBe(1n);
  },

  "a count that is none is a bug of the adapter": (costOf) => {
    for (const inputFresh of [-1, 0.5, Number.NaN, 2e9]) {
      expect(() => costOf(usageOf({ inputFresh }), SONNET_3_7, NO_MODIFIERS)).toThrow(/is a count/);
    }
  },

  "any usage of any model: exact, additive, never negative, growing with use": (costOf) => {
    fc.assert(
      fc.property(
        anyPrice,
        fc.tuple(anyUsage, anyUsage),
        anyModifiers,
        (price, [usage, more], modifiers) => {
          const cost = costOf(usage, price, modifiers);
          const lines = cost.lines.reduce((sum, line) => sum + line.amountPico, 0n);
          const fees = cost.fees.reduce((sum, fee) => sum + fee.amountPico, 0n);
          expect(cost.totalPico).toBe(multiply(lines, product(cost.modifiers)) + fees);
          for (const line of cost.lines) {
            expect(line.amountPico).toBe(BigInt(line.tokens) * line.unitPico);
            expect(line.amountPico).toBeGreaterThanOrEqual(0n);
          }

          // Within one tier a call split in two costs the same; today's prices leave nothing to round.
          const { longContext: _tiers, ...flat } = price;
          const flatPrice = { ...flat, longContext: [] };
          const apart =
            costOf(usage, flatPrice, modifiers).totalPico +
            costOf(more, flatPrice, modifiers).totalPico;
          const sum = plus(usage, more);
          expect(costOf(sum, flatPrice, modifiers).totalPico).toBe(apart);
          expect(costOf(sum, price, modifiers).totalPico).toBeGreaterThanOrEqual(cost.totalPico);
        },
      ),
      { numRuns: 2_000, seed: 20_261_120 },
    );
  },
};

const anyPrice = fc
  .constantFrom(...listPrices(AT))
  .map(({ provider, model }) => priceOf(provider, model));

const anyUsage = fc
  .tuple(
    fc.tuple(...TOKEN_CLASSES.map(() => fc.oneof(fc.nat(2_000), fc.nat(400_000)))),
    fc.tuple(...TOOL_UNITS.map(() => fc.nat(5))),
  )
  .map(([tokens, units]) =>
    usageOf(Object.fromEntries(TOKEN_CLASSES.map((name, index) => [name, tokens[index] ?? 0])), {
      toolUnits: Object.fromEntries(TOOL_UNITS.map((name, index) => [name, units[index] ?? 0])),
    }),
  );

const anyModifiers = fc.record({
  servedTier: fc.constantFrom(null, "default", "flex", "batch"),
  requestedTier: fc.constantFrom(null, "auto", "priority"),
  speed: fc.constantFrom(null, "standard", "fast"),
  region: fc.constantFrom(null, "global", "us"),
});

function plus(a: Usage, b: Usage): Usage {
  const sumOf = <Key extends string>(
    keys: readonly Key[],
    left: Readonly<Record<Key, number>>,
    right: Readonly<Record<Key, number>>,
  ) => Object.fromEntries(keys.map((key) => [key, left[key] + right[key]]));
  return usageOf(sumOf(TOKEN_CLASSES, a.tokens, b.tokens), {
    toolUnits: sumOf(TOOL_UNITS, a.toolUnits, b.toolUnits),
  });
}

describe("costOf", () => {
  for (const [name, check] of Object.entries(GOLDEN)) test(name, () => check(costOf));
});

const MUTANTS: readonly Mutation[] = [
  {
    name: "the threshold is not strict",
    find: "inputTokens > tier.inputTokens",
    replace: "inputTokens >= tier.inputTokens",
  },
  {
    name: "the threshold is always strict",
    find: "tier.inclusive ? inputTokens >= tier.inputTokens :",
    replace: "false ? false :",
  },
  {
    name: "the tier is chosen by fresh input",
    find: "totalInputTokens(usage), modifiers",
    replace: "usage.tokens.inputFresh, modifiers",
  },
  {
    name: "the requested tier is priced",
    find: "servedTier ?? requestedTier",
    replace: "requestedTier ?? servedTier",
  },
  {
    name: "the tier's own long-context prices are ignored",
    find: "long === undefined ? tier?.rates : tier?.longContextRates",
    replace: "tier?.rates",
  },
  {
    name: "modifiers apply to fees",
    find: "multiply(sumOf(lines), product(applied.modifiers)) + sumOf(fees)",
    replace: "multiply(sumOf(lines) + sumOf(fees), product(applied.modifiers))",
  },
  {
    name: "each line is rounded",
    find: "multiply(sumOf(lines), product(applied.modifiers))",
    replace:
      "lines.reduce((sum, line) => sum + multiply(line.amountPico, product(applied.modifiers)), 0n)",
  },
  { name: "an unpriced class is free", find: "unpriced.push(tokenClass);", replace: "" },
  { name: "an unpriced tool is free", find: "unpriced.push(unit)", replace: "undefined" },
  {
    name: "regions are left out",
    find: "if (factor !== undefined) modifiers.push",
    replace: "if (false) modifiers.push",
  },
  {
    name: "the speed is left out",
    find: "if (multiplier !== null) modifiers.push({ name: `speed:",
    replace: "if (false) modifiers.push({ name: `speed:",
  },
  {
    name: "counts are not checked",
    find: "assert(Number.isInteger(value) && value >= 0 && value <= COUNT_MAX, `${value} is a count`);",
    replace: "",
  },
];

const CHECKS = Object.values(GOLDEN).map(
  (check) => (mutant: { costOf: CostOf }) => check(mutant.costOf),
);

test.each(MUTANTS)("mutant killed: $name", async (mutation) => {
  expect(await isKilled("src/pricing/cost.ts", mutation, CHECKS)).toBe(true);
});

test("the unchanged file survives, loaded like a mutant", async () => {
  const find = "function countOf(";
  expect(await isKilled("src/pricing/cost.ts", { name: "none", find, replace: find }, CHECKS)).toBe(
    false,
  );
});
