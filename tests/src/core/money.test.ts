import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AMOUNT_PICO_MAX,
  CALL_PICO_MAX,
  displayUsd,
  formatUsd,
  multiply,
  narrow,
  parseRatio,
  parseUsd,
  product,
  usdNumber,
  widen,
} from "../../../src/core/money";

describe("parseUsd and formatUsd", () => {
  test.each([
    ["0", 0n],
    ["5", 5_000_000_000_000n],
    ["0.000054399", 54_399_000n],
    ["0.000000000001", 1n],
    ["-1.5", -1_500_000_000_000n],
    ["9223372.036854775807", AMOUNT_PICO_MAX],
  ])("%s USD is %d pico, both ways", (text, pico) => {
    expect(parseUsd(text)).toBe(pico);
    expect(formatUsd(pico)).toBe(text);
  });

  test.each([
    ["", "nothing"],
    ["1e-6", "an exponent"],
    ["$5", "a sign of currency"],
    ["1,000", "a separator"],
    [".5", "no whole part"],
    ["5.", "no places after the point"],
    ["+5", "a plus"],
    [" 5", "white space"],
    ["0.0000000000001", "thirteen places: smaller than a pico"],
    ["9223372.036854775808", "more than can be stored"],
    ["99999999999999999999", "far more than can be stored"],
    ["٥", "digits of another script"],
  ])("refuses %j: %s", (text) => {
    expect(parseUsd(text)).toBeNull();
  });

  test("what is formatted parses back to the same amount", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -AMOUNT_PICO_MAX, max: AMOUNT_PICO_MAX }), (pico) => {
        expect(parseUsd(formatUsd(pico))).toBe(pico);
      }),
    );
  });
});

describe("widen and narrow", () => {
  const amounts = fc.bigInt({ min: -(2n ** 100n), max: 2n ** 100n });

  test("give back what was widened, in two numbers that can be stored", () => {
    fc.assert(
      fc.property(amounts, (pico) => {
        const wide = widen(pico);
        expect(narrow(wide)).toBe(pico);
        for (const part of [wide.carry ?? 0n, wide.rest])
          expect(BigInt.asIntN(64, part)).toBe(part);
      }),
    );
  });

  test("leave alone what one int64 holds", () => {
    for (const pico of [0n, -1n, CALL_PICO_MAX, AMOUNT_PICO_MAX, -AMOUNT_PICO_MAX - 1n]) {
      expect(widen(pico)).toEqual({ carry: undefined, rest: pico });
    }
    expect(widen(AMOUNT_PICO_MAX + 1n)).toEqual({ carry: 1n, rest: 0n });
  });

  test("have the order of the amounts, by carry and then by rest", () => {
    const positive = fc.bigInt({ min: 0n, max: 2n ** 66n });
    fc.assert(
      fc.property(positive, positive, (a, b) => {
        const [one, other] = [widen(a), widen(b)];
        const [left, right] = [one.carry ?? 0n, other.carry ?? 0n];
        expect(left === right ? one.rest < other.rest : left < right).toBe(a < b);
      }),
    );
  });
});

test("usdNumber is the nearest double", () => {
  expect(usdNumber(54_399_000n)).toBe(0.000054399);
  expect(usdNumber(-300_000_000_000n)).toBe(-0.3);
});

test.each([
  [0n, "$0.00"],
  [parseUsd("1204.5"), "$1,204.50"],
  [parseUsd("1234567.894"), "$1,234,567.89"],
  [parseUsd("1.005"), "$1.01"],
  [parseUsd("0.994"), "$0.99"],
  [parseUsd("0.996"), "$1.00"],
  [parseUsd("0.05"), "$0.05"],
  [parseUsd("0.0544"), "$0.05"],
  [parseUsd("0.00123456"), "$0.00123"],
  [parseUsd("0.000054399"), "$0.0000544"],
  [parseUsd("0.00001"), "$0.00001"],
  [1n, "$0.000000000001"],
  [parseUsd("-0.000054399"), "-$0.0000544"],
] as const)("displayUsd(%d) is %s", (pico, text) => {
  expect(pico === null ? null : displayUsd(pico)).toBe(text);
});

describe("multiply", () => {
  test.each([
    [100n, "1.1", 110n],
    [5n, "0.5", 3n], // 2.5, half up
    [-5n, "0.5", -3n], // away from zero, so that a correction takes back what was booked
    [4n, "0.1", 0n],
    [7n, "0", 0n],
  ])("%d × %s is %d", (pico, factor, expected) => {
    const ratio = parseRatio(factor);
    expect(ratio === null ? null : multiply(pico, ratio)).toBe(expected);
  });

  test("several factors are multiplied before anything is rounded", () => {
    const half = { num: 1n, den: 2n };
    expect(multiply(multiply(1n, half), { num: 2n, den: 1n })).toBe(2n);
    expect(multiply(1n, product([half, { num: 2n, den: 1n }]))).toBe(1n);
  });
});

test("parseRatio reduces and refuses what is negative", () => {
  expect(parseRatio("1.1")).toEqual({ num: 11n, den: 10n });
  expect(parseRatio("0.55")).toEqual({ num: 11n, den: 20n });
  expect(parseRatio("-1")).toBeNull();
});
