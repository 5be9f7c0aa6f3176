/** Which budgets a call falls under, which of them binds, and what would become of it. */
import { expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { NewBudget } from "../../convex/model/budgets/policyFields";
import { failureOf, onEachDriver, sharedSetup, supportBot, tenantWith, type Member } from "./setup";

const { effective, check, get } = api.queries.budgets;
const MODEL = "anthropic/claude-opus-4-6"; // the support bot's

type Scene = Member & { agentId: Id<"agents"> };

onEachDriver(() => {
  const open = sharedSetup();

  async function scene(subject: string): Promise<Scene> {
    const member = await tenantWith(open(), { subject });
    const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
    return { agentId, ...member };
  }

  async function spend({ as, agentId }: Scene, inputCost: string, tokens = 0): Promise<void> {
    const model = { model: "claude-opus-4-6", provider: "anthropic" } as const;
    const used = { inputTokens: tokens, outputTokens: 0, inputCost, outputCost: 0 };
    await as.mutation(api.mutations.costs.create, { agentId, ...model, ...used });
  }

  /** Made, and with what was spent before. */
  async function budget({ as }: Scene, about: Partial<NewBudget>) {
    const policyId = await as.mutation(api.mutations.budgets.create, {
      name: "One",
      dimension: "tenant",
      window: "month",
      ...about,
    });
    await expect.poll(async () => (await as.query(get, { policyId })).status).toBe("active");
    return policyId;
  }

  test("are all that count the call, the most specific first, and no other", async () => {
    const acme = await scene("matching");
    const { agentId, userId } = acme;
    const other = await acme.as.mutation(api.mutations.agents.create, supportBot());
    const one = { limit: 10 };
    const tenant = await budget(acme, one);
    const agent = await budget(acme, { ...one, dimension: "agent", key: agentId });
    const provider = await budget(acme, { ...one, dimension: "provider", key: "anthropic" });
    const model = await budget(acme, { ...one, dimension: "model", key: MODEL });
    const user = await budget(acme, { ...one, dimension: "user", key: userId });
    await budget(acme, { ...one, dimension: "agent", key: other });
    await budget(acme, { ...one, dimension: "provider", key: "openai" });
    await budget(acme, { ...one, dimension: "model", key: "anthropic/claude-haiku-4-5" });
    const off = await budget(acme, one);
    await acme.as.mutation(api.mutations.budgets.update, { policyId: off, enabled: false });

    const found = await acme.as.query(effective, { agentId, userId });
    expect(found.budgets.map(({ _id }) => _id)).toEqual([user, model, provider, agent, tenant]);
    const plain = await acme.as.query(effective, { agentId });
    expect(plain.budgets.map(({ _id }) => _id)).toEqual([model, provider, agent, tenant]);
    const called = { provider: "openai", model: "gpt-6-luna" } as const;
    const elsewhere = await acme.as.query(effective, { agentId: other, ...called });
    expect(elsewhere.budgets.map(({ key }) => key)).toEqual(["openai", other, ""]);
  });

  test("the one binds of which the least is left, whatever is only counted", async () => {
    const acme = await scene("binding");
    const { agentId } = acme;
    expect(await acme.as.query(effective, { agentId })).toEqual({ budgets: [], bindingId: null });
    await spend(acme, "6", 100);
    await budget(acme, { limit: "6.5", action: "warn" });
    const wide = await budget(acme, { limit: "12" }); // half is left
    expect(await acme.as.query(effective, { agentId })).toMatchObject({ bindingId: wide });
    const agent = { dimension: "agent", key: agentId } as const;
    const same = await budget(acme, { ...agent, limit: "12" });
    expect(await acme.as.query(effective, { agentId })).toMatchObject({ bindingId: same });
    const tokens = await budget(acme, { limitTokens: 150, limit: "100" }); // a third
    expect(await acme.as.query(effective, { agentId })).toMatchObject({ bindingId: tokens });
    await spend(acme, "0");
    const more = { policyId: tokens, amountTokens: 1_000, reason: "More" };
    await acme.as.mutation(api.mutations.budgets.increase, more);
    expect(await acme.as.query(effective, { agentId })).toMatchObject({ bindingId: same });
  });

  test("a call is allowed up to the last token and refused one beyond, and nothing is held", async () => {
    const acme = await scene("check");
    const { agentId } = acme;
    const call = { agentId, promptTokens: 900, outputTokens: 100 };
    expect(await acme.as.query(check, call)).toMatchObject({
      decision: "allow",
      byId: null,
      bindingId: null,
      requestedTokens: 1_000,
    });
    const policyId = await budget(acme, { limitTokens: 1_000 });
    expect(await acme.as.query(check, call)).toMatchObject({
      decision: "allow",
      bindingId: policyId,
    });
    const larger = { ...call, outputTokens: 101 };
    expect(await acme.as.query(check, larger)).toMatchObject({
      decision: "refuse",
      byId: policyId,
    });
    expect(await acme.as.query(get, { policyId })).toMatchObject({ tokens: { reserved: 0 } });
    const bad = acme.as.query(check, { ...call, promptTokens: -1 });
    expect(await failureOf(bad)).toMatchObject({ field: "promptTokens" });
  });

  test("four budgets may send a call on, each to a cheaper model, and the fifth refuses it", async () => {
    const acme = await scene("sent on");
    const { agentId } = acme;
    const call = { agentId, promptTokens: 10, outputTokens: 10 };
    const sending = (model: string) => {
      const degradeTo = { provider: "openai_compatible", model } as const;
      return { limitTokens: 1, action: "degrade", degradeTo } as const;
    };
    for (const model of ["one", "two", "three"]) await budget(acme, sending(model));
    const fourth = await budget(acme, sending("four"));
    expect(await acme.as.query(check, call)).toMatchObject({
      decision: "degrade",
      byId: fourth,
      degradeTo: { model: "four" },
    });
    const fifth = await budget(acme, sending("five"));
    expect(await acme.as.query(check, call)).toMatchObject({ decision: "refuse", byId: fifth });
  });

  test("a call goes to the cheaper model, waits, or has no known price, as its budgets say", async () => {
    const acme = await scene("decisions");
    const { agentId } = acme;
    const call = { agentId, promptTokens: 1_000_000, outputTokens: 1_000 };
    const requested = await acme.as.query(check, call);
    expect(Number(requested.requestedCostUsd)).toBeGreaterThan(1);
    const cheaper = { provider: "anthropic", model: "claude-haiku-4-5" } as const;
    const action = { action: "degrade", degradeTo: cheaper } as const;
    const soft = await budget(acme, { limit: "1", ...action });
    expect(await acme.as.query(check, call)).toMatchObject({
      decision: "degrade",
      byId: soft,
      degradeTo: cheaper,
    });
    await budget(acme, { limit: "0.01", action: "warn" });
    expect(await acme.as.query(check, call)).toMatchObject({ decision: "degrade" });
    const hard = await budget(acme, { limit: requested.requestedCostUsd ?? "" });
    expect(await acme.as.query(check, call)).toMatchObject({ decision: "degrade" });
    await acme.as.mutation(api.mutations.budgets.remove, { policyId: soft });
    expect(await acme.as.query(check, call)).toMatchObject({ decision: "allow", bindingId: hard });
    const unknown = { ...call, provider: "openai_compatible", model: "of nobody" } as const;
    expect(await acme.as.query(check, unknown)).toMatchObject({
      decision: "price_unknown",
      byId: hard,
      requestedCostUsd: null,
    });
    // What a budget sends elsewhere needs no price, and the cheaper model has to fit as well.
    await acme.as.mutation(api.mutations.budgets.remove, { policyId: hard });
    const degrading = await budget(acme, { limit: "1", ...action });
    expect(await acme.as.query(check, unknown)).toMatchObject({
      decision: "degrade",
      byId: degrading,
    });
    expect(await acme.as.query(check, { ...call, ...cheaper })).toMatchObject({
      decision: "allow",
    });
    const tight = await budget(acme, { limit: "0.001" });
    expect(await acme.as.query(check, call)).toMatchObject({ decision: "refuse", byId: tight });
    // As while what was spent before is carried in; in one transaction, lest it be opened in between.
    const answer = await acme.as.run(async (ctx) => {
      await ctx.db.patch("budget_policies", tight, { status: "opening", updatedAt: 0 });
      return await ctx.runQuery(check, call);
    });
    expect(answer).toMatchObject({ decision: "wait", byId: tight });
  });
});
