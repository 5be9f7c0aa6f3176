/** Sums beyond what one stored amount holds: costs go on being booked, and budgets and sessions say what was spent. */
import { expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { MutationCtx, QueryCtx } from "../../convex/_generated/server";
import type { NewBudget } from "../../convex/model/budgets/policyFields";
import { outcomeOf } from "../../convex/model/completions/outcome";
import { recordAt } from "../../convex/model/costs/attempts";
import { CALL_PICO_MAX } from "../../src/core/money";
import { failureOf, onEachDriver, sharedSetup, supportBot, tenantWith } from "./setup";
import { sendUnheard, type Scene } from "./turn";

const MODEL = { provider: "anthropic", model: "claude-opus-4-6" } as const;
const MOST = "9223372.036854775807"; // 2^63 - 1 picodollars
const budgets = api.mutations.budgets;

onEachDriver(() => {
  const open = sharedSetup();

  async function scene(subject: string): Promise<Scene> {
    const member = await tenantWith(open(), { subject });
    const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
    return { t: open(), agentId, ...member };
  }

  async function budget({ as, agentId: key }: Scene, about: Partial<NewBudget>) {
    const all = { name: "All of it", dimension: "agent", key, window: "total" } as const;
    const policyId = await as.mutation(budgets.create, { ...all, ...about });
    const status = async () => (await as.query(api.queries.budgets.get, { policyId })).status;
    await expect.poll(status).toBe("active");
    return policyId;
  }

  async function reserve({ as, agentId }: Scene, key: string) {
    const asked = { key, agentId, ...MODEL, tokens: 1, cost: "1" };
    return await as.mutation(budgets.reserve, asked);
  }

  test("12,000,000 USD of one session are booked, counted and told, to the last one", async () => {
    const acme = await scene("twelve million");
    const { t, as, agentId, tenantId } = acme;
    const hard = await budget(acme, { limit: "9000000" });
    const soft = await budget(acme, { limit: "9000000", action: "warn" });
    const { sessionId, messageId } = await sendUnheard(acme);
    for (let n = 0; n < 12; n++) {
      const used = { inputTokens: 1, outputTokens: 1, inputCost: "999999.99", outputCost: "0.01" };
      const of = { agentId, sessionId, conversationId: messageId, ...MODEL };
      await as.mutation(api.mutations.costs.create, { ...of, ...used });
    }
    const late = await budget(acme, { limit: "9000000" }); // carries in what was spent before
    const session = await as.query(api.queries.sessions.get, { sessionId });
    expect(session.totalCostUsd).toBe("12000000");
    const paginationOpts = { numItems: 10, cursor: null };
    const { page: said } = await as.query(api.queries.messages.list, { sessionId, paginationOpts });
    expect(said.map(({ cost }) => cost?.amountUsd)).toEqual(["12000000"]);
    for (const policyId of [hard, soft, late]) {
      const { cost } = await as.query(api.queries.budgets.get, { policyId });
      expect(cost).toMatchObject({ spentUsd: "12000000", remainingUsd: "-3000000" });
    }

    const refused = await reserve(acme, "one more");
    expect(refused).toMatchObject({
      status: "refused",
      reason: expect.stringContaining("of 9000000 USD, 12000000 USD are spent") as string,
    });
    const told = async () => {
      const { page } = await as.query(api.queries.budgets.events, { paginationOpts });
      return page.filter(({ spent }) => spent?.usd === "12000000").map(({ kind }) => kind);
    };
    await expect.poll(told).toEqual(expect.arrayContaining(["refused", "alerted"]));
    const { differences } = await t.action(internal.jobs.checks.check, { tenantId });
    expect(differences).toEqual([]);

    // What others hold and spend of other agents is not their business.
    const other = {
      ...acme,
      agentId: await as.mutation(api.mutations.agents.create, supportBot()),
    };
    expect((await reserve(other, "another's")).status).toBe("reserved");
  });

  test("12,000,000 USD of one run and step are booked and told, to the last one", async () => {
    const acme = await scene("twelve million of a run");
    const { t, as, agentId, tenantId } = acme;
    const { sessionId, messageId, runId } = await sendUnheard(acme);
    const called = { provider: "openai_compatible", model: "dear" } as const;
    await t.run(async (ctx) => {
      const sums = { totalCostPico: 0n, totalTokens: 0 };
      const is = { status: "running", attempts: [], startedAt: 0, kind: "model_call" } as const;
      const row = { tenantId, runId, index: 0, ...called, ...sums, ...is, attempts: [] };
      const stepId = await ctx.db.insert("run_steps", row);
      for (let n = 0; n < 12; n++) {
        await recordAt(
          ctx as MutationCtx,
          { tenantId },
          {
            billed: {
              attempt: { attemptId: `attempt ${n}`, kind: "primary", startedAtMs: 1, ...called },
              status: "ok",
              report: {
                usage: { tokens: { output: 1 }, reasoningTokens: 0, toolUnits: {} },
                source: "provider",
                reconciliation: "ok",
                notes: [],
                reportedCostPico: CALL_PICO_MAX,
              },
              facts: {},
              endedAtMs: 2,
            },
            place: { agentId, sessionId, messageId, runId, stepId },
            nowMs: 2,
          },
        );
      }
    });
    const run = await as.query(api.queries.runs.get, { runId });
    const { steps } = await as.query(api.queries.runs.trace, { runId });
    const told = [run, ...steps].map(({ totalCost, totalCostUsd }) => [totalCost, totalCostUsd]);
    expect(told).toEqual([
      [12_000_000, "12000000"],
      [12_000_000, "12000000"],
    ]);
    const outcome = await t.run(async (ctx) => {
      const row = await ctx.db.get("runs", runId);
      const state = { kind: "cancelled", endedAtMs: 3 } as const;
      return await outcomeOf(ctx as QueryCtx, { ...row!, state });
    });
    expect(outcome?.cost).toMatchObject({ total: 12_000_000, totalUsd: "12000000" });
  });

  test("whoever sets a limit that no amount can be is told so at once", async () => {
    const acme = await scene("no such amount");
    const { as } = acme;
    const tooMuch = failureOf(budget(acme, { limit: "9223372.036854775808" }));
    expect(await tooMuch).toMatchObject({ kind: "invalid_argument", field: "limit" });
    const policyId = await budget(acme, { limit: MOST });
    const more = { policyId, amount: "0.000000000001", reason: "more" };
    expect(await failureOf(as.mutation(budgets.increase, more))).toMatchObject({
      kind: "invalid_argument",
      field: "amount",
      reason: expect.stringContaining(`more than ${MOST} USD`) as string,
    });
    expect((await reserve(acme, "fits")).status).toBe("reserved");
  });

  test("a limit that is raised beyond it by what was granted before stands at the most there is", async () => {
    const acme = await scene("raised");
    const { as } = acme;
    const policyId = await budget(acme, { limit: "5000000" });
    await as.mutation(budgets.increase, { policyId, amount: "4000000", reason: "more" });
    await as.mutation(budgets.update, { policyId, limit: "9000000" });
    expect((await reserve(acme, "fits")).status).toBe("reserved");
    const { cost } = await as.query(api.queries.budgets.get, { policyId });
    expect(cost).toMatchObject({ limitUsd: MOST, increaseUsd: "4000000", reservedUsd: "1" });
  });
});
