/** What a model is given to read. */
import type { Mutant } from "./mutants";

const PROMPT = ["tests/src/context/prompt.test.ts"];
const TOKENS = ["tests/src/context/tokens.test.ts"];

export const CONTEXT: readonly Mutant[] = [
  {
    name: "context: what is written is not taken off the window",
    file: "src/context/budget.ts",
    find: "windowTokens - outputTokens - marginTokens,",
    replace: "windowTokens - marginTokens,",
    tests: PROMPT,
  },
  {
    name: "context: the agent's own cap is forgotten",
    file: "src/context/budget.ts",
    find: "    wanted.inputTokensMax ?? Infinity,\n",
    replace: "",
    tests: PROMPT,
  },
  {
    name: "context: history has all of the room, whatever else there is",
    file: "src/context/prompt.ts",
    find: "budget.inputTokens - tokensIn([...before, ...after])",
    replace: "budget.inputTokens",
    tests: PROMPT,
  },
  {
    name: "context: a prompt may begin with a reply",
    file: "src/context/prompt.ts",
    find: 'fitting.slice(0, fitting.findLastIndex(({ role }) => role === "user") + 1)',
    replace: "fitting",
    tests: PROMPT,
  },
  {
    name: "tokens: neighbours are joined in the order in which they stand",
    file: "src/context/tokens.ts",
    find: "if (rank >= lowest) continue;",
    replace: "if (rank === NO_TOKEN || place !== null) continue;",
    tests: TOKENS,
  },
];
