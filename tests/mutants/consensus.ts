/** Votes: who wins, who is asked, what is kept of a lost worker, what it costs. One mistake each. */
import type { Mutant } from "./mutants";

const tests = ["tests/convex/consensus.test.ts"];
const TALLY = { file: "src/core/consensus.ts", tests: ["tests/src/core/consensus.test.ts"] };
const OPENING = { file: "convex/model/consensus/opening.ts", tests };
const REPORTING = { file: "convex/model/consensus/reporting.ts", tests };
const CONCLUDING = { file: "convex/model/consensus/concluding.ts", tests };
const JOURNAL = { file: "convex/model/consensus/journal.ts", tests };
const WORKER = { file: "convex/jobs/consensus.ts", tests };

export const CONSENSUS: readonly Mutant[] = [
  {
    name: "consensus: half of the votes win",
    ...TALLY,
    find: ": most * 2 > total;",
    replace: ": most * 2 >= total;",
  },
  {
    name: "consensus: who is missing agrees",
    ...TALLY,
    find: "? weights.size === 1 && cast.length === ballots.length",
    replace: "? weights.size === 1",
  },
  {
    name: "consensus: weights count always",
    ...TALLY,
    find: 'const counted = strategy === "weighted" ? weight : 1;',
    replace: "const counted = weight;",
  },
  {
    name: "consensus: a judge may put an answer into two groups",
    ...TALLY,
    find: "if (!isOne || groupOf.has(Number(number))) return null;",
    replace: "if (!isOne) return null;",
  },
  {
    name: "consensus: a judge may leave answers out",
    ...TALLY,
    find: "return all.every((group) => group !== undefined) ? all : null;",
    replace: "return all.map((group) => group ?? 0);",
  },
  {
    name: "consensus: whoever has voted is asked again",
    ...OPENING,
    find: 'if (step.status !== "running") return false;',
    replace: 'if (step.status === "cancelled") return false;',
  },
  {
    name: "consensus: the cost of a lost worker's vote is nobody's",
    ...REPORTING,
    find: "if (found === null || step?.runId !== lease.runId || attempt === undefined) return false;",
    replace:
      "if (found === null || step?.runId !== lease.runId || attempt === undefined) return false;\n  if ((await heldRun(ctx, lease)) === null) return false;",
  },
  {
    name: "consensus: a lost worker's vote counts",
    ...REPORTING,
    find: "if ((await heldRun(ctx, lease)) === null) return false;\n  const booked",
    replace: "const booked",
  },
  {
    name: "consensus: the deadline binds nobody",
    ...OPENING,
    find: "const isOver = nowMs >= plan.deadlineAtMs;",
    replace: "const isOver = nowMs < 0 && plan.deadlineAtMs > 0;",
  },
  {
    name: "consensus: votes that a lost worker opened are not estimated",
    file: "convex/model/runs/end.ts",
    tests,
    find: "if (step.parentStepId === undefined) break;",
    replace: "break;",
  },
  {
    name: "consensus: a changed agent changes a vote that is held",
    ...JOURNAL,
    find: "return open.find(isWhole) ?? null;",
    replace: "return open.length > 99 ? (open.find(isWhole) ?? null) : null;",
  },
  {
    name: "consensus: a judge that cannot say has said",
    ...CONCLUDING,
    find: 'const said = isJudged ? outcome : "not_judged";',
    replace: "const said = outcome;",
  },
  {
    name: "consensus: cancelling waits for the models",
    file: "convex/jobs/watch.ts",
    tests,
    find: 'if (verdict !== "go_on") abort.abort();',
    replace: 'if (verdict === "lost") abort.abort();',
  },
  {
    name: "consensus: a judge is asked again after a lost worker",
    ...WORKER,
    find: "if (before !== null) return before.groups;",
    replace: "",
  },
  {
    name: "consensus: what fits the agent's own model is given to all",
    file: "convex/model/context.ts",
    tests,
    find: "if (voters.length === 0) return { maxTokens, inputTokensMax };",
    replace: "if (voters.length < 99) return { maxTokens, inputTokensMax };",
  },
  {
    name: "consensus: several calls may each cost what one may",
    file: "convex/model/runs/limits.ts",
    tests,
    find: " / BigInt(Math.max(1, calls.length))",
    replace: "",
  },
  {
    name: "consensus: a model that may answer later is not asked again",
    ...WORKER,
    find: "const delayMs = isOver(poll) ? null : delayAfter(said, attempt);",
    replace: "const delayMs = isOver(poll) || attempt > 0 ? null : delayAfter(said, attempt);",
  },
  {
    name: "consensus: equal answers go to the judge",
    ...WORKER,
    find: "choices !== undefined || new Set(equal).size <= 1 ||",
    replace: "choices !== undefined ||",
  },
];
