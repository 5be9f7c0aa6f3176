/** Random Convex values, with the corners where orders and encodings go wrong. */
import fc from "fast-check";
import { convexToJson, type Value } from "convex/values";
import type { Json } from "../../../src/embedded/values/json";

const float = fc.oneof(
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, -1, 5e-324, -5e-324, 2 ** 53, 0.1),
  fc.double(),
  fc.integer(),
);

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.integer({ min: 0, max: 63 }).chain((bits) =>
    fc
      .constantFrom(-1n, 0n, 1n)
      .chain((offset) =>
        fc.constantFrom(2n ** BigInt(bits) + offset, -(2n ** BigInt(bits)) + offset),
      )
      .filter((n) => n >= -(2n ** 63n) && n < 2n ** 63n),
  ),
);

/** Few units, so that strings share beginnings: controls, one to three UTF-8 bytes, all kinds of surrogates. */
const text = fc.oneof(
  fc
    .array(
      fc.constantFrom(
        "\0",
        "\u0001",
        "\u0002",
        "a",
        "b",
        "\u007f",
        "\u0080",
        "\u07ff",
        "\u0800",
        "\ud7ff",
      ),
    )
    .map((units) => units.join("")),
  fc
    .array(fc.constantFrom("a", "\ud800", "\udbff", "\udc00", "\udfff", "\ue000", "\uffff"), {
      maxLength: 6,
    })
    .map((units) => units.join("")),
  fc.string({ unit: "binary" }),
);

const bytes = fc
  .array(fc.oneof(fc.constantFrom(0, 1, 2, 255), fc.integer({ min: 0, max: 255 })), {
    maxLength: 8,
  })
  .map((array) => Uint8Array.from(array).buffer);

const fieldName = fc.oneof(
  fc.constantFrom("a", "b", "aa", "", "9", "10", "A", "~", " "),
  fc.string({ unit: "grapheme-ascii", maxLength: 4 }).filter((name) => !name.startsWith("$")),
);

export const arbitraryText = text;

export const arbitraryValue: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), float, int64, text, bytes),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fieldName, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** A value of an index field: documents may lack it. */
export const arbitraryField: fc.Arbitrary<Value | undefined> = fc.option(arbitraryValue, {
  nil: undefined,
  freq: 10,
});

export function encoded(value: Value | undefined): Json | undefined {
  return value === undefined ? undefined : convexToJson(value);
}

/** What a value becomes on its way through storage. */
export function stored(value: Value): Json {
  return JSON.parse(JSON.stringify(convexToJson(value))) as Json;
}
