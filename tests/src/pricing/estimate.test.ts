import fc from "fast-check";
import { expect, test } from "vitest";
import { formatUsd } from "../../../src/core/money";
import { costOf, NO_MODIFIERS } from "../../../src/pricing/cost";
import { tokensAbout, tokensAtMost, worstCasePico } from "../../../src/pricing/estimate";
import { findPrice, listPrices, type Price } from "../../../src/pricing/priceBook";
import { usageOf } from "../../../src/pricing/usage";

const AT = Date.parse("2026-11-20T12:00:00Z");

function priceOf(provider: string, model: string): Price {
  const price = findPrice({ provider, model, atMs: AT });
  if (price === null) throw new Error(`${model} has a price`);
  return price;
}

test.each([
  ["", 0, 0],
  ["abcd", 1, 4],
  ["abcde", 2, 5],
  ["日本", 2, 6],
])("%j is about %d tokens and at most %d", (text, about, most) => {
  expect([tokensAbout(text), tokensAtMost(text)]).toEqual([about, most]);
});

test("the worst case of a call: all its input at the dearest class, all the output it may make", () => {
  const worst = (inputTokensMax: number, requestedTier: string | null): string | null => {
    const pico = worstCasePico(priceOf("openai", "gpt-6-sol"), {
      inputTokensMax,
      outputTokensMax: 1_000,
      modifiers: { ...NO_MODIFIERS, requestedTier },
    });
    return pico === null ? null : formatUsd(pico);
  };
  expect(worst(100_000, null)).toBe("0.26"); // written to the cache at 2.50
  expect(worst(300_000, null)).toBe("1.515"); // long context: 5.00 and 15.00
  expect(worst(100_000, "priority")).toBe("0.52");
  expect(worst(100_000, "flex"), "flex may be served as the dearer default").toBe("0.26");
});

test("a model without a price of output has no worst case, unless it makes no output", () => {
  const price = priceOf("openai", "text-embedding-3-small");
  const request = { inputTokensMax: 1_000, modifiers: NO_MODIFIERS };
  expect(worstCasePico(price, { ...request, outputTokensMax: 1 })).toBeNull();
  expect(worstCasePico(price, { ...request, outputTokensMax: 0 })).toBe(20_000_000n);
});

test("a model without a price of fresh input has no worst case, whatever the rest costs", () => {
  const { rates, ...price } = priceOf("anthropic", "claude-haiku-4-5");
  const { inputFresh: _inputFresh, ...rest } = rates;
  const request = { inputTokensMax: 1_000, outputTokensMax: 10, modifiers: NO_MODIFIERS };
  expect(worstCasePico({ ...price, rates }, request)).not.toBeNull();
  expect(worstCasePico({ ...price, rates: rest }, request)).toBeNull();
});

const TEXT_CLASSES = [
  "inputFresh",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
] as const;

test("no call costs more than the worst case of its limits", () => {
  const chat = listPrices(AT).filter(({ rates }) => rates.output !== undefined);
  fc.assert(
    fc.property(
      fc.record({
        listed: fc.constantFrom(...chat),
        input: fc.tuple(...TEXT_CLASSES.map(() => fc.nat(150_000))),
        output: fc.nat(5_000),
        room: fc.nat(50_000),
        requestedTier: fc.constantFrom(null, "flex", "priority", "batch"),
        isServed: fc.boolean(),
      }),
      ({ listed: { provider, model }, input, output, room, requestedTier, isServed }) => {
        const price = priceOf(provider, model);
        const tokens = Object.fromEntries(TEXT_CLASSES.map((name, i) => [name, input[i] ?? 0]));
        const asked = { ...NO_MODIFIERS, requestedTier };
        const worst = worstCasePico(price, {
          inputTokensMax: input.reduce((sum, count) => sum + count, 0) + room,
          outputTokensMax: output,
          modifiers: asked,
        });
        const served = { ...asked, servedTier: isServed ? requestedTier : "default" };
        const cost = costOf(usageOf({ ...tokens, output }), price, served);
        expect(worst !== null && cost.totalPico <= worst).toBe(true);
      },
    ),
    { numRuns: 2_000, seed: 20_261_120 },
  );
});
