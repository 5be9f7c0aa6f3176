/** Approvals: who may decide, once, in time, and that nothing is made before. One mistake each. */
import type { Mutant } from "./mutants";

const TESTS = { tests: ["tests/convex/approvals.test.ts"] };
const DECIDE = { file: "convex/model/approvals/decide.ts", ...TESTS };
const REQUESTS = { file: "convex/model/approvals/requests.ts", ...TESTS };
const TURN = { file: "convex/model/runs/tools.ts", ...TESTS };

export const APPROVALS: readonly Mutant[] = [
  {
    name: "approvals: any role decides",
    ...DECIDE,
    find: 'return isAtLeast(actor.kind === "user" ? actor.role : "operator", role);',
    replace: "return actor.userId !== undefined || isAtLeast(role, role);",
  },
  {
    name: "approvals: what was decided is decided again",
    ...DECIDE,
    find: 'if (approval.state !== "pending" || (approval.expiresAtMs ?? 0) <= nowMs) {',
    replace: "if ((approval.expiresAtMs ?? Infinity) <= nowMs) {",
  },
  {
    name: "approvals: time that is up does not count",
    ...DECIDE,
    find: 'if (approval.state !== "pending" || (approval.expiresAtMs ?? 0) <= nowMs) {',
    replace: 'if (approval.state !== "pending") {',
  },
  {
    name: "approvals: the first decision sets the run going",
    ...DECIDE,
    find: "if ((await pendingOf(ctx, run).first()) !== null) return;",
    replace: "",
  },
  {
    name: "approvals: the run goes on, and nobody is woken",
    ...DECIDE,
    find: "await wake(ctx, runId, { delayMs: 0, nowMs });",
    replace: "",
  },
  {
    name: "approvals: a denied call is made",
    ...REQUESTS,
    find: 'return { state: "must_not", refusal: `The call was not approved.${why}` };',
    replace: 'return why === "-" ? { state: "waits" } : { state: "may" };',
  },
  {
    name: "approvals: an expired call is made",
    ...REQUESTS,
    find: 'return { state: "must_not", refusal: "Nobody approved the call in time." };',
    replace: 'return { state: "may" };',
  },
  {
    name: "approvals: those of a cancelled run stay open",
    file: "convex/model/runs/cancel.ts",
    ...TESTS,
    find: 'if (run.state.kind === "awaiting_approval") await cancelPending(ctx, run, nowMs);',
    replace: "",
  },
  {
    name: "approvals: calls are made while somebody has yet to be heard",
    ...TURN,
    find: "return mustWait ? null : calls;",
    replace: "return mustWait && calls.length === 0 ? null : calls;",
  },
  {
    name: "approvals: what nobody may approve is not refused",
    ...TURN,
    find: 'const refusal = answer?.state === "must_not" ? answer.refusal : undefined;',
    replace: "const refusal = undefined;",
  },
  {
    name: "tools: of those that a lost worker had begun, all but the last stay open",
    file: "convex/model/runs/tools.ts",
    tests: ["tests/reliability/killPoints.test.ts"],
    find: '.gte("index", state.step)',
    replace: '.gt("index", state.step)',
  },
  {
    name: "approvals: they are asked for where arguments do not fit",
    file: "convex/model/runs/grants.ts",
    ...TESTS,
    find: "if (problemWith(tool, argumentsJson) !== null) return NOTHING_TO_ASK;",
    replace: "if (argumentsJson.length < 0) return NOTHING_TO_ASK;",
  },
  {
    name: "tools: a call with effects runs beside others",
    file: "src/core/tools.ts",
    tests: ["tests/convex/effects.test.ts"],
    find: "return calls.slice(0, Math.max(firstEffect, 1));",
    replace: "return [...calls];",
  },
  {
    name: "tools: effects need nobody's approval unless somebody asks for it",
    file: "src/core/tools.ts",
    tests: ["tests/convex/effects.test.ts"],
    find: 'setting?.required ?? toolClass === "effect"',
    replace: "setting?.required ?? false",
  },
  {
    name: "tools: that an effect is about to happen is not written down",
    file: "convex/model/runs/tools.ts",
    tests: ["tests/reliability/killPoints.test.ts"],
    find: 'batch.some(({ toolClass }) => toolClass === "effect")',
    replace: 'batch.some(({ toolClass }) => toolClass === "pure" && batch.length === 0)',
  },
  {
    name: "tools: an effect that broke off is taken for undone",
    file: "src/tools/outbound.ts",
    tests: ["tests/convex/effects.test.ts"],
    find: "did not answer. ${NOT_KNOWN}`",
    replace: "did not answer.`",
  },
  {
    name: "tools: an effect that was cancelled is taken for undone",
    file: "src/tools/call.ts",
    tests: ["tests/convex/effects.test.ts"],
    find: "The call was cancelled.${unsure}`",
    replace: "The call was cancelled.`",
  },
];
