import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKey } from "../../../src/embedded/values/decodeKey";
import type { Json } from "../../../src/embedded/values/json";
import { encodeKey } from "../../../src/embedded/values/keys";
import { arbitraryValue, stored } from "./arbitraries";

test("a key gives back the values that it was made of", () => {
  const value = arbitraryValue.map((any) => stored(any) as Json);
  fc.assert(
    fc.property(fc.array(fc.option(value, { nil: undefined }), { maxLength: 4 }), (values) => {
      // A lone surrogate has no UTF-8, and fields come back in the order of their names.
      fc.pre(JSON.stringify(values).search(/\\ud[89a-f]/) === -1);
      const decoded = decodeKey(encodeKey(values), values.length);
      expect(decoded).toEqual({ values, isWhole: true });
    }),
    { numRuns: 5_000 },
  );
});

test("what follows the values is left alone, and what is no key is said to be none", () => {
  const key = Buffer.concat([encodeKey(["a", 1]), Buffer.alloc(16, 0xff)]);
  expect(decodeKey(key, 2)).toEqual({ values: ["a", 1], isWhole: true });
  expect(decodeKey(key, 3)).toEqual({ values: ["a", 1], isWhole: false });
  expect(decodeKey(encodeKey(["abc"]).slice(0, 3), 1)).toEqual({ values: [], isWhole: false });
});
