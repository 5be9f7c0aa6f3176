/** What budgets do by themselves: tell of thresholds, pause and resume agents, and forget in time. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Backend } from "./drivers";
import {
  failureOf,
  firstPage,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";

const { create, update, remove, increase } = api.mutations.budgets;
const { get, events } = api.queries.budgets;
const DAY_MS = 24 * 60 * 60 * 1_000;

type Scene = Member & { t: Backend; agentId: Id<"agents"> };
type Budget = Scene & { policyId: Id<"budget_policies"> };

onEachDriver(() => {
  const open = sharedSetup();

  async function scene(subject: string): Promise<Scene> {
    const t = open();
    const member = await tenantWith(t, { subject });
    const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
    return { t, agentId, ...member };
  }

  async function budget(of: Scene, more: { action?: "pause" | "warn"; limit: string }) {
    const about = { name: "Ours", dimension: "agent", key: of.agentId, window: "month" } as const;
    const policyId = await of.as.mutation(create, { ...about, ...more });
    await opened({ ...of, policyId });
    return { ...of, policyId };
  }

  async function opened({ as, policyId }: Budget): Promise<void> {
    await expect.poll(async () => (await as.query(get, { policyId })).status).toBe("active");
  }

  /** A call of elsewhere; then the tallies are folded, as a few seconds later. */
  async function spend({ t, as, agentId }: Scene, inputCost: string): Promise<void> {
    const model = { model: "claude-opus-4-6", provider: "anthropic" } as const;
    const tokens = { inputTokens: 0, outputTokens: 0 };
    const cost = { agentId, ...model, ...tokens, inputCost, outputCost: "0" };
    await as.mutation(api.mutations.costs.create, cost);
    await t.run(async (ctx) => {
      for (const { _id } of await ctx.db.query("tallies").collect()) {
        await ctx.db.patch("tallies", _id, { atMs: 1 });
      }
    });
    await t.mutation(internal.jobs.rollups.fold, {});
  }

  const told = async ({ as, policyId }: Budget, kind: string) => {
    const { page } = await as.query(events, { policyId, paginationOpts: firstPage });
    return page.filter((event) => event.kind === kind).toReversed();
  };
  const percents = async (of: Budget) =>
    (await told(of, "alerted")).map(({ percent = 0 }) => percent).toSorted((a, b) => a - b);

  const agentOf = async ({ as, agentId }: Scene) =>
    await as.query(api.queries.agents.get, { agentId });

  describe("alerts", () => {
    test("come once each, of all thresholds that were passed, with the standing they were told by", async () => {
      const acme = await budget(await scene("alerts"), { limit: "20" });
      await spend(acme, "9.99");
      await spend(acme, "0.01");
      await expect.poll(() => percents(acme)).toEqual([50]);
      await spend(acme, "8.00");
      await expect.poll(() => percents(acme)).toEqual([50, 75, 90]);
      await spend(acme, "2.00");
      await expect.poll(() => percents(acme)).toEqual([50, 75, 90, 100]);
      await spend(acme, "2.00");
      const moved = [{ tenantId: acme.tenantId, dimension: "agent" as const, key: acme.agentId }];
      await Promise.all([1, 2].map(() => acme.t.action(internal.jobs.budgets.alert, { moved })));
      const all = await told(acme, "alerted");
      expect(all).toHaveLength(4);
      expect(all[0]).toMatchObject({ limit: { usd: "20" }, spent: { usd: "10" } });
    });

    test("do not come again in the period when the limit was raised in between", async () => {
      const acme = await budget(await scene("raised"), { limit: "10" });
      await spend(acme, "8");
      await expect.poll(() => percents(acme)).toEqual([50, 75]);
      const { policyId } = acme;
      await acme.as.mutation(increase, { policyId, amount: "10", reason: "More" });
      expect(await acme.as.query(get, { policyId })).toMatchObject({ percent: 40 });
      await spend(acme, "8");
      expect(await acme.as.query(get, { policyId })).toMatchObject({ percent: 80 });
      await spend(acme, "2");
      await expect.poll(() => percents(acme)).toEqual([50, 75, 90]);
    });

    test("come at once for what was spent before the budget was there", async () => {
      const acme = await scene("before");
      await spend(acme, "6");
      const one = await budget(acme, { limit: "10", action: "warn" });
      await expect.poll(() => percents(one)).toEqual([50]);
      await one.as.mutation(update, { policyId: one.policyId, limit: "8" });
      await expect.poll(() => percents(one)).toEqual([50, 75]);
    });
  });

  describe("alerts that were not told when sums moved", () => {
    test("are told a few minutes later, and once", async () => {
      const acme = await budget(await scene("lost"), { limit: "20" });
      const model = { model: "claude-opus-4-6", provider: "anthropic" } as const;
      const spent = { inputTokens: 0, outputTokens: 0, inputCost: "20", outputCost: "0" };
      const { agentId, t, as } = acme;
      await as.mutation(api.mutations.costs.create, { agentId, ...model, ...spent });
      for (let looks = 0; looks < 2; looks++) await t.action(internal.jobs.budgets.alertAll, {});
      expect(await percents(acme)).toEqual([50, 75, 90, 100]);
    });

    test("of one tenant are in nobody's way", async () => {
      const [broken, sound] = [await scene("broken"), await scene("sound")];
      const ours = [await budget(broken, { limit: "1" }), await budget(sound, { limit: "1" })];
      await broken.t.run((ctx) => ctx.db.patch("tenants", broken.tenantId, { timeZone: "None" }));
      const model = { model: "claude-opus-4-6", provider: "anthropic" } as const;
      const spent = { inputTokens: 0, outputTokens: 0, inputCost: "1", outputCost: "0" };
      await sound.as.mutation(api.mutations.costs.create, {
        agentId: sound.agentId,
        ...model,
        ...spent,
      });
      const moved = ours.map(({ tenantId, agentId: key }) => {
        return { tenantId, dimension: "agent" as const, key };
      });
      await sound.t.action(internal.jobs.budgets.alert, { moved });
      expect(await percents({ ...sound, policyId: ours[1]!.policyId })).toHaveLength(4);
      await broken.t.run((ctx) => ctx.db.patch("tenants", broken.tenantId, { timeZone: "UTC" }));
    });
  });

  describe("a budget that pauses", () => {
    async function paused(subject: string): Promise<Budget> {
      const acme = await budget(await scene(subject), { limit: "1", action: "pause" });
      await refuse(acme);
      return acme;
    }

    /** As an admission does that refuses. */
    async function refuse({ t, as, policyId, agentId }: Budget, limit = 10n ** 12n) {
      const { period, resetsAtMs: endsAtMs } = await as.query(get, { policyId });
      const refused = { policyId, agentId, period, endsAtMs, limit: { pico: limit } };
      await t.mutation(internal.jobs.budgets.pause, refused);
    }

    const countsOf = async ({ t, tenantId }: Scene) =>
      (await t.run((ctx) => ctx.db.get("tenants", tenantId)))?.agentCounts;

    test("says so to whoever sends, names itself and when the agent goes on", async () => {
      const acme = await paused("paused");
      expect(await agentOf(acme)).toMatchObject({ status: "paused", version: 1 });
      expect(await countsOf(acme)).toEqual({ active: 0, paused: 1, archived: 0 });
      const sent = { agentId: acme.agentId, content: "Hello" };
      const failure = await failureOf(acme.as.mutation(api.mutations.messages.send, sent));
      const { resetsAtMs } = await acme.as.query(get, { policyId: acme.policyId });
      expect(failure).toEqual({
        kind: "conflict",
        entity: "agent",
        reason: `The agent is paused by the budget "Ours" until ${new Date(resetsAtMs ?? 0).toISOString()}, or until that is raised`,
      });
      expect(await told(acme, "paused")).toMatchObject([{ agentId: acme.agentId }]);
    });

    test("resumes the agent when its window has ended, and not before", async () => {
      const acme = await paused("ended");
      await acme.t.mutation(internal.jobs.budgets.resumeDue, {});
      expect(await agentOf(acme)).toMatchObject({ status: "paused" });
      await acme.t.run(async (ctx) => {
        const pauses = await ctx.db.query("budget_pauses").collect();
        const own = pauses.find(({ policyId }) => policyId === acme.policyId);
        if (own !== undefined) await ctx.db.patch("budget_pauses", own._id, { resumesAtMs: 1 });
      });
      await acme.t.mutation(internal.jobs.budgets.resumeDue, {});
      expect(await agentOf(acme)).toMatchObject({ status: "active" });
      expect(await countsOf(acme)).toEqual({ active: 1, paused: 0, archived: 0 });
      expect(await told(acme, "resumed")).toHaveLength(1);
    });

    test.each([
      ["is increased", increase, { amount: "1", reason: "More" }],
      ["is raised", update, { limit: "2" }],
      ["is disabled", update, { enabled: false }],
      ["is removed", remove, {}],
    ] as const)("resumes the agent when it %s", async (how, door, args) => {
      const acme = await paused(`paused, then ${how}`);
      await acme.as.mutation(door as typeof update, { policyId: acme.policyId, ...args });
      await expect.poll(async () => (await agentOf(acme)).status).toBe("active");
    });

    test("does not pause for a refusal that does not hold any more, nor resume who was paused by hand", async () => {
      const acme = await budget(await scene("by hand"), { limit: "1", action: "pause" });
      await refuse(acme, 5n);
      expect(await agentOf(acme)).toMatchObject({ status: "active" });
      await refuse(acme);
      const { agentId, policyId } = acme;
      for (const status of ["active", "paused"] as const) {
        await acme.as.mutation(api.mutations.agents.update, { agentId, status });
      }
      await acme.as.mutation(update, { policyId, limit: "2" });
      await acme.t.mutation(internal.jobs.budgets.resumeOf, { tenantId: acme.tenantId, policyId });
      expect(await agentOf(acme)).toMatchObject({ status: "paused" });
      const sent = { agentId, content: "Hello" };
      expect(await failureOf(acme.as.mutation(api.mutations.messages.send, sent))).toMatchObject({
        reason: "the agent is paused",
      });
    });
  });

  describe("retention", () => {
    test("deletes events, ended reservations and counters after 30 days, and leaves the rest", async () => {
      const acme = await budget(await scene("retention"), { limit: "1" });
      const { t, tenantId, policyId } = acme;
      const nothing = { tokens: 0, pico: 0n };
      const insert = async (agoMs: number) =>
        await t.run(async (ctx) => {
          const atMs = Date.now() - agoMs;
          const event = { kind: "expired", period: "old", at: atMs } as const;
          await ctx.db.insert("budget_events", { tenantId, policyId, ...event });
          const counterId = await ctx.db.insert("budget_counters", {
            tenantId,
            policyId,
            period: `ended ${agoMs}`,
            endsAtMs: atMs,
            settled: nothing,
            increase: nothing,
            alertedPercent: 0,
          });
          const sums = { share: {}, reserved: nothing, used: nothing };
          await ctx.db.insert("budget_shards", { tenantId, counterId, shard: 0, ...sums });
          for (const state of ["settled", "reserved"] as const) {
            await ctx.db.insert("budget_reservations", {
              tenantId,
              key: `${state} ${agoMs}`,
              state,
              provider: "anthropic",
              model: "claude-opus-4-6",
              agentId: acme.agentId,
              reserved: nothing,
              outputTokens: 0,
              period: "2026-11-20T13",
              holds: [],
              startedAtMs: atMs,
              expiresAtMs: atMs,
            });
          }
        });
      await insert(31 * DAY_MS);
      await insert(29 * DAY_MS);
      await t.mutation(internal.jobs.budgets.sweep, {});
      const left = await t.run(async (ctx) => ({
        events: (await ctx.db.query("budget_events").collect()).filter(
          (event) => event.policyId === policyId && event.kind === "expired",
        ).length,
        counters: (await ctx.db.query("budget_counters").collect())
          .filter((counter) => counter.policyId === policyId)
          .map(({ period }) => period)
          .filter((period) => period.startsWith("ended")),
        reservations: (await ctx.db.query("budget_reservations").collect())
          .filter((one) => one.tenantId === tenantId)
          .map(({ key }) => key)
          .toSorted(),
      }));
      expect(left).toEqual({
        events: 1,
        counters: [`ended ${29 * DAY_MS}`],
        reservations: [
          `reserved ${29 * DAY_MS}`,
          `reserved ${31 * DAY_MS}`,
          `settled ${29 * DAY_MS}`,
        ].toSorted(),
      });
    });
  });
});
