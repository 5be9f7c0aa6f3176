/** The product's count of tokens against the whole vocabulary, as the package gpt-tokenizer counts by it. */
import fc from "fast-check";
import { countTokens as countWhole } from "gpt-tokenizer/encoding/o200k_base";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { calibrated } from "../../../src/context/calibration";
import { countTokens } from "../../../src/context/tokens";
import { countTokens as countSimulated } from "../../../src/providers/simulator/tokens";

const TEXTS = {
  English: readFileSync("LICENSE", "utf8"),
  Markdown: readFileSync("convex/README.md", "utf8"),
  TypeScript: readFileSync("src/core/runState.ts", "utf8"),
  JSON: readFileSync("package-lock.json", "utf8").slice(0, 50_000),
  German:
    "Die Würde des Menschen ist unantastbar. Sie zu achten und zu schützen ist Verpflichtung aller staatlichen Gewalt.",
  Russian:
    "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью.",
  Chinese: "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
  Arabic: "يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا.",
  Hindi: "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
  base64: Buffer.from(readFileSync("LICENSE", "utf8")).toString("base64").slice(0, 8_000),
  numbers: Array.from({ length: 500 }, (_, index) => index * 7_919).join(", "),
};

const WHOLE = { disallowedSpecial: new Set<string>() };

describe("a count of tokens", () => {
  test.each(Object.entries(TEXTS))(
    "of %s is the whole vocabulary's, or up to a fifth more",
    (_, text) => {
      const whole = countWhole(text, WHOLE);
      expect(countTokens(text)).toBeGreaterThanOrEqual(whole);
      expect(countTokens(text)).toBeLessThanOrEqual(whole * 1.2);
    },
  );

  test("is never below the whole vocabulary's: no text slips through a budget", () => {
    const words = fc.array(
      fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 20 }),
        fc.constantFrom(" ", "\n\n", "it's", "THEY'RE", "don't", "  \t", "1234567", "👩‍👩‍👧", "\uD800"),
        fc.lorem({ maxCount: 5 }),
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(words, (parts) => {
        const text = parts.join("");
        expect(countTokens(text)).toBeGreaterThanOrEqual(countWhole(text, WHOLE));
      }),
      { numRuns: 500 },
    );
  });

  test("of nothing is 0, and what is never broken off costs what it costs", () => {
    expect(countTokens("")).toBe(0);
    expect(countTokens("a".repeat(100_000))).toBeLessThan(100_000 / 3);
    expect(countTokens("\uD800".repeat(1_000))).toBeGreaterThan(0);
  });
});

/** Its rule is one of its own, as each provider's is: what is off by more than this would be off for those as well. */
describe("an estimate, where the provider is the simulator", () => {
  test.each(["English", "Markdown", "TypeScript", "German", "Russian"] as const)(
    "is at most a fifth below its bill for %s, and at most half above it",
    (language) => {
      const text = TEXTS[language];
      const billed = countSimulated(text);
      const estimate = calibrated(countTokens(text), {
        provider: "anthropic",
        model: "claude-opus-4-6",
      });
      expect(estimate).toBeGreaterThan(billed * 0.8);
      expect(estimate).toBeLessThan(billed * 1.5);
    },
  );
});
