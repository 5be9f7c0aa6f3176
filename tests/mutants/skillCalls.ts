/** Skills that run: where their requests and credentials go, who may call them, and what they cost. One mistake each. */
import type { Mutant } from "./mutants";

const tests = ["tests/convex/executeSkill.test.ts"];
const HTTP = { file: "src/skills/httpTool.ts", tests };
const WORK = { file: "convex/model/skills/callWork.ts", tests };
const CALLS = { file: "convex/model/skills/calls.ts", tests };
const CONTENT = { file: "convex/model/skills/content.ts", tests };

export const SKILL_CALLS: readonly Mutant[] = [
  {
    name: "skill calls: budgets of keys and people do not bound them",
    ...WORK,
    find: "called: { agentId: agent._id, provider, model, ...actorOf(scope) },",
    replace: "called: { agentId: agent._id, provider, model },",
  },
  {
    name: "skill calls: what they cost is nobody's",
    ...CALLS,
    find: "place: { agentId, ...omitUndefined({ userId, keyId }) },",
    replace: "place: { agentId },",
  },
  {
    name: "skill calls: a parameter leads out of its path",
    ...HTTP,
    find: "if (!isAsWritten)",
    replace: "if (!isAsWritten && url.hash !== '')",
  },
  {
    name: "skill calls: placeholders are filled as they are",
    ...HTTP,
    find: "return encodeURIComponent(textFor(name, value));",
    replace: "return textFor(name, value);",
  },
  {
    name: "skill calls: redirects are followed",
    ...HTTP,
    find: 'redirect: "manual"',
    replace: 'redirect: "follow"',
  },
  {
    name: "skill calls: a server's echo tells the credential",
    ...HTTP,
    find: "return isTold ? text : text.replaceAll(credential, HIDDEN);",
    replace: "return text;",
  },
  {
    name: "skill calls: a header takes a line break",
    ...HTTP,
    find: "if (!HEADER_VALUE.test(value))",
    replace: "if (value === '')",
  },
  {
    name: "skill calls: what the address names is sent twice",
    ...HTTP,
    find: ".filter(([name]) => !named.has(name))",
    replace: "",
  },
  {
    name: "skill calls: a lost worker's model call is free",
    ...CALLS,
    find: 'const report = Costs.estimateLost(call.attempt, "");',
    replace: "const report = null;",
  },
  {
    name: "skill calls: a lost one that cannot be settled stays in the way of the others",
    ...CALLS,
    find: 'await ctx.db.patch("skill_calls", callId, { expiresAtMs: nowMs + POSTPONED_MS });',
    replace: "throw error;",
  },
  {
    name: "skill calls: what is left of settling a lost one stays, though the rest failed",
    ...CALLS,
    find: "await ctx.runMutation(internal.jobs.skillCalls.settleLost, { callId });",
    replace: "await settleLost(ctx, callId, nowMs);",
  },
  {
    name: "skill calls: more lost ones at once than a transaction may read for",
    ...CALLS,
    find: "const LOST_PER_BATCH = 8;",
    replace: "const LOST_PER_BATCH = 50;",
    tests: ["tests/convex/manyBudgets.test.ts"],
  },
  {
    name: "skill calls: a call that ended stays",
    ...CALLS,
    find: 'await ctx.db.delete("skill_calls", callId);\n  await note(ctx, call, { error: report.error, nowMs });',
    replace: "await note(ctx, call, { error: report.error, nowMs });",
  },
  {
    name: "skill calls: a tenant makes as many at once as it likes",
    ...CALLS,
    find: "if (underWay.length === CALLS_MAX)",
    replace: "if (underWay.length > CALLS_MAX)",
  },
  {
    name: "skill calls: what was not granted runs",
    file: "convex/model/skills/installed.ts",
    tests,
    find: "return isUsable(row, agent) && isGranted(row, version);",
    replace: "return isUsable(row, agent);",
  },
  {
    name: "skill calls: a credential goes along to another publisher's server",
    file: "convex/model/skills/installations.ts",
    tests,
    find: "const isMoved = next === null || recipientOf(next) !== recipientOf(version);",
    replace: "const isMoved = next === null;",
  },
  {
    name: "skill calls: the host is a parameter",
    ...CONTENT,
    find: "const isAsWritten = text.startsWith(`${url.origin}/`) && sample === url.href;",
    replace: "const isAsWritten = sample === url.href;",
  },
  {
    name: "skill calls: a request's permission need not be asked for",
    ...CONTENT,
    find: "if (!permissions.includes(needed))",
    replace: "if (needed === '')",
  },
];
