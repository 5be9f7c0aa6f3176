import { compareValues, convexToJson } from "convex/values";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { compareEncoded } from "../../../src/embedded/values/compare";
import type { Json } from "../../../src/embedded/values/json";
import {
  compareKeys,
  encodeKey,
  keySuccessor,
  prefixRange,
} from "../../../src/embedded/values/keys";
import { arbitraryField, arbitraryText, arbitraryValue, encoded, stored } from "./arbitraries";

const RUNS = { numRuns: 5_000 };

function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return Buffer.compare(key.subarray(0, prefix.length), prefix) === 0;
}

function isWithin(key: Uint8Array, range: ReturnType<typeof prefixRange>): boolean {
  return (
    compareKeys(range.lower, key) <= 0 &&
    (range.upper === null || compareKeys(key, range.upper) < 0)
  );
}

describe("the order of keys", () => {
  test("is the order of values", () => {
    fc.assert(
      fc.property(arbitraryField, arbitraryField, (a, b) => {
        const order = Math.sign(compareValues(a, b));
        const keyOrder = compareKeys(encodeKey([encoded(a)]), encodeKey([encoded(b)]));
        expect(Math.sign(keyOrder)).toBe(order);
        expect(Math.sign(compareEncoded(encoded(a), encoded(b)))).toBe(order);
      }),
      RUNS,
    );
  });

  test("is the order of strings by code points, lone surrogates included", () => {
    fc.assert(
      fc.property(arbitraryText, arbitraryText, (a, b) => {
        const order = Math.sign(compareValues(a, b));
        expect(Math.sign(compareKeys(encodeKey([a]), encodeKey([b])))).toBe(order);
        expect(Math.sign(compareEncoded(a, b))).toBe(order);
      }),
      RUNS,
    );
  });

  test("is the order of well-formed strings as UTF-8", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const order = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareKeys(encodeKey([a]), encodeKey([b])))).toBe(order);
      }),
      RUNS,
    );
  });

  test("goes field after field", () => {
    const row = fc.tuple(arbitraryField, arbitraryField, arbitraryField);
    fc.assert(
      fc.property(row, row, fc.nat(3), (a, b, shared) => {
        const other = [...a.slice(0, shared), ...b.slice(shared)];
        const order =
          a.map((value, i) => Math.sign(compareValues(value, other[i]))).find((o) => o !== 0) ?? 0;
        const keyOrder = compareKeys(encodeKey(a.map(encoded)), encodeKey(other.map(encoded)));
        expect(Math.sign(keyOrder)).toBe(order);
      }),
      RUNS,
    );
  });

  test("has every kind of value at its place", () => {
    const ascending: (Json | undefined)[] = [
      undefined,
      null,
      ...[-(2n ** 63n), -(2n ** 31n) - 1n, -129n, -1n, 0n, 1n, 128n, 2n ** 31n, 2n ** 63n - 1n].map(
        (n) => convexToJson(n),
      ),
      convexToJson(-Infinity),
      -1e300,
      -1,
      convexToJson(-0),
      0,
      5e-324,
      1,
      convexToJson(Infinity),
      convexToJson(NaN),
      false,
      true,
      "",
      "a",
      "a\0",
      "a\0b",
      "a\u0001",
      "aa",
      "\uffff",
      "\u{1f600}",
      convexToJson(new ArrayBuffer(0)),
      convexToJson(new ArrayBuffer(1)),
      [],
      [null],
      [null, null],
      ["a"],
      {},
      { a: null },
      { a: null, b: 1 },
      { a: 1 },
      { b: null },
    ];
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) {
        expect(Math.sign(compareKeys(encodeKey([a]), encodeKey([b])))).toBe(Math.sign(i - j));
        expect(Math.sign(compareEncoded(a, b))).toBe(Math.sign(i - j));
      }
    }
  });

  test("tells -0 from 0, however it is written", () => {
    for (const negative of [-0, convexToJson(-0)]) {
      expect(compareEncoded(negative, 0)).toBeLessThan(0);
      expect(compareEncoded(0, negative)).toBeGreaterThan(0);
      expect(compareEncoded(negative, negative)).toBe(0);
      expect(encodeKey([negative])).toEqual(encodeKey([-0]));
    }
  });

  test("puts NaNs by their bits: negative ones first of all numbers, positive ones last", () => {
    const nan = (high: number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeUInt32LE(high, 4);
      return { $float: bytes.toString("base64") };
    };
    const ascending = [
      nan(0xfff80001),
      nan(0xfff80000),
      convexToJson(-Infinity),
      convexToJson(Infinity),
      nan(0x7ff80000),
      nan(0x7ff80001),
    ];
    const keys = ascending.map((value) => encodeKey([value]));
    expect([...keys].sort(compareKeys)).toEqual(keys);
  });

  test("does not depend on how the fields of an object are arranged", () => {
    expect(encodeKey([{ b: 1, a: 2, 10: 3, 9: 4 }])).toEqual(
      encodeKey([{ 9: 4, 10: 3, a: 2, b: 1 }]),
    );
  });

  test("takes placeholders: undefined is missing, the commit's timestamp is the largest integer", () => {
    expect(encodeKey([{ $undefined: null }])).toEqual(encodeKey([undefined]));
    expect(encodeKey([{ $commitTs: null }])).toEqual(encodeKey([convexToJson(2n ** 63n - 1n)]));
  });

  test("holds for neighbours: floats, integers and bytes that differ in their last bits", () => {
    const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 2n });
    const view = new DataView(new ArrayBuffer(8));
    const asFloat = (bits: bigint) => (view.setBigUint64(0, bits), view.getFloat64(0));
    const asInteger = (bits: bigint) => BigInt.asIntN(64, bits);
    const shrunk = fc.tuple(word, fc.nat(63)).map(([bits, shift]) => bits >> BigInt(shift));
    fc.assert(
      fc.property(fc.oneof(word, shrunk), fc.boolean(), (bits, negative) => {
        const a = negative ? BigInt.asUintN(64, -bits) : bits;
        for (const b of [a + 1n, a ^ 1n, a ^ (1n << 31n), a ^ (1n << 32n), a ^ (1n << 63n)]) {
          for (const convert of [asFloat, asInteger]) {
            const [x, y] = [convert(BigInt.asUintN(64, a)), convert(BigInt.asUintN(64, b))];
            if (Number.isNaN(x) || Number.isNaN(y)) continue;
            const keyOrder = compareKeys(
              encodeKey([convexToJson(x)]),
              encodeKey([convexToJson(y)]),
            );
            expect(Math.sign(keyOrder)).toBe(Math.sign(compareValues(x, y)));
          }
        }
      }),
      RUNS,
    );
    const few = fc
      .array(fc.constantFrom(0, 1, 2, 255), { maxLength: 4 })
      .map((array) => Uint8Array.from(array).buffer);
    fc.assert(
      fc.property(few, few, (x, y) => {
        const keyOrder = compareKeys(encodeKey([convexToJson(x)]), encodeKey([convexToJson(y)]));
        expect(Math.sign(keyOrder)).toBe(Math.sign(compareValues(x, y)));
      }),
      RUNS,
    );
  });

  const growing: [string, (size: number) => Json, (size: number) => number][] = [
    [
      "nested arrays",
      (size) => Array.from({ length: size }).reduce<Json>((inner) => [inner], null),
      (size) => 2 * size + 1,
    ],
    ["texts of three bytes a character", (size) => "\uffff".repeat(size), (size) => 3 * size + 2],
    ["texts of zeros", (size) => "\0".repeat(size), (size) => 2 * size + 2],
    ["bytes", (size) => convexToJson(new ArrayBuffer(size)), (size) => 2 * size + 2],
  ];

  test.each(growing)("holds for keys larger than any before: %s", async (_name, value, length) => {
    vi.resetModules();
    const fresh = await import("../../../src/embedded/values/keys");
    for (const size of [...Array.from({ length: 300 }, (_, i) => 1 + 7 * i), 5_000]) {
      expect(fresh.encodeKey([value(size)]).length).toBe(length(size));
    }
  });

  test("refuses what is not base64 of eight bytes", () => {
    expect(() => encodeKey([{ $integer: "AAAA" }])).toThrow("8 bytes");
    expect(() => encodeKey([{ $float: "!!!!!!!!!!!=" }])).toThrow("8 bytes");
    expect(() => encodeKey([{ $bytes: "A" }])).toThrow("base64");
  });
});

describe("prefixRange", () => {
  test("holds exactly the keys that start with the prefix", () => {
    const key = fc
      .uint8Array({ maxLength: 6 })
      .map((bytes) => bytes.map((b) => (b > 200 ? 0xff : b)));
    fc.assert(
      fc.property(key, key, fc.boolean(), (prefix, other, extend) => {
        const candidate = extend ? Uint8Array.from([...prefix, ...other]) : other;
        expect(isWithin(candidate, prefixRange(prefix))).toBe(startsWith(candidate, prefix));
      }),
      RUNS,
    );
  });

  test("of some fields holds exactly the rows with these fields", () => {
    const fields = fc.array(arbitraryField, { minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(fields, fields, arbitraryText, (prefix, row, tail) => {
        const hasFields =
          prefix.length <= row.length &&
          prefix.every((value, i) => compareValues(value, row[i]) === 0);
        const key = encodeKey([...row.map(encoded), tail]);
        if (prefix.length > row.length) return;
        expect(isWithin(key, prefixRange(encodeKey(prefix.map(encoded))))).toBe(hasFields);
      }),
      RUNS,
    );
  });

  test("of one string does not hold a longer one", () => {
    for (const longer of ["a\0", "a\0\0", "a\u0001", "aa", "a\uffff"]) {
      expect(isWithin(encodeKey([longer]), prefixRange(encodeKey(["a"])))).toBe(false);
    }
  });

  test("has no upper bound when nothing is greater", () => {
    expect(prefixRange(new Uint8Array(0)).upper).toBeNull();
    expect(prefixRange(Uint8Array.of(0xff, 0xff)).upper).toBeNull();
    expect(prefixRange(Uint8Array.of(1, 0xff, 0xff)).upper).toEqual(Uint8Array.of(2));
  });
});

test("keySuccessor is the smallest greater key", () => {
  const key = fc.uint8Array({ maxLength: 4 });
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(compareKeys(a, keySuccessor(a))).toBeLessThan(0);
      expect(compareKeys(a, b) < 0).toBe(compareKeys(keySuccessor(a), b) <= 0);
    }),
    RUNS,
  );
});

test("a stored value has the key it had before", () => {
  fc.assert(
    fc.property(arbitraryValue, (value) => {
      expect(encodeKey([stored(value)])).toEqual(encodeKey([encoded(value)]));
    }),
    RUNS,
  );
});
