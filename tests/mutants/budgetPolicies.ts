/** Budgets as they are kept: one mistake each. */
import type { Mutant } from "./mutants";

const TESTS = ["tests/convex/budgets.test.ts"];
const ALERTS = ["tests/convex/budgetAlerts.test.ts"];
const EFFECTIVE = ["tests/convex/budgetEffective.test.ts"];
const FORETOLD = ["tests/convex/budgetCheck.test.ts"];
const RUNS = ["tests/convex/budgetRuns.test.ts"];
const BUDGETS = "convex/model/budgets";

export const BUDGET_POLICIES: readonly Mutant[] = [
  {
    name: "budgets: a subject of another tenant's is taken",
    file: `${BUDGETS}/subjects.ts`,
    find: 'requireOwned(scope, agent, { entity: "agent", id: key });',
    replace: "",
    tests: TESTS,
  },
  {
    name: "budgets: what a setting keeps is changed by hand",
    file: `${BUDGETS}/policies.ts`,
    find: 'if (policy.source !== "manual") {',
    replace: 'if (policy.source === "plan") {',
    tests: TESTS,
  },
  {
    name: "budgets: enabled again, it forgets what was spent in between",
    file: `${BUDGETS}/policies.ts`,
    find: 'return before === "disabled" ? "opening" : before;',
    replace: 'return before === "disabled" ? "active" : before;',
    tests: TESTS,
  },
  {
    name: "budgets: the agent's budget does not follow a change",
    file: "convex/model/agents/agents.ts",
    find: "await keepAgent(ctx, scope, { agentId: agent._id, settings: after, nowMs });",
    replace: "",
    tests: TESTS,
  },
  {
    name: "budgets: the plan's is not there with the tenant",
    file: "convex/model/tenants.ts",
    find: "await keepTenant(ctx, by, { tenant: told, isNew: true, nowMs });",
    replace: "",
    tests: TESTS,
  },
  {
    name: "budgets: a setting that is taken away leaves its budget",
    file: `${BUDGETS}/managed.ts`,
    find: "} else if (!isBounded) {",
    replace: "} else if (!isBounded && limit.tokens === 0) {",
    tests: TESTS,
  },
  {
    name: "budgets: an increase takes the place of the one before",
    file: `${BUDGETS}/increases.ts`,
    find: "const increased = plus(counter.increase, amount);",
    replace: "const increased = amount;",
    tests: TESTS,
  },
  {
    name: "budgets: an increase outlives its period",
    file: `${BUDGETS}/increases.ts`,
    find: 'await ctx.db.patch("budget_counters", counter._id, { increase: increased });',
    replace:
      'await ctx.db.patch("budget_policies", policyId, { limit: raisedBy(policy.limit, amount) });',
    tests: TESTS,
  },
  {
    name: "budgets: opening carries in all that was booked, counted or not",
    file: `${BUDGETS}/opening.ts`,
    find: "pico: booked.pico - counted.pico",
    replace: "pico: booked.pico",
    tests: TESTS,
  },
  {
    name: "budgets: an opening is carried in twice",
    file: `${BUDGETS}/opening.ts`,
    find: 'if (policy?.status !== "opening" || policy.updatedAt !== sinceMs) return;',
    replace: "if (policy === null) return;",
    tests: TESTS,
  },
  {
    name: "budgets: an alert does not mark the counter",
    file: `${BUDGETS}/alerts.ts`,
    find: "alertedPercent: Math.max(...untold)",
    replace: "alertedPercent: 0",
    tests: ALERTS,
  },
  {
    name: "budgets: a fold moves nothing that alerts look at",
    file: "convex/jobs/rollups.ts",
    find: "await noteMoved(ctx, moved);",
    replace: "",
    tests: ALERTS,
  },
  {
    name: "budgets: a refusal that does not hold any more pauses",
    file: `${BUDGETS}/pauses.ts`,
    find: "if (limit.tokens !== refused.limit.tokens || limit.pico !== refused.limit.pico) return;",
    replace: "",
    tests: ALERTS,
  },
  {
    name: "budgets: whoever was paused stays so when the budget allows more",
    file: `${BUDGETS}/pauses.ts`,
    find: 'if (action !== "pause") return;',
    replace: "if (action !== undefined) return;",
    tests: ALERTS,
  },
  {
    name: "budgets: agents are resumed before the window ends",
    file: `${BUDGETS}/pauses.ts`,
    find: '.lte("resumesAtMs", nowMs)',
    replace: '.gte("resumesAtMs", nowMs)',
    tests: ALERTS,
  },
  {
    name: "budgets: a pause outlives what people say of the agent",
    file: "convex/model/agents/agents.ts",
    find: "await forgetPause(ctx, agent);",
    replace: "",
    tests: ALERTS,
  },
  {
    name: "budgets: open reservations are deleted with the others",
    file: `${BUDGETS}/events.ts`,
    find: '["settled", "released", "expired"] as const',
    replace: '["settled", "released", "expired", "reserved"] as const',
    tests: ALERTS,
  },
  {
    name: "budgets: one that only counts binds",
    file: `${BUDGETS}/effective.ts`,
    find: 'return action !== "warn";',
    replace: "return action !== undefined;",
    tests: EFFECTIVE,
  },
  {
    name: "budgets: the last token is refused",
    file: "src/budgets/amounts.ts",
    find: "amount.tokens <= limit.tokens",
    replace: "amount.tokens < limit.tokens",
    tests: EFFECTIVE,
  },
  {
    name: "budgets: the least that is left is told without what it is left of",
    file: `${BUDGETS}/effective.ts`,
    find: "rest * tight.of < tight.left * of",
    replace: "rest < tight.left",
    tests: EFFECTIVE,
  },
  {
    name: "budgets: what is booked late counts in the period that it is booked in",
    file: "convex/model/costs/ledger.ts",
    find: "moment: { atMs: event.startedAtMs, hour: event.period },",
    replace: "moment: { atMs: Date.now(), hour: new Date().toISOString().slice(0, 13) },",
    tests: RUNS,
  },
  {
    name: "budgets: a refusal pauses nobody",
    file: `${BUDGETS}/pauses.ts`,
    find: 'if (action === "pause") await',
    replace: 'if (action === "warn") await',
    tests: RUNS,
  },
  {
    name: "budgets: what does not fit goes to the dearer model all the same",
    file: "convex/model/runs/work.ts",
    find: "degraded: [...degraded, refusal], instead: cheaper, nowMs",
    replace: "degraded: [...degraded, refusal], nowMs",
    tests: RUNS,
  },
  {
    name: "time zones: any text is one",
    file: "convex/model/tenants.ts",
    find: "if (isTimeZone(timeZone)) return timeZone;",
    replace: 'if (timeZone !== "") return timeZone;',
    tests: ["tests/convex/timeZones.test.ts"],
  },
  {
    name: "budgets foretold: a check leaves out those of the person who calls",
    file: `${BUDGETS}/effective.ts`,
    find: "const called = { agentId, ...omitUndefined({ keyId, userId }), ...model };",
    replace: "const called = { agentId, ...omitUndefined({ keyId }), ...model };",
    tests: FORETOLD,
  },
  {
    name: "budgets foretold: a check says allowed where admission goes to another model",
    file: `${BUDGETS}/effective.ts`,
    find: 'if (by === undefined) return { decision: "allow", byId: null };',
    replace: 'if (by?.limit.pico === undefined) return { decision: "allow", byId: null };',
    tests: FORETOLD,
  },
  {
    name: "budgets foretold: what is granted for once counts in a check and not in an admission",
    file: `${BUDGETS}/decision.ts`,
    find: "const limit = raisedBy(policy.limit, counter.increase);",
    replace: "const limit = policy.limit;",
    tests: FORETOLD,
  },
];
