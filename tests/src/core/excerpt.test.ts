import fc from "fast-check";
import { expect, test } from "vitest";
import { excerptAround } from "../../../src/core/excerpt";

const FILLER = "word ".repeat(300);

test.each([
  ["short and whole", "whole", "short and whole"],
  [`needle ${FILLER}`, "needle", /^needle word .{5,}…$/],
  [`${FILLER}needle`, "NEEDLE", /^….*needle$/],
  [`${FILLER}needle ${FILLER}`, "nothing, needle", /^….*needle .*…$/],
  [FILLER, "nothing", /^word .*…$/],
  [FILLER, "?!", /^word .*…$/],
])("%.20s… by %s", (text, words, expected) => {
  const excerpt = excerptAround(text, words, 100);
  expect(excerpt.length).toBeLessThanOrEqual(100);
  if (typeof expected === "string") expect(excerpt).toBe(expected);
  else expect(excerpt).toMatch(expected);
});

test("is a piece of the text within the limit, without halves of characters, and has a word that is there", () => {
  const text = fc.string({ unit: fc.constantFrom("😀", "a", "ß", " ", "ж"), maxLength: 400 });
  const words = fc.string({ unit: fc.constantFrom("q", "z"), minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(text, words, text, (before, word, after) => {
      const whole = `${before} ${word} ${after}`;
      const excerpt = excerptAround(whole, word, 40);
      expect(excerpt.length).toBeLessThanOrEqual(40);
      expect(whole).toContain(excerpt.replace(/^…|…$/g, ""));
      expect(excerpt).toContain(word);
      expect(excerpt).not.toMatch(/\p{Surrogate}/u);
    }),
    { numRuns: 500, seed: 8 },
  );
});
