/** What holds of any usage of any model, and not of chosen ones only. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { multiply, product } from "../../../src/core/money";
import { costOf, NO_MODIFIERS, type CallModifiers } from "../../../src/pricing/cost";
import { findPrice, listPrices, type Price } from "../../../src/pricing/priceBook";
import {
  INPUT_CLASSES,
  minusUsage,
  plusUsage,
  TOKEN_CLASSES,
  TOOL_UNITS,
  usageOf,
  type TokenClass,
} from "../../../src/pricing/usage";

const AT = Date.parse("2026-11-20T12:00:00Z");
const RUNS = { numRuns: 10_000, seed: 20_261_120 };

const PRICES = listPrices(AT).map(({ provider, model }) => {
  const price = findPrice({ provider, model, atMs: AT });
  if (price === null) throw new Error(`${model} has a price`);
  return price;
});

const anyPrice = fc.constantFrom(...PRICES);
const anyCount = fc.oneof(fc.nat(2_000), fc.nat(400_000));
const anyUsage = fc
  .tuple(
    fc.tuple(...TOKEN_CLASSES.map(() => anyCount)),
    fc.tuple(...TOOL_UNITS.map(() => fc.nat(5))),
  )
  .map(([tokens, units]) =>
    usageOf(Object.fromEntries(TOKEN_CLASSES.map((name, at) => [name, tokens[at] ?? 0])), {
      toolUnits: Object.fromEntries(TOOL_UNITS.map((name, at) => [name, units[at] ?? 0])),
    }),
  );
const anyModifiers: fc.Arbitrary<CallModifiers> = fc.record({
  servedTier: fc.constantFrom(null, "default", "flex", "batch", "priority"),
  requestedTier: fc.constantFrom(null, "auto", "priority"),
  speed: fc.constantFrom(null, "standard", "fast"),
  region: fc.constantFrom(null, "global", "us"),
});

/** Of one length of input only, so that calls can be added up. */
const flat = (price: Price): Price => ({ ...price, longContext: [] });
const sumOf = (rows: readonly { amountPico: bigint }[]) =>
  rows.reduce((sum, { amountPico }) => sum + amountPico, 0n);

describe("any usage of any model", () => {
  test("has lines that are not negative, make the total, and leave nothing out", () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, anyModifiers, (price, usage, modifiers) => {
        const cost = costOf(usage, price, modifiers);
        const lines = sumOf(cost.lines);
        expect(cost.totalPico).toBe(multiply(lines, product(cost.modifiers)) + sumOf(cost.fees));
        // Today's prices leave nothing to round.
        const { num, den } = product(cost.modifiers);
        expect((lines * num) % den).toBe(0n);
        for (const line of cost.lines) {
          expect(line.amountPico).toBe(BigInt(line.tokens) * line.unitPico);
          expect(line.amountPico >= 0n).toBe(true);
          expect(line.tokens).toBe(usage.tokens[line.class]);
        }
        const told = new Set<string>([...cost.lines.map((line) => line.class), ...cost.unpriced]);
        for (const name of TOKEN_CLASSES) expect(told.has(name)).toBe(usage.tokens[name] > 0);
      }),
      RUNS,
    );
  });

  test("costs as much in two calls as in one, where length does not matter", () => {
    fc.assert(
      fc.property(anyPrice, fc.tuple(anyUsage, anyUsage), anyModifiers, (of, usages, modifiers) => {
        const [one, other] = usages;
        const price = flat(of);
        const cost = (usage: typeof one) => costOf(usage, price, modifiers).totalPico;
        expect(cost(plusUsage(one, other))).toBe(cost(one) + cost(other));
        expect(minusUsage(plusUsage(one, other), other)).toEqual(one);
      }),
      RUNS,
    );
  });

  test("costs no less with more of anything, through every tier of length", () => {
    fc.assert(
      fc.property(
        anyPrice,
        fc.tuple(anyUsage, fc.constantFrom(...TOKEN_CLASSES), anyCount),
        anyModifiers,
        (price, [usage, name, more], modifiers) => {
          const longer = plusUsage(usage, usageOf({ [name]: more }));
          const cost = (of: typeof usage) => costOf(of, price, modifiers).totalPico;
          expect(cost(longer) >= cost(usage)).toBe(true);
        },
      ),
      RUNS,
    );
  });

  test("costs most in haste, less by default, and least when it may wait", () => {
    fc.assert(
      fc.property(anyPrice, anyUsage, (price, usage) => {
        const cost = (servedTier: string) => {
          const known = servedTier in price.serviceTiers;
          const modifiers = { ...NO_MODIFIERS, servedTier: known ? servedTier : null };
          return costOf(usage, price, modifiers).totalPico;
        };
        const standard = cost("default");
        expect(cost("priority") >= standard).toBe(true);
        expect(standard >= cost("flex")).toBe(true);
        expect(standard >= cost("batch")).toBe(true);
        const us = costOf(usage, price, { ...NO_MODIFIERS, region: "us" }).totalPico;
        expect(us >= standard).toBe(true);
      }),
      RUNS,
    );
  });

  test("is put into its tier by its whole prompt, whatever it is made of", () => {
    const long = PRICES.filter(({ longContext }) => longContext.length > 0);
    fc.assert(
      fc.property(
        fc.constantFrom(...long),
        fc.constantFrom(...(INPUT_CLASSES as readonly TokenClass[])),
        fc.integer({ min: -1, max: 1 }),
        (price, name, off) => {
          const { inputTokens, inclusive } = price.longContext.at(-1)!;
          const tokens = inputTokens + off;
          const { tierApplied } = costOf(usageOf({ [name]: tokens }), price, NO_MODIFIERS);
          const isLong = inclusive ? tokens >= inputTokens : tokens > inputTokens;
          expect(tierApplied.longContextTokens === inputTokens).toBe(isLong);
        },
      ),
      { ...RUNS, numRuns: 1_000 },
    );
  });
});
