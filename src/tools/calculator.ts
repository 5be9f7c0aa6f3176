/** Arithmetic, which models get wrong when they do it in words. */
import { evaluate } from "./expression";
import { FUNCTION_NAMES } from "./functions";
import type { Tool } from "./tool";

/** Far more than anybody writes; what it takes grows with it. */
const EXPRESSION_CHARS_MAX = 1_000;
/** What a JavaScript number holds of any decimal; the next digit may be noise, as in 0.1 + 0.2. */
const DIGITS = 15;

export const calculator: Tool = {
  name: "calculator",
  description:
    "Computes an arithmetic expression to about 15 digits. Call it rather than computing in words. " +
    "It has + - * / ^ (power) % (remainder), parentheses, the constants pi and e, " +
    `and the functions ${FUNCTION_NAMES}; round takes the decimal places second, angles are radians.`,
  inputSchema: {
    type: "object",
    properties: {
      expression: {
        type: "string",
        minLength: 1,
        maxLength: EXPRESSION_CHARS_MAX,
        description: 'Such as "round(1250 * 1.19 / 12, 2)"; without separators of thousands.',
      },
    },
    required: ["expression"],
    additionalProperties: false,
  },
  toolClass: "pure",
  timeoutMs: 1_000,
  run: ({ expression }) => shown(evaluate(String(expression))),
};

/** Whole numbers as they are, others without the noise in their last digits. */
function shown(value: number): string {
  return String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(DIGITS)));
}
