import fc from "fast-check";
import { expect, test } from "vitest";
import { callTool } from "../../../src/tools/call";
import { pieceOf, told } from "../../../src/tools/preview";
import { readResult } from "../../../src/tools/readResult";
import { context } from "./context";

const unit = fc.constantFrom("😀", "a", "ж", "\n");

test("a text is read whole piece by piece, each within its size, and no character is halved", () => {
  const text = fc.string({ unit, minLength: 1, maxLength: 3_000 });
  fc.assert(
    fc.property(text, fc.integer({ min: 302, max: 900 }), (whole, charsMax) => {
      let read = "";
      let pieces = 0;
      for (let start = 0; start < whole.length; pieces++) {
        const piece = pieceOf(whole, { start, charsMax });
        expect(told(piece, "0123abcd").length).toBeLessThanOrEqual(charsMax);
        expect(piece.text).not.toMatch(/\p{Surrogate}/u);
        expect(piece.end).toBeGreaterThan(start);
        read += piece.text;
        start = piece.end;
      }
      expect(read).toBe(whole);
      expect(pieces).toBeLessThanOrEqual(Math.ceil(whole.length / (charsMax - 301)));
    }),
    { numRuns: 300, seed: 4 },
  );
});

test("an offset in the midst of a character begins after it", () => {
  expect(pieceOf("😀ab", { start: 1, charsMax: 400 })).toMatchObject({ text: "ab", start: 2 });
});

const reading = (args: object, whole: string | null) =>
  callTool(
    readResult,
    JSON.stringify(args),
    context({
      results: {
        read: async (_handle, offset) =>
          whole === null ? null : pieceOf(whole, { start: offset, charsMax: 400 }),
      },
    }),
  );

test("the end of a piece says how to go on, the last one that it is the last", async () => {
  const first = await reading({ result: "0123abcd", offset: 0 }, "a".repeat(150));
  expect(first.text).toMatch(
    /^a{100}\n\n\[Characters 0 to 100 of 150.+read_result with \{"result":"0123abcd","offset":100\}\.\]$/,
  );
  const last = await reading({ result: "0123abcd", offset: 100 }, "a".repeat(150));
  expect(last.text).toMatch(/^a{50}\n\n\[Characters 100 to 150 of 150, as the tool told them\.\]$/);
});

test.each([
  [{ result: "0123abcd", offset: 0 }, null, 'No result "0123abcd" is kept'],
  [{ result: "0123abcd", offset: 3 }, "abc", "The result has 3 characters"],
  [{ result: "0123abcd", offset: -1 }, "abc", "do not fit"],
  [{ result: "0123abcd", offset: 0.5 }, "abc", "do not fit"],
])("%j of %j is refused", async (args, whole, reason) => {
  const { text, isError } = await reading(args, whole);
  expect([isError, text]).toEqual([true, expect.stringContaining(reason)]);
});
