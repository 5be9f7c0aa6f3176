/** Range headers: any that is satisfiable gives the bytes it says, and nothing else is taken for one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseRange } from "../../../src/embedded/server/http/ranges";

const size = fc.integer({ min: 1, max: 5_000 });
const offset = fc.integer({ min: 0, max: 6_000 });

/** What an array would give for the same words. */
function bytesAsked(sizeBytes: number, first: number | null, last: number | null): number[] {
  const all = Array.from({ length: sizeBytes }, (_, i) => i);
  if (first === null) return all.slice(Math.max(0, sizeBytes - (last ?? 0)));
  return all.filter((i) => i >= first && i <= (last ?? Infinity));
}

test("a range gives what the same slice of an array does", () => {
  fc.assert(
    fc.property(size, fc.option(offset), fc.option(offset), (sizeBytes, first, last) => {
      fc.pre(first !== null || last !== null);
      const asked = parseRange(`bytes=${first ?? ""}-${last ?? ""}`, sizeBytes);
      const expected = bytesAsked(sizeBytes, first, last);
      const range = { start: expected[0], end: expected.at(-1) };
      const isNothing = expected.length === 0;
      expect(asked).toEqual(isNothing ? { kind: "unsatisfiable" } : { kind: "part", range });
    }),
    { numRuns: 2_000 },
  );
});

test("whatever the header, the range lies within the file", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string().map((text) => `bytes=${text}`),
    fc.stringMatching(/^bytes=[0-9 ,-]{0,40}$/),
  );
  fc.assert(
    fc.property(fc.option(texts, { nil: undefined }), fc.nat(100), (header, sizeBytes) => {
      const asked = parseRange(header, sizeBytes);
      if (header?.startsWith("bytes=") !== true || sizeBytes === 0) {
        return asked.kind === "whole";
      }
      if (asked.kind !== "part") return asked.kind === "unsatisfiable";
      const { start, end } = asked.range;
      const areWhole = Number.isInteger(start) && Number.isInteger(end);
      return areWhole && 0 <= start && start <= end && end < sizeBytes;
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  "bytes=0-1,2-3",
  "bytes=1-2-3",
  "bytes=--1",
  "bytes=+1-2",
  "bytes=1e1-20",
  "bytes=0x1-2",
])("%s is no range", (header) =>
  expect(parseRange(header, 100)).toEqual({ kind: "unsatisfiable" }),
);
