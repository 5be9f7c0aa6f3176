/** The ledger from outside: costs that callers report, and what retention draws together. */
import { describe, expect, test } from "vitest";
import { hourIn, periodOf } from "../../src/core/periods";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { countedOf } from "../../convex/model/costs/ledger";
import { NO_SUMS, plus } from "../../convex/model/rollups/sums";
import type { StoredSums } from "../../convex/validators";
import type { Backend } from "./drivers";
import {
  expectFailure,
  failureOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";
import { sumsOf } from "./sums";

const { create, cleanup } = api.mutations.costs;
const correction = { totalCost: "0.001", reason: "the bill" };
const DAY_MS = 24 * 60 * 60 * 1_000;

type Scene = Member & { t: Backend; agentId: Id<"agents"> };

async function scene(t: Backend, subject: string): Promise<Scene> {
  const member = await tenantWith(t, { subject });
  const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
  return { t, agentId, ...member };
}

/** As in the seeds' example "Track Cost". */
function reported(agentId: Id<"agents">) {
  return {
    agentId,
    model: "claude-opus-4",
    provider: "anthropic" as const,
    inputTokens: 100,
    outputTokens: 200,
    totalTokens: 300,
    inputCost: 0.0015,
    outputCost: 0.003,
    totalCost: 0.0045,
    channel: "dashboard",
  };
}

/** The tenant's ledger, summed from its rows. */
async function ledgerOf({ t, tenantId }: Scene) {
  return await t.run(async (ctx) => {
    const rows = await ctx.db
      .query("cost_events")
      .withIndex("by_tenant_and_timestamp", (q) => q.eq("tenantId", tenantId))
      .collect();
    const sum = { events: 0, tokens: 0, inputPico: 0n, outputPico: 0n, totalPico: 0n };
    for (const row of rows) {
      sum.events += row.eventCount ?? 1;
      sum.tokens += (row.usage.tokens.inputFresh ?? 0) + (row.usage.tokens.output ?? 0);
      sum.inputPico += row.inputCostPico;
      sum.outputPico += row.outputCostPico;
      sum.totalPico += row.totalCostPico;
    }
    return { rows, sum };
  });
}

/** So that what comes now is later than what was. */
async function nextMillisecond(): Promise<void> {
  const now = Date.now();
  await expect.poll(() => Date.now(), { interval: 1 }).toBeGreaterThan(now);
}

/** All that is summed beside the ledger. */
async function rollUpsOf({ t, tenantId }: Scene) {
  return await t.run(async (ctx) => await sumsOf(ctx, tenantId));
}

onEachDriver(() => {
  describe("costs.create", () => {
    const open = sharedSetup();

    test("takes the seeds' example as it stands, exactly, in the sums of tenant, agent and model", async () => {
      const acme = await scene(open(), "acme");
      await acme.as.mutation(create, reported(acme.agentId));
      expect(await acme.as.query(api.queries.costs.summary, {})).toMatchObject({
        today: 0.0045,
        month: 0.0045,
        total: 0.0045,
        modelBreakdown: [{ provider: "anthropic", model: "claude-opus-4", costUsd: "0.0045" }],
      });
      expect(
        await acme.as.query(api.queries.agents.stats, { agentId: acme.agentId }),
      ).toMatchObject({
        promptTokens: 100,
        completionTokens: 200,
        totalTokens: 300,
        totalCostUsd: "0.0045",
      });
    });

    test("counts in the session and the message that it names", async () => {
      const acme = await scene(open(), "named");
      const { sessionId, messageId } = await acme.as.mutation(api.mutations.messages.send, {
        agentId: acme.agentId,
        content: "Hello",
      });
      const cost = { ...reported(acme.agentId), conversationId: messageId, responseTime: 250 };
      const id = await acme.as.mutation(create, cost);
      const event = await acme.t.run(async (ctx) => await ctx.db.get("cost_events", id));
      expect(event).toMatchObject({ sessionId, messageId, usageSource: "reported" });
      expect((event?.endedAtMs ?? 0) - (event?.startedAtMs ?? 0)).toBe(250);
      expect(await acme.as.query(api.queries.sessions.get, { sessionId })).toMatchObject({
        totalCostUsd: "0.0045",
        totalTokens: 300,
      });
      const said = await acme.as.query(api.queries.conversations.get, {
        conversationId: messageId,
      });
      expect(said).toMatchObject({ costUsd: "0.0045", tokensUsed: 300 });

      const other = await acme.as.mutation(api.mutations.agents.create, supportBot());
      const stray = { ...reported(other), conversationId: messageId };
      expect(await failureOf(acme.as.mutation(create, stray))).toMatchObject({
        kind: "invalid_argument",
        field: "sessionId",
      });
    });

    test("with a key happens once; the key is no other report's", async () => {
      const acme = await scene(open(), "once");
      const keyed = { ...reported(acme.agentId), idempotencyKey: "call-7" };
      const first = await acme.as.mutation(create, keyed);
      expect(await acme.as.mutation(create, keyed)).toBe(first);
      expect((await ledgerOf(acme)).sum.events).toBe(1);
      const other = { ...keyed, inputCost: 0.002, totalCost: 0.005 };
      await expectFailure(acme.as.mutation(create, other), {
        kind: "idempotency_key_reused",
        key: "call-7",
      });
      // Without a key each report is a cost of its own.
      await acme.as.mutation(create, reported(acme.agentId));
      await acme.as.mutation(create, reported(acme.agentId));
      expect((await ledgerOf(acme)).sum).toMatchObject({ events: 3, totalPico: 13_500_000_000n });
    });

    test.each([
      ["totalTokens", { totalTokens: 301 }],
      ["totalCost", { totalCost: 0.0046 }],
      ["totalCost", { totalCost: "0.004500000001" }],
      ["inputTokens", { inputTokens: -1, totalTokens: 199 }],
      ["outputCost", { outputCost: -0.003 }],
      [
        "totalCost",
        { inputCost: "1000000.000000000001", outputCost: 0, totalCost: "1000000.000000000001" },
      ],
      ["totalCost", { inputCost: 600_000, outputCost: 600_000, totalCost: 1_200_000 }],
      ["model", { model: " " }],
      ["responseTime", { responseTime: -1 }],
    ])("refuses a bad %s and books nothing", async (field, bad) => {
      const acme = await scene(open(), `bad ${JSON.stringify(bad)}`);
      const before = await rollUpsOf(acme);
      const cost = { ...reported(acme.agentId), ...bad };
      expect(await failureOf(acme.as.mutation(create, cost))).toMatchObject({
        kind: "invalid_argument",
        field,
      });
      expect((await ledgerOf(acme)).rows).toEqual([]);
      expect(await rollUpsOf(acme)).toEqual(before);
    });

    test("takes a total as a sum of doubles gives it", async () => {
      const acme = await scene(open(), "doubles");
      const cost = { ...reported(acme.agentId), inputCost: 123_456.1, outputCost: 0.2 };
      await acme.as.mutation(create, { ...cost, totalCost: 123_456.1 + 0.2 });
      expect((await ledgerOf(acme)).sum.totalPico).toBe(123_456_300_000_000_000n);
    });
  });

  describe("costs.cleanup", () => {
    const open = sharedSetup();

    test("draws old events together, a row for each model and day, and no sum changes", async () => {
      const acme = await scene(open(), "old");
      const nowMs = Date.now();
      const models = ["claude-opus-4", "claude-haiku-4-5"];
      // 450 of two models on three days of 40 days ago, and 2 of today: more than a batch of old ones.
      for (let n = 0; n < 450; n++) {
        const { totalCost: _totalCost, ...cost } = reported(acme.agentId);
        const inputCost = `0.${String(n + 1).padStart(12, "0")}`;
        await acme.as.mutation(create, { ...cost, model: models[n % 2] ?? "", inputCost });
      }
      await acme.t.run(async (ctx) => {
        const rows = await ctx.db
          .query("cost_events")
          .withIndex("by_tenant_and_timestamp", (q) => q.eq("tenantId", acme.tenantId))
          .collect();
        for (const [n, row] of rows.entries()) {
          const timestamp = nowMs - (40 + (n % 3)) * DAY_MS;
          const period = hourIn("UTC", timestamp);
          await ctx.db.patch("cost_events", row._id, { timestamp, period });
        }
      });
      await acme.as.mutation(create, reported(acme.agentId));
      await acme.as.mutation(create, reported(acme.agentId));
      const before = { ledger: await ledgerOf(acme), rollUps: await rollUpsOf(acme) };

      const started = await acme.as.mutation(cleanup, { before: nowMs - 35 * DAY_MS });
      expect(started).toEqual({ summarizedCount: 200, isDone: false });
      await expect
        .poll(async () => (await ledgerOf(acme)).rows.map(({ kind }) => kind).toSorted())
        .toEqual(["attempt", "attempt", ...Array<string>(6).fill("summary")]);

      const after = await ledgerOf(acme);
      expect(after.sum).toEqual(before.ledger.sum);
      expect(await rollUpsOf(acme)).toEqual(before.rollUps);
      const again = await acme.as.mutation(cleanup, { before: nowMs - 35 * DAY_MS });
      expect(again).toEqual({ summarizedCount: 0, isDone: true });
      expect((await ledgerOf(acme)).rows).toEqual(after.rows);
    });

    test("keeps each row in its day of the tenant's zone, and what has no price counted", async () => {
      const acme = await scene(open(), "far east");
      const { t, tenantId } = acme;
      const timeZone = "Asia/Kolkata";
      await t.run((ctx) => ctx.db.patch("tenants", tenantId, { timeZone }));
      // Around an Indian midnight, which is no midnight of UTC's.
      const midnight = Date.UTC(2026, 4, 9, 18, 30);
      const moments = [midnight - 1, midnight, midnight + 1];
      for (const [n, timestamp] of moments.entries()) {
        const id = await acme.as.mutation(create, reported(acme.agentId));
        if (n === 2) await acme.as.mutation(api.mutations.costs.correct, { id, ...correction });
        await t.run(async (ctx) => {
          const event = await ctx.db.get("cost_events", id);
          const own = ctx.db
            .query("cost_events")
            .withIndex("by_adjusted", (q) =>
              q.eq("tenantId", tenantId).eq("adjusts", event?.attemptId),
            );
          for (const row of [event, ...(await own.collect())]) {
            if (row === null) continue;
            const unpriced = row.kind === "attempt" ? ["output"] : [];
            const period = hourIn(timeZone, timestamp);
            await ctx.db.patch("cost_events", row._id, { timestamp, period, unpriced });
          }
        });
      }
      const byDay = async () => {
        const sums = new Map<string, StoredSums>();
        for (const row of (await ledgerOf(acme)).rows) {
          const day = periodOf("day", row.period);
          sums.set(day, plus(sums.get(day) ?? NO_SUMS, countedOf(row).delta));
        }
        return sums;
      };
      const before = await byDay();
      expect(before.get("2026-05-09")).toMatchObject({ costEvents: 1, unpricedEvents: 1 });
      expect(before.get("2026-05-10")).toMatchObject({ costEvents: 3, unpricedEvents: 2 });
      const rollUps = await rollUpsOf(acme);
      await acme.as.mutation(cleanup, { before: Date.UTC(2026, 5, 1) });
      expect((await ledgerOf(acme)).rows).toMatchObject([
        { kind: "summary", period: "2026-05-09" },
        { kind: "summary", period: "2026-05-10" },
      ]);
      expect(await byDay()).toEqual(before);
      expect(await rollUpsOf(acme)).toEqual(rollUps);
    });

    test("leaves the last 30 days alone, and other tenants", async () => {
      const acme = await scene(open(), "recent");
      const rival = await scene(open(), "rival");
      await acme.as.mutation(create, reported(acme.agentId));
      await rival.as.mutation(create, reported(rival.agentId));
      const early = acme.as.mutation(cleanup, { before: Date.now() - 29 * DAY_MS });
      expect(await failureOf(early)).toMatchObject({ kind: "invalid_argument", field: "before" });
      // The job of another tenant's retention, for a moment to come: this tenant's rows are not its business.
      const { tenantId } = acme;
      const all = { tenantId, beforeMs: Date.now() + DAY_MS };
      await acme.t.mutation(internal.jobs.costs.summarizeRest, all);
      expect((await ledgerOf(acme)).rows).toMatchObject([{ kind: "summary" }]);
      expect((await ledgerOf(rival)).rows).toMatchObject([{ kind: "attempt" }]);
    });
  });

  describe("agents.updateStats", () => {
    const open = sharedSetup();

    test("counts messages of elsewhere for the agent and the tenant", async () => {
      const acme = await scene(open(), "stats");
      const { agentId } = acme;
      await acme.as.mutation(api.mutations.agents.updateStats, { agentId, messageCount: 3 });
      await acme.as.mutation(api.mutations.agents.updateStats, { agentId, messageCount: 4 });
      for (const of of [{ agentId }, {}]) {
        expect(await acme.as.query(api.queries.agents.stats, of)).toMatchObject({
          messageCount: 7,
        });
      }
      const { recent } = api.queries.agents;
      expect(await acme.as.query(recent, {})).toMatchObject([{ _id: agentId }]);
      const later = await acme.as.mutation(api.mutations.agents.create, supportBot());
      await acme.as.mutation(create, reported(later));
      for (const one of [agentId, later]) {
        await nextMillisecond();
        await acme.as.mutation(create, reported(one));
      }
      expect((await acme.as.query(recent, {})).map(({ _id }) => _id)).toEqual([later, agentId]);
      await acme.as.mutation(api.mutations.agents.remove, { agentId: later });
      expect(await acme.as.query(recent, {})).toMatchObject([{ _id: agentId }]);

      const none = acme.as.mutation(api.mutations.agents.updateStats, { agentId, messageCount: 0 });
      expect(await failureOf(none)).toMatchObject({ field: "messageCount" });
    });
  });
});
