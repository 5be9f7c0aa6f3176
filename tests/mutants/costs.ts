/** The ledger from outside: one mistake each. */
import type { Mutant } from "./mutants";

const TESTS = ["tests/convex/costs.test.ts"];

export const COSTS: readonly Mutant[] = [
  {
    name: "costs: a key books again",
    file: "convex/model/costs/reported.ts",
    find: "    return before._id;",
    replace: "    await book(ctx, scope, named);\n    return before._id;",
    tests: TESTS,
  },
  {
    name: "costs: a key stands for whatever is reported",
    file: "convex/model/costs/reported.ts",
    find: "if (!isSame(before, named))",
    replace: "if (isSame(before, named) && !isSame(before, named))",
    tests: TESTS,
  },
  {
    name: "costs: a total is believed",
    file: "convex/model/costs/reported.ts",
    find: "if (cost.totalCost !== undefined) checkTotal(cost.totalCost, totalCostPico);",
    replace: "",
    tests: TESTS,
  },
  {
    name: "costs: a text is rounded like a number",
    file: "convex/model/costs/reported.ts",
    find: 'typeof given === "number" ? ROUNDING_PICO : 0n',
    replace: "ROUNDING_PICO",
    tests: TESTS,
  },
  {
    name: "costs: a session of another agent's takes the cost",
    file: "convex/model/costs/reported.ts",
    find: "session !== undefined && session.agentId !== agentId",
    replace: "session !== undefined && session.agentId === undefined",
    tests: TESTS,
  },
  {
    name: "costs: a summary forgets all but the last",
    file: "convex/model/costs/cleanup.ts",
    find: "totalCostPico: summary.totalCostPico + one.totalCostPico",
    replace: "totalCostPico: one.totalCostPico",
    tests: TESTS,
  },
  {
    name: "costs: models are summed as one",
    file: "convex/model/costs/cleanup.ts",
    find: "/${provider}/${model}`",
    replace: "/${provider}`",
    tests: TESTS,
  },
  {
    name: "costs: retention takes what is recent",
    file: "convex/model/costs/cleanup.ts",
    find: "if (!(beforeMs <= nowMs - KEPT_DAYS_MIN * DAY_MS)) {",
    replace: "if (!(beforeMs <= nowMs)) {",
    tests: TESTS,
  },
  {
    name: "costs: retention ends with its first batch",
    file: "convex/model/costs/cleanup.ts",
    find: "  if (!isDone) {",
    replace: "  if (isDone) {",
    tests: TESTS,
  },
];
