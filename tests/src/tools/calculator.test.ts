import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { calculator } from "../../../src/tools/calculator";
import { callTool } from "../../../src/tools/call";
import { evaluate } from "../../../src/tools/expression";
import { context } from "./context";

const calculated = (expression: string) =>
  callTool(calculator, JSON.stringify({ expression }), context());

test.each([
  ["1 + 2 * 3", "7"],
  ["(1 + 2) * 3", "9"],
  ["10 - 4 - 3", "3"],
  ["2 ^ 3 ^ 2", "512"],
  ["-2 ^ 2", "-4"],
  ["2 ^ -1", "0.5"],
  ["--3", "3"],
  ["7 % 4 * 2", "6"],
  ["-7 % 4", "-3"],
  ["1.5e3 + .5", "1500.5"],
  ["0.1 + 0.2", "0.3"],
  ["1 / 3", "0.333333333333333"],
  ["9007199254740991", "9007199254740991"],
  ["2 ^ 100", "1.26765060022823e+30"],
  ["0 * -1", "0"],
  ["round(2.5) + round(-2.5)", "0"],
  ["round(1.005, 2)", "1.01"],
  ["round(-1234.5678, 2)", "-1234.57"],
  ["round(1e300, 15)", "1e+300"],
  ["sqrt(2) ^ 2", "2"],
  ["MAX(1, min(5, 3), -abs(-9))", "3"],
  ["floor(-0.5) + ceil(0.5)", "0"],
  ["ln(e) + log10(1000) + exp(0)", "5"],
  ["sin(pi / 2) + cos(0)", "2"],
])("%s is %s", async (expression, value) => {
  expect(await calculated(expression)).toEqual({ text: value, isError: false });
});

test.each([
  ["1 / 0", "divides by zero"],
  ["1 / (2 - 2)", "divides by zero"],
  ["5 % 0", "divides by zero"],
  ["sqrt(-1)", "no real result"],
  ["(-8) ^ (1 / 3)", "no real result"],
  ["ln(0)", "too large"],
  ["10 ^ 400", "too large"],
  ["1 / 10 ^ 400", "too large"],
  ["1e999", "too large"],
  [" ", "ends too early"],
  ["1 +", "ends too early"],
  ["(1 + 2", "ends too early"],
  ["1 2", '"2" cannot stand after "1"'],
  ["* 2", '"*" cannot stand first'],
  ["1,000 * 2", '"," cannot stand after "1"'],
  ["2 ** 3", '"*" cannot stand after "2 *"'],
  ["1 + )", '")" cannot stand after "1 +"'],
  ["max()", '")" cannot stand after "max ("'],
  ["sqrt(1, 2)", '"sqrt" does not take 2 arguments'],
  ["round(1.5, 0.5)", "round takes 0 to 15 places"],
  ["round(1.5, -1)", "round takes 0 to 15 places"],
  ["sqrt", "needs arguments"],
  ["x + 1", "there are no variables"],
  ["constructor", "there are no variables"],
  ["toString(1)", 'There is no function "tostring"'],
  ["1; 2", '";" has no meaning'],
  ["5 × 3", '"×" has no meaning'],
  ["٣ + ٤", '"٣" has no meaning'],
  ["😀", '"😀" has no meaning'],
  ["1".repeat(1_001), "too long"],
  [`${"(".repeat(65)}1${")".repeat(65)}`, "nested deeper than 64"],
  [`${"-".repeat(65)}1`, "nested deeper than 64"],
  [`1${"^1".repeat(65)}`, "nested deeper than 64"],
])("%s is refused: %s", async (expression, reason) => {
  expect(await calculated(expression)).toEqual({
    text: expect.stringContaining(reason),
    isError: true,
  });
});

test("depth is of the nesting and no count of what stands side by side", async () => {
  expect((await calculated(`0${"+(1)".repeat(200)}`)).text).toBe("200");
});

/** An expression, as its text, how tightly that binds, and what JavaScript makes of it: null if it is not finite. */
type Sample = Readonly<{ text: string; rank: number; value: number | null }>;

const OPERATORS = {
  "+": { rank: 1, compute: (a: number, b: number) => a + b },
  "-": { rank: 1, compute: (a: number, b: number) => a - b },
  "*": { rank: 2, compute: (a: number, b: number) => a * b },
  "/": { rank: 2, compute: (a: number, b: number) => a / b },
  "%": { rank: 2, compute: (a: number, b: number) => a % b },
  "^": { rank: 4, compute: (a: number, b: number) => a ** b },
} as const;
const NEGATION_RANK = 3;
const ATOM_RANK = 5;

const finiteOrNull = (value: number) => (Number.isFinite(value) ? value : null);
/** In parentheses only where the rank asks for them, so that precedence is what is tested. */
const atRank = ({ text, rank }: Sample, rankMin: number) => (rank < rankMin ? `(${text})` : text);

const { sample } = fc.letrec<{ sample: Sample }>((tie) => {
  const number = fc
    .oneof(fc.nat({ max: 20 }), fc.double({ min: 0, max: 1e6, noNaN: true }))
    .map((value) => ({ text: String(value), rank: ATOM_RANK, value }));
  const negation = tie("sample").map((of) => ({
    text: `-${atRank(of, NEGATION_RANK)}`,
    rank: NEGATION_RANK,
    value: of.value === null ? null : -of.value,
  }));
  const operators = Object.keys(OPERATORS) as (keyof typeof OPERATORS)[];
  const operation = fc
    .tuple(tie("sample"), fc.constantFrom(...operators), tie("sample"), fc.constantFrom("", " "))
    .map(([left, sign, right, space]) => {
      const { rank, compute } = OPERATORS[sign];
      // Powers bind to the right, and take a sign there; all else binds to the left.
      const [leftMin, rightMin] = sign === "^" ? [ATOM_RANK, NEGATION_RANK] : [rank, rank + 1];
      const isKnown = left.value !== null && right.value !== null;
      return {
        text: [atRank(left, leftMin), sign, atRank(right, rightMin)].join(space),
        rank,
        value: isKnown ? finiteOrNull(compute(left.value, right.value)) : null,
      };
    });
  return {
    sample: fc.oneof({ maxDepth: 5, depthSize: "large" }, number, negation, operation),
  };
});

describe("any expression", () => {
  test("comes to what JavaScript's own operators make of it, or fails where those are not finite", () => {
    fc.assert(
      fc.property(sample, ({ text, value }) => {
        fc.pre(text.length <= 1_000);
        if (value === null) expect(() => evaluate(text)).toThrow(/zero|real|large/);
        else expect(evaluate(text)).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });

  test("of whatever signs has a number or a reason", async () => {
    const piece = fc.constantFrom(..."0123456789.e+-*/%^(), é\0".split(""), "sqrt", "max", "pi");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const { text, isError } = await calculated(pieces.join(""));
        if (!isError) expect(Number.isFinite(Number(text))).toBe(true);
        expect(text).not.toMatch(/reason of its own|undefined|NaN/);
      }),
      { numRuns: 1_000 },
    );
  });
});
