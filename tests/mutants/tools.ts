/** Tools: arguments, time, size and words of a call, and what the calculator makes of an expression. One mistake each. */
import type { Mutant } from "./mutants";

const CALL = { file: "src/tools/call.ts", tests: ["tests/src/tools/call.test.ts"] };
const CIRCLES = {
  file: "src/tools/repetition.ts",
  tests: ["tests/src/tools/repetition.test.ts"],
};
const CALCULATOR = { tests: ["tests/src/tools/calculator.test.ts"] };

export const TOOLS: readonly Mutant[] = [
  {
    name: "tools: arguments that do not fit are run",
    ...CALL,
    find: "if (problem === undefined) return args;",
    replace: "if (problem === undefined || !problem.keyword) return args;\n  return args;",
  },
  {
    name: "tools: the checker marks the tool's own schema",
    ...CALL,
    find: "structuredClone(tool.inputSchema)",
    replace: "tool.inputSchema",
  },
  {
    name: "tools: arguments of any size are read",
    ...CALL,
    find: "if (json.length > ARGUMENTS_CHARS_MAX)",
    replace: "if (json.length < 0)",
  },
  {
    name: "tools: an error's own words are told",
    ...CALL,
    find: "failed for a reason of its own.`",
    replace: "failed: ${String(error)}`",
  },
  {
    name: "tools: an error's own words are logged",
    ...CALL,
    find: "return [error.name, ...places]",
    replace: "return [error.message, ...places]",
  },
  {
    name: "tools: a call that was cancelled runs all the same",
    ...CALL,
    find: 'if (context.signal.aborted) throw new ToolFailure("The call was cancelled before it began.");',
    replace: "",
  },
  {
    name: "tools: cancelling reaches no running call",
    ...CALL,
    find: 'context.signal.addEventListener("abort", cancel);',
    replace: "",
  },
  {
    name: "tools: calls stay on the signal of their run",
    ...CALL,
    find: 'context.signal.removeEventListener("abort", cancel);',
    replace: "",
  },
  {
    name: "tools: a tool takes what time it likes",
    ...CALL,
    find: "const timer = setTimeout(expire, tool.timeoutMs);",
    replace: "const timer = setTimeout(expire, 60_000);",
  },
  {
    name: "tools: a cut result is over the limit",
    ...CALL,
    find: "text.slice(0, charsMax - NOTE_CHARS_MAX)",
    replace: "text.slice(0, charsMax)",
  },
  {
    name: "tools: results may hold halves of characters",
    ...CALL,
    find: '.replace(/\\p{Surrogate}/gu, "\\u{FFFD}")',
    replace: "",
  },
  {
    name: "circles: a call told the same is made again and again",
    ...CIRCLES,
    find: 'return latest.length + underWay >= SAME_RESULTS_MAX ? "notice" : "make";',
    replace: 'return "make";',
  },
  {
    name: "circles: notices go on for ever",
    ...CIRCLES,
    find: ">= NOTICES_MAX) return",
    replace: "> 99) return",
  },
  {
    name: "circles: what is told something new counts as well",
    ...CIRCLES,
    find: 'if (isNew) return "make";',
    replace: "",
  },
  {
    name: "circles: another order of arguments is another call",
    ...CIRCLES,
    find: ".toSorted(([a], [b]) => (a < b ? -1 : 1))",
    replace: "",
  },
  {
    name: "circles: a new handle is a new result",
    ...CIRCLES,
    find: ".map(withoutPlace)",
    replace: "",
  },
  {
    name: "circles: calls of one reply do not count",
    ...CIRCLES,
    find: "latest.length + underWay >=",
    replace: "latest.length >=",
  },
  {
    name: "circles: runs go on in them",
    file: "convex/model/runs/finish.ts",
    find: "if (circling !== undefined) {",
    replace: "if (circling === null) {",
    tests: ["tests/convex/toolTurn.test.ts"],
  },
  {
    name: "circles: workers make what is only to be noticed",
    file: "convex/model/runs/circles.ts",
    find: '!== "make";',
    replace: '=== "stop";',
    tests: ["tests/convex/toolTurn.test.ts"],
  },
  {
    name: "calculator: powers bind to the left",
    file: "src/tools/expression.ts",
    find: "finite(base ** signed(reader))",
    replace: "finite(base ** atom(reader))",
    ...CALCULATOR,
  },
  {
    name: "calculator: a remainder is of all that follows",
    file: "src/tools/expression.ts",
    find: "finite(value % divisor(reader))",
    replace: "finite(value % product(reader))",
    ...CALCULATOR,
  },
  {
    name: "calculator: what is too large goes on as infinity",
    file: "src/tools/expression.ts",
    find: "if (!Number.isFinite(value)) throw",
    replace: "if (value === -1 / 0) throw",
    ...CALCULATOR,
  },
  {
    name: "calculator: nesting is counted and never taken back",
    file: "src/tools/expression.ts",
    find: "  reader.depth -= 1;\n",
    replace: "",
    ...CALCULATOR,
  },
  {
    name: "calculator: expressions nest without an end",
    file: "src/tools/expression.ts",
    find: "if (reader.depth > DEPTH_MAX)",
    replace: "if (reader.depth > 1e9)",
    ...CALCULATOR,
  },
  {
    name: "calculator: what follows a whole expression is passed over",
    file: "src/tools/expression.ts",
    find: "if (peek(reader) !== undefined) throw unexpected(reader);",
    replace: "",
    ...CALCULATOR,
  },
  {
    name: "calculator: places are rounded by a product",
    file: "src/tools/functions.ts",
    find: "return Number(`${digits}e${Number(exponent) + places}`);",
    replace: "return Number(digits) * 10 ** (Number(exponent) + places);",
    ...CALCULATOR,
  },
];
