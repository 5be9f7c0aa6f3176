/** A long reply is cut where it may be: nothing is lost, nothing is read differently, and what stands stays. */
import fc from "fast-check";
import { parseMarkdownIntoBlocks } from "streamdown";
import { expect, test } from "vitest";
import { partsOf } from "../../../src/dashboard/screens/chat/replyParts";

const LONG = "words that go on for a while, ".repeat(20);
const BLOCKS = [
  LONG,
  `**bold** ${LONG}`,
  "## A heading",
  "- one\n- two\n\n  of two\n- three",
  "1. one\n2. two",
  "| a | b |\n| --- | --- |\n| 1 | 2 |",
  "```ts\nconst a = 1;\n\nconst b = 2;\n```",
  "> somebody said",
  "---",
  "<details>\n\nhidden\n\n</details>",
];
const markdown = fc
  .array(fc.constantFrom(...BLOCKS), { minLength: 1, maxLength: 60 })
  .map((blocks) => blocks.join("\n\n"));
const RUNS = { numRuns: 50 };

/** As it is written: the parts of each length, made from those of the length before it. */
function* written(text: string, pieceLength: number) {
  let before: readonly string[] = [];
  for (let end = pieceLength; end < text.length + pieceLength; end += pieceLength) {
    const parts = partsOf(text.slice(0, end), before);
    yield { now: text.slice(0, end), before, parts };
    before = parts;
  }
}

test("parts are the text, and its blocks are theirs", () => {
  fc.assert(
    fc.property(markdown, fc.integer({ min: 40, max: 900 }), (text, pieceLength) => {
      for (const { now, parts } of written(text, pieceLength)) expect(parts.join("")).toBe(now);
      const [last] = [...written(text, pieceLength)].slice(-1);
      expect(last?.parts.flatMap(parseMarkdownIntoBlocks)).toEqual(parseMarkdownIntoBlocks(text));
    }),
    RUNS,
  );
});

test("a part that another follows stays as it is", () => {
  fc.assert(
    fc.property(markdown, fc.integer({ min: 40, max: 900 }), (text, pieceLength) => {
      for (const { before, parts } of written(text, pieceLength))
        expect(parts.slice(0, Math.max(before.length - 1, 0))).toEqual(before.slice(0, -1));
    }),
    RUNS,
  );
});

test("a list goes on behind what its next line looks like before its dot has come", () => {
  const text = `${Array(4).fill(LONG).join("\n\n")}\n\n1. ${LONG}\n\n2. two\n\nEnd`;
  const [last] = [...written(text, 1)].slice(-1);
  expect(last?.parts.flatMap(parseMarkdownIntoBlocks)).toEqual(parseMarkdownIntoBlocks(text));
});

test("no part begins or ends with what stands apart, and long ones are cut", () => {
  const text = Array.from({ length: 40 }, (_, at) => BLOCKS[at % 7]).join("\n\n");
  const parts = partsOf(text);
  expect(parts.length).toBeGreaterThan(2);
  for (const part of parts.slice(1)) expect(part).toMatch(/^[\w*]/);
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(6_000);
});

test("a short one is one part, and so is one in which names are defined anywhere", () => {
  expect(partsOf("Hello")).toEqual(["Hello"]);
  const defined = `${Array(20).fill(`[a link][there] ${LONG}`).join("\n\n")}\n\n[there]: https://example.com`;
  expect(partsOf(defined)).toEqual([defined]);
  // Cut while the definition had not come yet.
  expect(partsOf(defined, partsOf(defined.slice(0, 9_000)))).toEqual([defined]);
});

test("another text than the one before is cut anew", () => {
  const text = Array(20).fill(LONG).join("\n\n");
  expect(partsOf(`Other. ${text}`, partsOf(text))).toEqual(partsOf(`Other. ${text}`));
});
