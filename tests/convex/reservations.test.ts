/** Budgets on the way of a run: what is held, what is refused, and what is booked when nobody says what was used. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { formatUsd } from "../../src/core/money";
import type { Simulator } from "../../src/providers/simulator/server";
import type { Backend } from "./drivers";
import { onEachDriver, supportBot, tenantWith } from "./setup";
import {
  ENDED,
  loseLease,
  runIn,
  sendUnheard,
  sharedSetupWithSimulator,
  simulatorFor,
  type Scene,
} from "./turn";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await simulatorFor();
});
afterAll(async () => {
  await simulator.close();
});

const MODEL = { provider: "anthropic", model: "claude-opus-4-6" } as const;
const CHEAPER = { provider: "anthropic", model: "claude-haiku-4-5" } as const;

let scenes = 0;
async function sceneOn(t: Backend): Promise<Scene> {
  const acme = await tenantWith(t, { subject: `budgets ${scenes++}` });
  const agentId = await acme.as.mutation(api.mutations.agents.create, {
    ...supportBot(),
    ...MODEL,
  });
  return { t, agentId, ...acme };
}

type Changes = { limit?: string; action?: "block" | "degrade" };

async function bound(acme: Scene, { limit = "1", action = "block" }: Changes = {}) {
  const { as, agentId, t } = acme;
  const policyId = await as.mutation(api.mutations.budgets.create, {
    name: "Support",
    dimension: "agent",
    key: agentId,
    window: "month",
    limit,
    action,
    ...(action === "degrade" && { degradeTo: CHEAPER }),
  });
  await expect
    .poll(async () => (await t.run((ctx) => ctx.db.get("budget_policies", policyId)))?.status)
    .toBe("active");
  return policyId;
}

async function send(acme: Scene) {
  const { as, agentId } = acme;
  return await as.mutation(api.mutations.messages.send, { agentId, content: "Hi" });
}

async function rowsOf({ t, tenantId }: Scene) {
  return await t.run(async (ctx) => ({
    reservations: await ctx.db
      .query("budget_reservations")
      .withIndex("by_key", (q) => q.eq("tenantId", tenantId))
      .collect(),
    shards: await ctx.db
      .query("budget_shards")
      .withIndex("by_counter", (q) => q.eq("tenantId", tenantId))
      .collect(),
    events: await ctx.db
      .query("budget_events")
      .withIndex("by_time", (q) => q.eq("tenantId", tenantId))
      .collect(),
    booked: await ctx.db
      .query("cost_events")
      .withIndex("by_tenant_and_timestamp", (q) => q.eq("tenantId", tenantId))
      .collect(),
  }));
}

/** Has its one attempt end, without what ends with it. */
async function endAttempt(
  { t, tenantId }: Scene,
  runId: Id<"runs">,
  status: "error" | "running",
): Promise<void> {
  await t.run(async (ctx) => {
    const step = await ctx.db
      .query("run_steps")
      .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", runId))
      .first();
    if (step === null) throw new Error("the call was begun");
    const attempts = step.attempts.map((attempt) => ({ ...attempt, status }));
    await ctx.db.patch("run_steps", step._id, { attempts });
  });
}

onEachDriver(() => {
  describe("a run under a budget", () => {
    const deployment = sharedSetupWithSimulator();

    test("holds what its call may come to, and is counted with what it came to", async () => {
      const acme = await sceneOn(deployment());
      await bound(acme);
      const { runId } = await send(acme);
      expect((await runIn(acme.as, runId, ENDED)).state.kind).toBe("completed");
      const { reservations, shards, booked } = await rowsOf(acme);
      const [cost] = booked;
      expect(reservations).toMatchObject([{ state: "settled", key: cost?.attemptId }]);
      expect(reservations[0]?.actual?.pico).toBe(cost?.totalCostPico);
      expect(reservations[0]?.reserved.pico).toBeGreaterThan(cost?.totalCostPico ?? 0n);
      expect(shards.every(({ reserved }) => reserved.pico === 0n && reserved.tokens === 0)).toBe(
        true,
      );
      expect(shards.map(({ used }) => used.pico)).toEqual([cost?.totalCostPico]);
    });

    test("is refused with a sentence where it does not fit, and calls nobody", async () => {
      const acme = await sceneOn(deployment());
      const policyId = await bound(acme, { limit: "0.000001" });
      const { runId } = await send(acme);
      const { state } = await runIn(acme.as, runId, ENDED);
      expect(state).toMatchObject({ kind: "failed", reason: "budget_exceeded" });
      expect("detail" in state && state.detail).toMatch(
        /^The budget "Support" does not allow the call: of 0\.000001 USD, 0 USD are spent and 0 USD held for calls under way, and this one may come to \d+\.\d+ USD\. It is whole again at \d{4}-\d\d-01T00:00:00\.000Z\.$/,
      );
      const { reservations, events, booked } = await rowsOf(acme);
      expect([reservations, booked]).toEqual([[], []]);
      expect(events).toMatchObject([{ kind: "refused", policyId, limit: { pico: 1_000_000n } }]);
    });

    test("goes to the cheaper model that the budget names", async () => {
      const acme = await sceneOn(deployment());
      const policyId = await bound(acme, { limit: "0.000001", action: "degrade" });
      const { runId } = await send(acme);
      expect((await runIn(acme.as, runId, ENDED)).state.kind).toBe("completed");
      const { events, booked, shards } = await rowsOf(acme);
      expect(booked).toMatchObject([CHEAPER]);
      expect(events).toMatchObject([{ kind: "degraded", policyId, model: CHEAPER }]);
      // It goes on being counted.
      expect(shards.map(({ used }) => used.pico)).toEqual([booked[0]?.totalCostPico]);
    });

    test("that is lost is booked at what was held", async () => {
      const acme = await sceneOn(deployment());
      await bound(acme);
      const { runId } = await sendUnheard(acme);
      await acme.t.run((ctx) =>
        ctx.runMutation(internal.jobs.driving.take, { runId, leaseToken: "lost" }),
      );
      const { reservations: open } = await rowsOf(acme);
      expect(open).toMatchObject([{ state: "reserved" }]);
      const check = async () =>
        await acme.t.action(internal.jobs.checks.check, { tenantId: acme.tenantId });
      expect((await check()).differences).toEqual([]);
      await endAttempt(acme, runId, "error");
      expect((await check()).differences).toMatchObject([
        { of: `reservation/${open[0]?.key}`, field: "call", found: "over" },
      ]);
      await endAttempt(acme, runId, "running");
      await loseLease(acme, runId);
      const { reservations, booked, events } = await rowsOf(acme);
      const held = open[0]?.reserved;
      expect(reservations[0]).toMatchObject({ state: "expired", actual: held });
      expect(booked[0]).toMatchObject({
        status: "lost",
        usageSource: "unknown",
        totalCostPico: held?.pico,
      });
      expect(events.map(({ kind }) => kind)).toEqual(["expired"]);
    });
  });

  describe("a run that outlives what is held for its call", () => {
    const deployment = sharedSetupWithSimulator();

    test("costs what was held, wherever it counts, until its own report comes", async () => {
      const acme = await sceneOn(deployment());
      const { t, as, tenantId } = acme;
      await bound(acme);
      // Several: a call of the test before this one may still be tried again.
      simulator.control.fault({ fault: { kind: "slow", msPerPiece: 100 }, times: 5 });
      const { runId, sessionId } = await send(acme);
      await expect.poll(async () => (await rowsOf(acme)).reservations.length).toBe(1);
      const [open] = (await rowsOf(acme)).reservations;
      await t.run((ctx) => ctx.db.patch("budget_reservations", open!._id, { expiresAtMs: 1 }));
      await t.mutation(internal.jobs.budgets.sweepExpired, {});

      const [lost] = (await rowsOf(acme)).booked;
      const place = { agentId: acme.agentId, runId, sessionId } as const;
      expect(lost).toMatchObject({ ...place, status: "lost", totalCostPico: open!.reserved.pico });
      const costsOf = async () => {
        const paginationOpts = { cursor: null, numItems: 10 };
        const { page: sessions } = await as.query(api.queries.costs.bySession, { paginationOpts });
        const { exact } = await as.query(api.queries.costs.summary, {});
        const session = await t.run((ctx) => ctx.db.get("sessions", sessionId));
        const run = await t.run((ctx) => ctx.db.get("runs", runId));
        const messageId = lost?.messageId;
        const message = messageId && (await t.run((ctx) => ctx.db.get("messages", messageId)));
        const rows = [session?.totalCostPico, run?.totalCostPico, message?.costPico];
        const ranked = [...sessions, exact.total].map(({ costUsd }) => costUsd);
        return [...rows.map((pico) => formatUsd(pico ?? -1n)), ...ranked];
      };
      const held = formatUsd(open!.reserved.pico);
      expect(await costsOf()).toEqual(Array(5).fill(held));

      expect((await runIn(as, runId, ENDED)).state.kind).toBe("completed");
      simulator.control.reset();
      const { booked } = await rowsOf(acme);
      expect(booked).toMatchObject([place, { ...place, adjusts: lost?.attemptId, status: "ok" }]);
      const truth = formatUsd(booked.reduce((sum, row) => sum + row.totalCostPico, 0n));
      expect(truth).not.toBe(held);
      expect(await costsOf()).toEqual(Array(5).fill(truth));
      const { differences } = await t.action(internal.jobs.checks.check, { tenantId });
      expect(differences).toEqual([]);
    }, 60_000);
  });

  describe("an embedding under a budget", () => {
    const deployment = sharedSetupWithSimulator();

    test("whose worker is lost is booked at what was held, and put right by its late report", async () => {
      const acme = await sceneOn(deployment());
      const { t, as, tenantId } = acme;
      const budget = { name: "All", dimension: "tenant", window: "month", limit: "1" } as const;
      const policyId = await as.mutation(api.mutations.budgets.create, budget);
      const standing = async () => await as.query(api.queries.budgets.get, { policyId });
      await expect.poll(async () => (await standing()).status).toBe("active");
      const made = { name: "Embeds", scopes: ["models:call" as const] };
      const { key, _id: keyId } = await as.action(api.actions.keys.create, made);
      simulator.control.fault({ fault: { kind: "slow", msPerPiece: 5_000 } });
      const answered = t.fetch("/v1/embeddings", {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({ model: "text-embedding-3-small", input: ["one", "two words"] }),
      });
      await expect.poll(async () => (await rowsOf(acme)).reservations.length).toBe(1);
      const [open] = (await rowsOf(acme)).reservations;
      expect(open?.reserved.pico).toBeGreaterThan(0n);
      await t.run(async (ctx) => {
        await ctx.db.patch("budget_reservations", open!._id, { expiresAtMs: 1 });
      });
      await t.mutation(internal.jobs.budgets.sweepExpired, {});

      const { reservations, booked } = await rowsOf(acme);
      const held = open!.reserved.pico;
      const place = { keyId, channel: "api", provider: "openai" } as const;
      expect(reservations).toMatchObject([{ state: "expired", actual: open!.reserved }]);
      expect(booked).toMatchObject([
        { ...place, status: "lost", usageSource: "unknown", totalCostPico: held },
      ]);
      const books = async () => {
        const { differences } = await t.action(internal.jobs.checks.check, { tenantId });
        const { cost } = await standing();
        const { page } = await as.query(api.queries.costs.byChannel, {
          paginationOpts: { cursor: null, numItems: 10 },
        });
        const ofChannels = page.map(({ key: channel, costUsd }) => [channel, costUsd]);
        return { differences, spent: cost.spentUsd, held: cost.reservedUsd, ofChannels };
      };
      const whole = formatUsd(held);
      const lost = { differences: [], spent: whole, held: "0", ofChannels: [["api", whole]] };
      expect(await books()).toEqual(lost);

      expect((await answered).status).toBe(200);
      const truth = formatUsd(80_000n);
      expect(await books()).toEqual({ ...lost, spent: truth, ofChannels: [["api", truth]] });
      simulator.control.reset();
    }, 60_000);
  });
});
