/** Limits of a run: money, tokens, time. One mistake each. */
import type { Mutant } from "./mutants";

const LIMITS = {
  file: "convex/model/runs/limits.ts",
  tests: ["tests/convex/runLimits.test.ts"],
};

export const RUN_LIMITS: readonly Mutant[] = [
  {
    name: "limits: what was spent before does not count",
    ...LIMITS,
    find: "((costMax ?? 0n) - spentPico)",
    replace: "(costMax ?? 0n)",
  },
  {
    name: "limits: a reply goes on when its money has ended",
    ...LIMITS,
    find: "return { outputTokens: Math.min(outputTokens, paidFor) };",
    replace: "return { outputTokens };",
  },
  {
    name: "limits: the prompt costs nothing",
    ...LIMITS,
    find: "const forOutput = leftPico - costs.inputPico;",
    replace: "const forOutput = leftPico;",
  },
  {
    name: "limits: what has no price is free",
    ...LIMITS,
    find: "if (costs === null) {",
    replace: "if (costs === null) return { outputTokens };\n  if (costs === null) {",
  },
  {
    name: "limits: tokens do not count",
    ...LIMITS,
    find: "if (tokens !== undefined && run.totalTokens >= tokens) {",
    replace: "if (tokens === 0) {",
  },
  {
    name: "limits: the time that people take counts",
    ...LIMITS,
    find: " - (run.waitedMs ?? 0)",
    replace: "",
  },
];
