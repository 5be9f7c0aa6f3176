/** How far a run may go: in money, tokens, time and rounds of tools, by its agent's settings. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Simulator } from "../../src/providers/simulator/server";
import { failureOf, firstPage, onEachDriver } from "./setup";
import { ENDED, ledgerOf, runIn, scene, sendUnheard, simulatorFor, type Scene } from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterEach(() => simulator.control.reset());
afterAll(() => simulator.close());

const { send } = api.mutations.messages;
const { update } = api.mutations.agents;
const SUM = 'Call: calculator {"expression":"6 * 7"}';
const LONG = `Say: ${"one two three four five six seven eight nine ten ".repeat(40)}`;

/** What the message cost in picoUSD, and what became of it. */
async function answerTo({ as, agentId, ...stage }: Scene, content: string) {
  const sent = await as.mutation(send, { agentId, content });
  const run = await runIn(as, sent.runId, ENDED);
  const { total } = await ledgerOf({ as, agentId, ...stage });
  const { page } = await as.query(api.queries.messages.list, {
    sessionId: sent.sessionId,
    paginationOpts: firstPage,
  });
  return { run, spentPico: total, reply: page[0] };
}

onEachDriver(() => {
  describe("a run", () => {
    test("spends no more than its agent allows for a message: the reply ends where the money does", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      await as.mutation(update, { agentId, maxTokens: 4_000, maxCostPerMessage: "0.01" });
      const { run, spentPico, reply } = await answerTo(stage, LONG);
      expect(run.state.kind).toBe("completed");
      expect(reply?.content.length).toBeGreaterThan(100);
      expect(reply?.content.length).toBeLessThan(LONG.length - 200);
      expect(spentPico).toBeLessThanOrEqual(10_000_000_000n);
      expect(spentPico).toBeGreaterThan(7_000_000_000n);
    });

    test("makes no call that its money does not reach for, and says so", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      await as.mutation(update, { agentId, maxCostPerMessage: "0.0001" });
      const { run, spentPico } = await answerTo(stage, "Say: hello");
      expect(run.state).toMatchObject({
        kind: "failed",
        reason: "budget_exceeded",
        detail: expect.stringContaining("0.0001 USD"),
      });
      expect(spentPico).toBe(0n);
      expect(simulator.ledger.entries).toEqual([]);
    });

    test("counts what its calls of before have cost", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const tools = [{ name: "calculator" as const }];
      await as.mutation(update, { agentId, tools });
      const sum = (_: unknown, n: number) => `Call: calculator {"expression":"6 * ${n}"}`;
      const rounds = Array.from({ length: 9 }, sum).join("\nthen\n");
      const free = await answerTo(stage, rounds);
      expect(free.run.state.kind).toBe("completed");
      simulator.control.reset();
      // Enough for some of the same calls, and not for all of them.
      const maxCostPerMessage = free.run.totalCost / 2;
      await as.mutation(update, { agentId, maxCostPerMessage });
      const bounded = await answerTo(stage, rounds);
      expect(bounded.run.state).toMatchObject({ kind: "failed", reason: "budget_exceeded" });
      expect(simulator.ledger.entries.length).toBeGreaterThan(1);
      expect(bounded.run.totalCost).toBeLessThanOrEqual(maxCostPerMessage);
    });

    test("of a model without a price is not made where cost is bounded", async () => {
      const stage = await scene({ provider: "openai", model: "gpt-unheard-of" });
      const { as, agentId } = stage;
      await as.mutation(update, { agentId, maxCostPerMessage: 1 });
      const { run } = await answerTo(stage, "Say: hello");
      expect(run.state).toMatchObject({ kind: "failed", reason: "price_unknown" });
      expect(simulator.ledger.entries).toEqual([]);
    });

    test("calls no model once its tokens are used", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const limits = { tokens: 10 };
      await as.mutation(update, { agentId, tools: [{ name: "calculator" }], limits });
      const { run } = await answerTo(stage, `${SUM}\nthen\n${SUM}`);
      expect(run.state).toMatchObject({
        kind: "failed",
        reason: "limit_reached",
        detail: expect.stringContaining("10 tokens"),
      });
      expect(simulator.ledger.entries).toHaveLength(1);
    });

    test("ends when its own time is over, and what people took is not its own", async () => {
      const stage = await scene();
      const { as, t, agentId } = stage;
      await as.mutation(update, { agentId, limits: { minutes: 5 } });
      for (const { waitedMs, kind } of [
        { waitedMs: 0, kind: "failed" },
        { waitedMs: 90_000, kind: "completed" },
      ]) {
        const { runId } = await sendUnheard(stage);
        const startedAt = Date.now() - 6 * 60_000;
        await t.run((ctx) =>
          ctx.db.patch("runs", runId, { startedAt, waitedMs, reapAtMs: Date.now() - 1 }),
        );
        await t.run(async (ctx) => {
          await ctx.runMutation(internal.jobs.reaper.reap, {});
        });
        const run = await runIn(as, runId, ENDED);
        expect(run.state.kind).toBe(kind);
        if (kind === "failed") expect(run.state.detail).toContain("5 minutes");
      }
    });

    test("calls tools as often as its agent allows", async () => {
      const stage = await scene();
      const { as, agentId } = stage;
      const limits = { toolRounds: 2 };
      await as.mutation(update, { agentId, tools: [{ name: "calculator" }], limits });
      const { run } = await answerTo(stage, `${SUM}\nthen\n${SUM}\nthen\n${SUM}`);
      expect(run.state).toMatchObject({ kind: "failed", reason: "limit_reached" });
      expect(simulator.ledger.entries).toHaveLength(3);
    });

    test("has limits within reason, which can be taken away", async () => {
      const { as, agentId } = await scene();
      for (const [field, value] of [
        ["toolRounds", 0],
        ["minutes", 1.5],
        ["tokens", 0],
      ] as const) {
        const limits = { [field]: value };
        expect(await failureOf(as.mutation(update, { agentId, limits }))).toMatchObject({
          kind: "invalid_argument",
          field: `limits.${field}`,
        });
      }
      const { get } = api.queries.agents;
      await as.mutation(update, { agentId, limits: { minutes: 5 } });
      expect((await as.query(get, { agentId })).limits).toEqual({ minutes: 5 });
      await as.mutation(update, { agentId, limits: null });
      expect((await as.query(get, { agentId })).limits).toBeUndefined();
    });
  });
});
