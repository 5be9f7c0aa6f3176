/**
 * What `queries.budgets.check` says of a call is what becomes of it, whatever budgets there are and however they stand:
 * it is held, refused by the budget that was named, or made of the model that was named.
 */
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { HIDDEN_TOKENS_MAX } from "../../convex/model/budgets/worstCase";
import type { BudgetCheck, BudgetView } from "../../convex/views/budgets";
import { formatUsd, parseUsd } from "../../src/core/money";
import { tokensAtMost } from "../../src/pricing/estimate";
import { assertCounted } from "../support/countedProperty";
import { openConvexTest, type Backend } from "./drivers";
import {
  model,
  nameOf,
  randomBudget,
  toBudget,
  usd,
  type Model,
  type RandomBudget,
} from "./randomBudgets";
import { firstPage as paginationOpts, supportBot, tenantWith, type Member } from "./setup";
import { simulatorVariables } from "./turn";
import { openWorld } from "./world";

openWorld(); // the providers

/** 300 with `CHECKED_TENANTS=300`. */
const RUNS = Number(process.env["CHECKED_TENANTS"] ?? 30);
const { check, list, events } = api.queries.budgets;
const budgets = api.mutations.budgets;

const SKILL = { name: "verse", instructions: "Answer with a haiku." };
const PROMPT = `# Skill: ${SKILL.name}\n\n${SKILL.instructions}Hello`;

const tokens = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3_000 }));
const call = fc.record({ of: model, promptTokens: tokens, outputTokens: tokens });
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("reserve" as const), call }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("skill" as const), call }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("end" as const), nth: fc.nat(), used: tokens }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("increase" as const), nth: fc.nat(), usd, tokens }),
  },
);
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What was said, and how often. */
const seen = { allow: 0, refuse: 0, degrade: 0, price_unknown: 0, wait: 0, raised: 0 };

/** A tenant with budgets, and a person who calls models by a skill and reserves for calls elsewhere. */
class Office {
  private readonly open: string[] = [];
  private made = 0;
  private refusing: BudgetCheck["byId"] = null;

  private constructor(
    private readonly as: Member["as"],
    private readonly whose: { userId: Id<"users">; agentId: Id<"agents"> },
    private readonly skill: string,
  ) {}

  static async open(t: Backend, policies: readonly RandomBudget[]): Promise<Office> {
    const { as, userId } = await tenantWith(t, { subject: crypto.randomUUID() });
    const bot = { ...supportBot(), systemPrompt: "" };
    const agentId = await as.mutation(api.mutations.agents.create, bot);
    const id = `skill_${crypto.randomUUID().replaceAll("-", "_")}`;
    const skillMd = `---\nname: ${SKILL.name}\ndescription: Verse\n---\n${SKILL.instructions}`;
    const texts = { name: "Verse", description: "Verse", category: "data", version: "1.0.0" };
    await as.action(api.actions.skills.create, { id, ...texts, permissions: [], skillMd });
    const terms = { agentId, skillId: id, grantedPermissions: [] };
    await as.mutation(api.mutations.skills.install, terms);
    const office = new Office(as, { userId, agentId }, id);
    for (const [nth, told] of policies.entries()) {
      await as.mutation(budgets.create, toBudget(told, nth, office.whose));
    }
    const opening = async () => (await office.budgets()).filter((one) => one.status !== "active");
    await expect.poll(opening, { interval: 5 }).toEqual([]);
    return office;
  }

  async budgets(): Promise<BudgetView[]> {
    return (await this.as.query(list, { paginationOpts })).page;
  }

  /** False: an agent is paused by it, and takes no more work. */
  async take(step: Step): Promise<boolean> {
    switch (step.kind) {
      case "reserve":
        return await this.reserve(step.call);
      case "skill":
        return await this.callSkill(step.call);
      case "end":
        await this.end(step);
        return true;
      case "increase":
        await this.increase(step);
        return true;
    }
  }

  private async check({ of, promptTokens, outputTokens }: Call): Promise<BudgetCheck> {
    const said = await this.as.query(check, { ...this.whose, ...of, promptTokens, outputTokens });
    expectFits(said, of);
    this.refusing = said.byId ?? this.refusing;
    return said;
  }

  /** Made of no other model: whatever does not fit is refused. */
  private async reserve(call: Call): Promise<boolean> {
    const { decision, byId, requestedTokens, requestedCostUsd } = await this.check(call);
    if (requestedCostUsd === null) return true; // nobody can say what to hold
    seen[decision]++;
    const key = `call ${++this.made}`;
    const asked = { key, agentId: this.whose.agentId, ...call.of, tokens: requestedTokens };
    const answer = await this.as.mutation(budgets.reserve, { ...asked, cost: requestedCostUsd });
    expect(answer.status).toBe(decision === "allow" ? "reserved" : "refused");
    if (answer.status === "reserved") {
      this.open.push(key);
      return true;
    }
    const by = await this.newest("refused");
    expect(by).toMatchObject({ reservationKey: `external/${key}` });
    expect(by.amount).toEqual({ usd: requestedCostUsd, tokens: requestedTokens });
    return await this.goesOn(by.policyId, { isElsewhere: decision !== "refuse", byId });
  }

  /** Made of the model that a budget sends it to. */
  private async callSkill({ of, promptTokens, outputTokens }: Call): Promise<boolean> {
    const { as } = this;
    const { agentId } = this.whose;
    const input = "x".repeat(promptTokens);
    await as.mutation(api.mutations.agents.update, { agentId, ...of, maxTokens: outputTokens });
    const sent = tokensAtMost(PROMPT + input) + HIDDEN_TOKENS_MAX;
    const said = await this.check({ of, promptTokens: sent, outputTokens });
    const { decision, byId } = said;
    seen[decision]++;
    const asked = { agentId, skill: this.skill, parameters: { input } };
    const done = await as.action(api.actions.external.executeSkill, asked);
    const wasCalled = done.tokensUsed > 0;
    expect(wasCalled, done.error).toBe(decision === "allow" || decision === "degrade");
    if (wasCalled) {
      const { page } = await as.query(api.queries.costs.listEvents, { paginationOpts });
      const called = decision === "degrade" ? said.degradeTo : of;
      expect(nameOf(page[0]!)).toBe(called && nameOf(called));
      if (decision === "degrade") expect((await this.newest("degraded")).policyId).toBe(byId);
      return true;
    }
    const by = await this.newest("refused");
    expect(by.policyId).toBe(byId);
    const named = decision === "price_unknown" ? `the budget "${by.budget}" bounds` : "not allow";
    expect(done.error).toContain(named);
    return await this.goesOn(by.policyId, { isElsewhere: false, byId });
  }

  /** Of several that would send it elsewhere, the last is told of and the first refuses it. */
  private async goesOn(
    policyId: Id<"budget_policies">,
    { isElsewhere, byId }: { isElsewhere: boolean; byId: BudgetCheck["byId"] },
  ): Promise<boolean> {
    const { action } = await this.as.query(api.queries.budgets.get, { policyId });
    if (action !== "degrade") expect([policyId, isElsewhere]).toEqual([byId, false]);
    return action !== "pause";
  }

  private async newest(kind: "refused" | "degraded") {
    const { page } = await this.as.query(events, { paginationOpts });
    return page.find((event) => event.kind === kind)!;
  }

  private async end({ nth, used }: Extract<Step, { kind: "end" }>): Promise<void> {
    const [key] = this.open.splice(nth % Math.max(this.open.length, 1), 1);
    if (key === undefined) return;
    const costs = { inputCost: formatUsd(BigInt(used) * 25_000_000n), outputCost: "0" };
    const spent = { key, inputTokens: used, outputTokens: 0, ...costs };
    if (used % 2 === 0) await this.as.mutation(budgets.release, { key });
    else await this.as.mutation(budgets.settle, spent);
  }

  private async increase({ nth, usd: amount, tokens: more }: Extract<Step, { kind: "increase" }>) {
    const all = await this.budgets();
    const one = all.find(({ _id }) => _id === this.refusing) ?? all[nth % all.length];
    if (one === undefined) return;
    const { cost, tokens: counted } = one;
    await this.as.mutation(budgets.increase, {
      policyId: one._id,
      reason: "for once",
      ...(cost.limit !== undefined && { amount: amount === "0" ? "0.01" : amount }),
      ...(counted.limit !== undefined && { amountTokens: more }),
    });
    seen.raised++;
  }
}

/** By the standings that are told beside it: a call is allowed only and always where it fits into whatever bounds it. */
function expectFits(
  { decision, requestedTokens, requestedCostUsd, budgets }: BudgetCheck,
  of: Model,
) {
  if (requestedCostUsd === null) return;
  const pico = parseUsd(requestedCostUsd)!;
  const fits = budgets.every(({ action, degradeTo, cost, tokens }) => {
    if (action === "warn") return true;
    if (degradeTo !== undefined && nameOf(degradeTo) === nameOf(of)) return true;
    const isInTokens = tokens.remaining === undefined || requestedTokens <= tokens.remaining;
    return isInTokens && (cost.remainingUsd === undefined || pico <= parseUsd(cost.remainingUsd)!);
  });
  expect(decision === "allow").toBe(fits);
}

test("says what becomes of a call", { timeout: 300_000 }, async () => {
  const t = await openConvexTest(simulatorVariables());
  onTestFinished(() => t.close());
  const property = fc.asyncProperty(
    fc.array(randomBudget, { minLength: 1, maxLength: 5 }),
    fc.array(step, { minLength: 8, maxLength: 16, size: "max" }),
    async (policies, steps) => {
      const office = await Office.open(t, policies);
      for (const one of steps) if (!(await office.take(one))) break;
    },
  );
  await assertCounted(property, RUNS, () => {
    expect(seen.allow).toBeGreaterThan(20);
    expect(seen.refuse).toBeGreaterThan(5);
    expect(seen.degrade).toBeGreaterThan(3);
    expect(seen.price_unknown).toBeGreaterThan(0);
    expect(seen.raised).toBeGreaterThan(5);
  });
});
