/** How texts are taken apart into words. */
import { expect, test } from "vitest";
import { wordsOf } from "../../../src/embedded/engine/search/tokens";

test.each([
  ["Hello, World!", ["hello", "world"]],
  ["it's a-b_c.d", ["it", "s", "a", "b", "c", "d"]],
  ["  ", []],
  ["Ärger über 3½ Maße", ["ärger", "über", "3½", "maße"]],
  ["МОСКВА", ["москва"]],
  ["日本語 テスト", ["日本語", "テスト"]],
  ["हिन्दी", ["हिन", "दी"]],
  ["cafe\u0301", ["cafe"]],
  ["a🎉b", ["a", "b"]],
  ["ΟΔΟΣ οδός", ["οδοσ", "οδός"]],
])("%s", (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test("a word of 32 bytes or more is left out", () => {
  const long = "a".repeat(31);
  expect(wordsOf(`${long} ${long}b c`)).toEqual([long, "c"]);
  expect(wordsOf(`${"é".repeat(15)} ${"é".repeat(16)}`)).toEqual(["é".repeat(15)]);
});

test("at most so many words as are asked for", () => {
  expect(wordsOf("a b c d", 2)).toEqual(["a", "b"]);
});
