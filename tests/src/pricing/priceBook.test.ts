import { describe, expect, test } from "vitest";
import { multiply, product } from "../../../src/core/money";
import {
  findPrice,
  findPriceRecord,
  listPrices,
  PRICE_BOOK_VERSION,
} from "../../../src/pricing/priceBook";

const AT = Date.parse("2026-11-20T12:00:00Z");

function inputPico(provider: string, model: string, at: string): bigint | null | undefined {
  const price = findPrice({ provider, model, atMs: Date.parse(at) });
  return price === null ? null : price.rates.inputFresh;
}

describe("findPrice", () => {
  test.each([
    ["anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
    ["anthropic", "claude-haiku-4-5@20251001", "claude-haiku-4-5"],
    ["anthropic", "claude-opus-5-5-latest", "claude-opus-5-5"],
    ["openai", "gpt-5-mini-2025-08-07", "gpt-5-mini"],
    ["openai", "gpt-4o-2024-08-06", "gpt-4o"],
    ["anthropic", "anthropic/claude-opus-5-5", "claude-opus-5-5"],
    ["openai", "openai/gpt-5-mini-2025-08-07", "gpt-5-mini"],
    ["google", "models/gemini-2.5-pro", "gemini-2.5-pro"],
    ["google", "publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"],
  ])("%s/%s is another name of %s and costs the same", (provider, snapshot, model) => {
    const price = findPrice({ provider, model: snapshot, atMs: AT });
    expect(price).not.toBeNull();
    expect(price).toEqual(findPrice({ provider, model, atMs: AT }));
  });

  test.each([
    ["anthropic", "claude-unheard-of", "a model nobody knows"],
    ["anthropic", "gpt-5-mini", "a model of somebody else"],
    ["openai_compatible", "claude-sonnet-5-5", "a reseller: its prices are its own"],
    ["openai_compatible", "anthropic/claude-sonnet-5-5", "the same by its vendor's name"],
    ["openai", "anthropic/claude-sonnet-5-5", "another vendor's model"],
    ["openai", "openai/gpt-4o-2024-05-13", "such a snapshot by its vendor's name"],
    ["openai", "gpt-4o-2024-05-13", "a snapshot that cost more than what it is a snapshot of"],
    ["openai", "gpt-5-mini-turbo", "a suffix that is no date"],
    ["anthropic", "claude-mythos-5-2", "a model without a published price"],
    ["", "", "nothing"],
  ])("%s/%s has no price: %s", (provider, model) => {
    expect(findPrice({ provider, model, atMs: AT })).toBeNull();
  });

  test("an announced price holds from the first moment of its day", () => {
    const model = "gemini-3.8-flash";
    expect(inputPico("google", model, "2026-12-31T23:59:59.999Z")).toBe(750_000n);
    expect(inputPico("google", model, "2027-01-01T00:00:00Z")).toBe(1_500_000n);
  });

  test.each([
    ["00:59", 660_000n],
    ["01:00", 1_320_000n],
    ["03:59", 1_320_000n],
    ["04:00", 660_000n],
    ["06:00", 1_320_000n],
    ["10:00", 660_000n],
  ])("DeepSeek at %s UTC", (time, expected) => {
    expect(inputPico("deepseek", "deepseek-v4-pro", `2026-11-20T${time}:00Z`)).toBe(expected);
  });

  test("DeepSeek has no peak at weekends, had one until 23 August, and none until the 17th", () => {
    const at = (moment: string) => inputPico("deepseek", "deepseek-v4-pro", `${moment}:00Z`);
    expect(at("2026-11-23T02:00"), "a Monday").toBe(1_320_000n);
    expect(at("2026-11-21T02:00"), "a Saturday").toBe(660_000n);
    expect(at("2026-11-22T09:59"), "a Sunday").toBe(660_000n);
    expect(at("2026-08-22T02:00"), "a Saturday of before").toBe(1_320_000n);
    expect([at("2026-08-16T23:59"), at("2026-08-17T00:00")]).toEqual([435_000n, 660_000n]);
  });

  test.each([
    ["gpt-5.6-sol", "2026-08-21", [5_000_000n, 4_000_000n]],
    ["gpt-5.6-terra", "2026-07-30", [2_500_000n, 2_000_000n]],
    ["gpt-5.6-luna", "2026-07-30", [1_000_000n, 200_000n]],
  ] as const)("%s was cut on %s", (model, day, prices) => {
    const dayMs = Date.parse(`${day}T00:00:00Z`);
    const at = (atMs: number) => inputPico("openai", model, new Date(atMs).toISOString());
    expect([at(dayMs - 1), at(dayMs)]).toEqual(prices);
  });

  test("Opus and Sonnet 4.6 had a long-context price until March", () => {
    for (const model of ["claude-opus-4-6", "claude-sonnet-4-6"]) {
      const tiers = (at: string) =>
        findPrice({ provider: "anthropic", model, atMs: Date.parse(at) })?.longContext.length;
      expect([tiers("2026-03-12"), tiers("2026-03-13")]).toEqual([1, 0]);
    }
  });

  test("the version names the numbers: book, model, start and hours", () => {
    const versionAt = (provider: string, model: string, at: string): string | undefined =>
      findPrice({ provider, model, atMs: Date.parse(at) })?.priceVersion;
    expect(versionAt("openai", "gpt-5-mini-2025-08-07", "2026-11-20T12:00:00Z")).toBe(
      `${PRICE_BOOK_VERSION}/openai/gpt-5-mini`,
    );
    expect(versionAt("google", "gemini-3.8-flash", "2027-06-01T12:00:00Z")).toBe(
      `${PRICE_BOOK_VERSION}/google/gemini-3.8-flash@2027-01-01`,
    );
    expect(versionAt("deepseek", "deepseek-v4-pro", "2026-11-20T02:00:00Z")).toBe(
      `${PRICE_BOOK_VERSION}/deepseek/deepseek-v4-pro@2026-08-23#60-240`,
    );
  });
});

describe("the book", () => {
  const records = listPrices(AT);

  test("has every model once", () => {
    expect(records).toHaveLength(84);
    expect(new Set(records.map(({ provider, model }) => `${provider}/${model}`)).size).toBe(84);
  });

  test("every price stays whole under every modifier it is sold with", () => {
    for (const { provider, model } of records) {
      const price = findPrice({ provider, model, atMs: AT });
      if (price === null) throw new Error(`${model} has a price`);
      const tiers = Object.values(price.serviceTiers).flatMap(({ multiplier }) => multiplier ?? []);
      const regions = Object.values(price.regions);
      // One tier at a time, in any region.
      const factors = [
        ...tiers,
        ...regions,
        ...tiers.flatMap((tier) => regions.map((region) => product([tier, region]))),
      ];
      const rates = [price.rates, ...price.longContext.map((tier) => tier.rates)];
      for (const unitPico of rates.flatMap((each) => Object.values(each))) {
        for (const factor of factors) {
          expect(
            (unitPico * factor.num) % factor.den,
            `${model} × ${factor.num}/${factor.den}`,
          ).toBe(0n);
          expect(multiply(unitPico, factor)).toBe((unitPico * factor.num) / factor.den);
        }
      }
    }
  });

  test("no longer input is ever cheaper, which admission relies on", () => {
    for (const { provider, model } of records) {
      const price = findPrice({ provider, model, atMs: AT });
      let before = price?.rates ?? {};
      for (const { rates } of price?.longContext ?? []) {
        for (const [tokenClass, unitPico] of Object.entries(rates)) {
          const shorter = before[tokenClass as keyof typeof before] ?? 0n;
          expect(unitPico >= shorter, `${model} ${tokenClass}`).toBe(true);
        }
        before = rates;
      }
    }
  });

  test("gives the limits and the last day of a model", () => {
    expect(
      findPriceRecord({ provider: "anthropic", model: "claude-sonnet-4-5-20250929", atMs: AT }),
    ).toMatchObject({
      contextWindowTokens: 200_000,
      outputTokensMax: 64_000,
      retiresOn: "2026-11-30",
    });
  });
});
