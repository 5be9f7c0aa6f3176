import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkValue } from "../../../src/embedded/values/limits";
import { isModest } from "../../../src/embedded/values/shape";
import { arbitraryValue, stored } from "./arbitraries";

const MISLEADING = fc.constantFrom('"', "\\", '\\"', "[[[", "}}}", ",,,,", 'a"b\\', "{", "é");

/** Arrays and objects around a value, some more than are allowed, with texts that look like structure. */
const deep = fc
  .tuple(fc.integer({ min: 0, max: 70 }), fc.array(MISLEADING, { maxLength: 3 }))
  .map(([levels, texts]) => {
    let value: unknown = texts;
    for (let level = 0; level < levels; level++)
      value = level % 2 ? { a: value } : [value, ...texts];
    return value;
  });
const wide = fc
  .tuple(fc.constantFrom(1_023, 1_024, 1_025, 8_192, 8_193), MISLEADING, fc.boolean())
  .map(([length, text, isArray]) => {
    const array = Array.from({ length }, (_, i) => (i % 2 === 0 ? text : i));
    return isArray ? array : Object.fromEntries(array.map((value, i) => [`f${i}`, value]));
  });

const isWithin = (text: string) => checkValue(JSON.parse(text) as never) === null;

describe("isModest", () => {
  test.each([
    ["values", arbitraryValue.map(stored), 2_000],
    ["nested values", deep, 2_000],
    ["wide values", wide, 200],
  ])("is never true of %s that break a limit", (_name, values, numRuns) => {
    fc.assert(
      fc.property(values, (value) => {
        const text = JSON.stringify(value);
        expect(!isModest(text) || isWithin(text)).toBe(true);
      }),
      { numRuns },
    );
  });

  test("spares ordinary values the full check", () => {
    const row = { name: 'a "quoted" [name], with {braces}\\', tags: ["a", "b"], at: { x: 1 } };
    expect(isModest(JSON.stringify(Array.from({ length: 1_000 }, () => row)))).toBe(true);
    expect(isModest("1")).toBe(true);
  });
});
