/** What a model is given to read. */
import type { Mutant } from "./mutants";

const PROMPT = ["tests/src/context/prompt.test.ts"];
const PROMPT_TURN = ["tests/convex/prompt.test.ts"];
const COMPACTION = ["tests/src/context/compaction.test.ts"];
const COMPACTION_TURN = ["tests/convex/compaction.test.ts"];
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
    find: "budget.inputTokens - tokensIn([...before, ...after]) - pinnedTokens;",
    replace: "budget.inputTokens;",
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
  {
    name: "modes: the mode's temperature comes before the agent's",
    file: "src/context/modes.ts",
    find: "temperature ?? (acceptsTemperature ? mode.temperature : null)",
    replace: "(acceptsTemperature ? mode.temperature : null) ?? temperature",
    tests: PROMPT,
  },
  {
    name: "modes: one of the tenant's own is read and not used",
    file: "convex/model/modes.ts",
    find: "own === null ? DEFAULT_MODE : toMode(own)",
    replace: "own === null ? DEFAULT_MODE : DEFAULT_MODE",
    tests: PROMPT_TURN,
  },
  {
    name: "prompt: whoever reads sessions reads the agent's own texts",
    file: "convex/model/runs/prompt.ts",
    find: "text: mayReadAgent || !OF_THE_AGENT.has(kind) ? text : undefined,",
    replace: "text,",
    tests: PROMPT_TURN,
  },
  {
    name: "pins: what is pinned is read twice where it is among the newest",
    file: "src/context/prompt.ts",
    find: "material.pinned.filter(({ messageId }) => !inPlace.has(messageId));",
    replace: "material.pinned;",
    tests: PROMPT,
  },
  {
    name: "pins: as many tokens as one likes",
    file: "convex/model/pins.ts",
    find: "if (tokens > PINNED_TOKENS_MAX) {",
    replace: "if (tokens > Infinity) {",
    tests: ["tests/convex/pins.test.ts"],
  },
  {
    name: "compaction: half a turn is summarised, and the other half lost",
    file: "src/context/compaction.ts",
    find: "if (tokens > tokensMax && turn > first.turn) break;",
    replace: "if (tokens > tokensMax) break;",
    tests: COMPACTION,
  },
  {
    name: "compaction: many small messages are no reason",
    file: "src/context/compaction.ts",
    find: " || newestFirst.length >= FULL_MESSAGES;",
    replace: ";",
    tests: COMPACTION,
  },
  {
    name: "compaction: a summary forgets the one before it",
    file: "convex/model/runs/compact.ts",
    find: "earlier: previous?.text ?? null,",
    replace: "earlier: null,",
    tests: COMPACTION_TURN,
  },
  {
    name: "compaction: what failed is tried again before the reply",
    file: "convex/model/runs/compact.ts",
    find: "return hasFailed || made.length",
    replace: "return made.length",
    tests: COMPACTION_TURN,
  },
  {
    name: "compaction: models read the summary and what it stands for",
    file: "convex/model/context.ts",
    find: "after: summary?.upToTurn ?? 0,",
    replace: "after: 0,",
    tests: COMPACTION_TURN,
  },
  {
    name: "compaction: undoing leaves the summary in force",
    file: "convex/model/summaries.ts",
    find: "summaryId: summary.previousId,",
    replace: "summaryId: summary._id,",
    tests: COMPACTION_TURN,
  },
  {
    name: "compaction: a summary that is reported twice is kept twice",
    file: "convex/model/runs/compact.ts",
    tests: COMPACTION_TURN,
    find: 'if (!transition.ok) return step.status !== "running" && isWorking(run.state);',
    replace: 'if (!transition.ok && step.status === "running") return false;',
  },
  {
    name: "compaction: a worker that says so again is taken for a stranger",
    file: "convex/model/runs/compact.ts",
    tests: COMPACTION_TURN,
    find: 'if (!transition.ok) return step.status !== "running" && isWorking(run.state);',
    replace: "if (!transition.ok) return false;",
  },
  {
    name: "compaction: one that a lost worker had begun is left",
    file: "convex/model/runs/compact.ts",
    tests: COMPACTION_TURN,
    find: "if (step?.compactsUpToTurn !== undefined) return step.compactsUpToTurn;",
    replace: "",
  },
  {
    name: "compaction: a cancelled run answers all the same",
    file: "convex/model/runs/compact.ts",
    find: 'outcome.kind === "cancelled" ? "cancelled" : "call_finished"',
    replace: '"call_finished"',
    tests: COMPACTION_TURN,
  },
];
