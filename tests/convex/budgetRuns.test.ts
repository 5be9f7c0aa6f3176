/** Budgets at work: what runs meet that do not fit, and what counts where. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { NewBudget } from "../../convex/model/budgets/policyFields";
import type { Simulator } from "../../src/providers/simulator/server";
import { failureOf, firstPage, onEachDriver, supportBot, tenantWith } from "./setup";
import { ENDED, runIn, sharedSetupWithSimulator, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const { create, increase } = api.mutations.budgets;
const { get, events } = api.queries.budgets;
const HOUR_MS = 60 * 60 * 1_000;

onEachDriver(() => {
  const open = sharedSetupWithSimulator();

  async function scene(subject: string): Promise<Scene> {
    const t = open();
    const member = await tenantWith(t, { subject });
    const agent = { ...supportBot(), skills: [], maxTokens: 1_000 };
    const agentId = await member.as.mutation(api.mutations.agents.create, agent);
    return { t, agentId, ...member };
  }

  async function budget({ as, agentId }: Scene, about: Partial<NewBudget>) {
    const whose = { name: "Ours", dimension: "agent", key: agentId, window: "month" } as const;
    const policyId = await as.mutation(create, { ...whose, ...about });
    await expect.poll(async () => (await as.query(get, { policyId })).status).toBe("active");
    return policyId;
  }

  async function answer({ as, agentId }: Scene) {
    const { runId } = await as.mutation(send, { agentId, content: "Say: hello" });
    return await runIn(as, runId, ENDED);
  }

  async function spend(of: Scene, inputCost: string, more: { responseTime?: number } = {}) {
    await of.as.mutation(api.mutations.costs.create, {
      agentId: of.agentId,
      model: "claude-opus-4-6",
      provider: "anthropic",
      inputTokens: 10,
      outputTokens: 0,
      inputCost,
      outputCost: 0,
      ...more,
    });
  }

  const kindsOf = async ({ as }: Scene, policyId: Id<"budget_policies">) => {
    const { page } = await as.query(events, { policyId, paginationOpts: firstPage });
    return page.flatMap(({ kind }) => (kind === "alerted" ? [] : [kind])).toReversed();
  };

  describe("a run whose call does not fit", () => {
    test("ends, and says by which budget, what is spent and held of it, and when it is whole again", async () => {
      const acme = await scene("refused");
      await spend(acme, "0.0042");
      const policyId = await budget(acme, { limit: "0.005" });
      const run = await answer(acme);
      const { resetsAtMs } = await acme.as.query(get, { policyId });
      const failed = { kind: "failed", reason: "budget_exceeded", refusedById: policyId };
      expect(run.state).toMatchObject(failed);
      const { detail } = run.state as { detail: string };
      for (const part of [
        '"Ours"',
        "0.005 USD",
        "0.0042 USD are spent",
        "0 USD held",
        new Date(resetsAtMs ?? 0).toISOString(),
      ]) {
        expect(detail).toContain(part);
      }
      expect(simulator.ledger.entries).toEqual([]);
      const { page } = await acme.as.query(events, { policyId, paginationOpts: firstPage });
      expect(page.filter(({ kind }) => kind === "refused")).toMatchObject([
        { agentId: acme.agentId, limit: { usd: "0.005" }, spent: { usd: "0.0042" } },
      ]);
      await acme.as.mutation(increase, { policyId, amount: "1", reason: "Once" });
      expect((await answer(acme)).state).toMatchObject({ kind: "completed" });
      const { cost } = await acme.as.query(get, { policyId });
      expect(cost).toMatchObject({ limitUsd: "1.005", reservedUsd: "0" });
      expect(Number(cost.spentUsd)).toBeGreaterThan(0.0042);
    });

    test("ends by what a setting bounds, too", async () => {
      const acme = await scene("setting");
      await acme.as.mutation(api.mutations.agents.update, {
        agentId: acme.agentId,
        monthlyBudget: "0.001",
      });
      await acme.t.action(internal.jobs.budgets.openAll, {});
      expect((await answer(acme)).state).toMatchObject({
        reason: "budget_exceeded",
        detail: expect.stringContaining('"The agent\'s monthly budget"') as string,
      });
      const { maxMonthlyTokens, slug } = { maxMonthlyTokens: 100, slug: "setting" };
      await acme.as.mutation(api.mutations.agents.update, {
        agentId: acme.agentId,
        monthlyBudget: null,
      });
      await acme.t.mutation(internal.jobs.tenants.setPlan, { slug, maxMonthlyTokens });
      await acme.t.action(internal.jobs.budgets.openAll, {});
      expect((await answer(acme)).state).toMatchObject({
        reason: "budget_exceeded",
        detail: expect.stringContaining("100 tokens") as string,
      });
      expect(simulator.ledger.entries).toEqual([]);
    });

    test("has its agent paused, which goes on with an increase", async () => {
      const acme = await scene("paused by a refusal");
      const policyId = await budget(acme, { limit: "0.0001", action: "pause" });
      expect((await answer(acme)).state).toMatchObject({ reason: "budget_exceeded" });
      const status = async () =>
        (await acme.as.query(api.queries.agents.get, { agentId: acme.agentId })).status;
      await expect.poll(status).toBe("paused");
      const sent = acme.as.mutation(send, { agentId: acme.agentId, content: "Say: hello" });
      expect(await failureOf(sent)).toMatchObject({
        kind: "conflict",
        reason: expect.stringContaining('paused by the budget "Ours" until') as string,
      });
      await acme.as.mutation(increase, { policyId, amount: "1", reason: "Once" });
      await expect.poll(status).toBe("active");
      expect((await answer(acme)).state).toMatchObject({ kind: "completed" });
      expect(await kindsOf(acme, policyId)).toEqual(["refused", "paused", "increased", "resumed"]);
    });

    test("calls the cheaper model in its place, and goes on being counted", async () => {
      const acme = await scene("degraded");
      const cheaper = { provider: "anthropic", model: "claude-haiku-4-5" } as const;
      const action = { action: "degrade", degradeTo: cheaper } as const;
      const policyId = await budget(acme, { limit: "0.0001", ...action });
      for (let n = 1; n <= 2; n++) {
        expect((await answer(acme)).state).toMatchObject({ kind: "completed" });
        expect(simulator.ledger.entries.map(({ model }) => model)).toEqual(
          Array.from({ length: n }, () => "claude-haiku-4-5"),
        );
      }
      const { page } = await acme.as.query(events, { policyId, paginationOpts: firstPage });
      expect(page[0]).toMatchObject({ kind: "degraded", model: cheaper });
      const { cost } = await acme.as.query(get, { policyId });
      expect(Number(cost.spentUsd)).toBeGreaterThan(0);
    });
  });

  describe("what is booked", () => {
    test("late counts in the period in which it began", async () => {
      const acme = await scene("late");
      const policyId = await budget(acme, { window: "hour", limit: 10 });
      await spend(acme, "1");
      await spend(acme, "2", { responseTime: HOUR_MS });
      const at = async (nowMs: number) =>
        (await acme.as.query(get, { policyId, nowMs })).cost.spentUsd;
      expect([await at(Date.now()), await at(Date.now() - HOUR_MS)].toSorted()).toEqual(["1", "2"]);
      // The next one has begun with nothing having been done about it.
      expect(await at(Date.now() + HOUR_MS)).toBe("0");
    });

    test("while a budget is being opened counts once, with what was there before", async () => {
      const acme = await scene("beside");
      for (let n = 1; n <= 5; n++) await spend(acme, "1");
      const windows = ["day", "week", "month", "total"] as const;
      const booking = Array.from({ length: 20 }, () => spend(acme, "0.5"));
      const policies = await Promise.all(
        windows.map((window) => budget(acme, { window, limit: 100 })),
      );
      await Promise.all(booking);
      for (const policyId of policies) {
        const { cost, tokens } = await acme.as.query(get, { policyId });
        expect(cost).toMatchObject({ spentUsd: "15", remainingUsd: "85" });
        expect(tokens.spent).toBe(250);
      }
      const { tenantId } = acme;
      const { differences } = await acme.t.action(internal.jobs.checks.check, { tenantId });
      expect(differences).toEqual([]);
    });
  });
});
