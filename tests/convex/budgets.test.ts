/** Budgets as people keep them: what they may say, what they see, and what a setting keeps for them. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { Backend } from "./drivers";
import {
  expectFailure,
  failureOf,
  firstPage,
  memberOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  type Member,
} from "./setup";

const { create, update, remove, increase } = api.mutations.budgets;
const { list, get, events } = api.queries.budgets;

type Scene = Member & { t: Backend; agentId: Id<"agents"> };

async function scene(t: Backend, subject: string): Promise<Scene> {
  const member = await tenantWith(t, { subject });
  const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
  return { t, agentId, ...member };
}

/** A call of elsewhere, which is booked like any. */
async function spend({ as, agentId }: Scene, cost: string, tokens = 0): Promise<void> {
  await as.mutation(api.mutations.costs.create, {
    agentId,
    model: "claude-opus-4-6",
    provider: "anthropic",
    inputTokens: tokens,
    outputTokens: 0,
    inputCost: cost,
    outputCost: "0",
  });
}

const budgetsOf = async ({ as }: Member) =>
  (await as.query(list, { paginationOpts: firstPage })).page;

/** Waits until what was spent before is carried in. */
async function opened({ as }: Member, policyId: Id<"budget_policies">) {
  await expect.poll(async () => (await as.query(get, { policyId })).status).toBe("active");
  return await as.query(get, { policyId });
}

onEachDriver(() => {
  const open = sharedSetup();

  describe("a budget of people's", () => {
    test("is shown with all that it is, and where it stands", async () => {
      const acme = await scene(open(), "shown");
      const { agentId } = acme;
      const about = { name: "Ours", dimension: "agent", key: agentId, window: "month" } as const;
      const policyId = await acme.as.mutation(create, { ...about, limit: "20.000000000001" });
      expect(await opened(acme, policyId)).toMatchObject({
        ...about,
        action: "block",
        alertPercents: [50, 75, 90, 100],
        source: "manual",
        percent: 0,
        cost: {
          limitUsd: "20.000000000001",
          increaseUsd: "0",
          spentUsd: "0",
          reservedUsd: "0",
          remainingUsd: "20.000000000001",
        },
        tokens: { spent: 0, reserved: 0 },
      });
      const { resetsAtMs, period } = await acme.as.query(get, { policyId });
      expect(new Date(resetsAtMs ?? 0).toISOString()).toMatch(/-01T00:00:00.000Z$/);
      expect(period).toMatch(/^\d{4}-\d\d$/);
      const log = await acme.as.query(api.queries.activity.list, {
        entityTable: "budget_policies",
        entityId: policyId,
        paginationOpts: firstPage,
      });
      expect(log.page.map(({ action }) => action)).toEqual(["budgets.create"]);
    });

    test("is of every subject that there is, and of no other", async () => {
      const acme = await scene(open(), "subjects");
      const rival = await scene(open(), "subjects' rival");
      const of = (dimension: string, key?: string) =>
        acme.as.mutation(create, {
          name: "One",
          dimension: dimension as "agent",
          window: "day",
          limitTokens: 1,
          ...(key !== undefined && { key }),
        });
      const own = [
        ["tenant", undefined],
        ["agent", acme.agentId],
        ["user", acme.userId],
        ["provider", "openai"],
        ["model", "anthropic/claude-opus-4-6"],
      ] as const;
      for (const [dimension, key] of own) await of(dimension, key);
      expect((await budgetsOf(acme)).map(({ dimension }) => dimension).toSorted()).toEqual(
        own.map(([dimension]) => dimension).toSorted(),
      );
      for (const [dimension, key] of [
        ["agent", rival.agentId],
        ["agent", "nobody"],
        ["user", rival.userId],
        ["key", acme.agentId],
      ] as const) {
        await expectFailure(of(dimension, key), { kind: "not_found", entity: dimension, id: key });
      }
      for (const [dimension, key] of [
        ["tenant", acme.tenantId],
        ["provider", "nobody"],
        ["model", "claude-opus-4-6"],
        ["model", "anthropic/"],
      ] as const) {
        expect(await failureOf(of(dimension, key))).toMatchObject({ field: "key" });
      }
    });

    const haiku = { provider: "anthropic", model: "claude-haiku-4-5" } as const;
    test.each([
      ["limit", {}],
      ["limit", { limit: "-1" }],
      ["limitTokens", { limitTokens: 1.5 }],
      ["name", { limit: 1, name: " " }],
      ["window", { limit: 1, window: "message" as const }],
      ["degradeTo", { limit: 1, action: "degrade" as const }],
      ["degradeTo", { limit: 1, action: "block" as const, degradeTo: haiku }],
      [
        "degradeTo",
        {
          limit: 1,
          action: "degrade" as const,
          degradeTo: haiku,
          dimension: "provider" as const,
          key: "anthropic",
        },
      ],
      [
        "action",
        { limit: 1, action: "pause" as const, dimension: "provider" as const, key: "openai" },
      ],
      ["alertPercents", { limit: 1, alertPercents: [101] }],
    ])("with a bad %s is refused: %o", async (field, bad) => {
      const acme = await scene(open(), `bad ${JSON.stringify(bad)}`);
      const about = { name: "Bad", dimension: "tenant", window: "month" } as const;
      const failure = await failureOf(acme.as.mutation(create, { ...about, ...bad }));
      expect(failure).toMatchObject({ kind: "invalid_argument", field });
      expect(await budgetsOf(acme)).toEqual([]);
    });

    test("is changed, disabled, and taken away with what was counted", async () => {
      const acme = await scene(open(), "changed");
      const about = { name: "One", dimension: "tenant", window: "day", limit: 1 } as const;
      const policyId = await acme.as.mutation(create, about);
      await opened(acme, policyId);
      await acme.as.mutation(update, { policyId, limit: null, limitTokens: 7, name: "Other" });
      const changed = await acme.as.query(get, { policyId });
      expect(changed).toMatchObject({ name: "Other", tokens: { limit: 7, remaining: 7 } });
      expect(changed.cost).not.toHaveProperty("limit");
      const none = acme.as.mutation(update, { policyId, limitTokens: null });
      expect(await failureOf(none)).toMatchObject({ field: "limit" });
      await acme.as.mutation(update, { policyId, enabled: false });
      expect(await acme.as.query(get, { policyId })).toMatchObject({ status: "disabled" });
      const more = { policyId, amountTokens: 1, reason: "more" };
      expect(await failureOf(acme.as.mutation(increase, more))).toMatchObject({ kind: "conflict" });
      await acme.as.mutation(remove, { policyId });
      await expectFailure(acme.as.query(get, { policyId }), {
        kind: "not_found",
        entity: "budget",
        id: policyId,
      });
      const left = async () =>
        await acme.t.run(async (ctx) => {
          const counters = await ctx.db.query("budget_counters").collect();
          return counters.filter((counter) => counter.policyId === policyId).length;
        });
      await expect.poll(left).toBe(0);
    });

    test("goes with the person whose it is", async () => {
      const acme = await scene(open(), "with the person");
      const bob = await memberOf(acme.t, { ...acme, subject: "with bob", role: "member" });
      const about = { name: "One", dimension: "user", window: "day", limit: 1 } as const;
      await acme.as.mutation(create, { ...about, key: bob.userId });
      const own = await acme.as.mutation(create, { ...about, key: acme.userId });
      await bob.as.mutation(api.mutations.erasures.me, {});
      const left = async () => (await budgetsOf(acme)).map(({ _id }) => _id);
      await expect.poll(left).toEqual([own]);
    });

    test("is read by who may read costs, and set by admins", async () => {
      const acme = await scene(open(), "who may");
      const about = { name: "One", dimension: "tenant", window: "day", limit: 1 } as const;
      for (const role of ["admin", "operator", "viewer", "member"] as const) {
        const one = await memberOf(acme.t, { ...acme, subject: `who may ${role}`, role });
        const reads = one.as.query(list, { paginationOpts: firstPage });
        if (role === "member") expect(await failureOf(reads)).toMatchObject({ kind: "forbidden" });
        else expect((await reads).page).toEqual(expect.any(Array));
        const sets = one.as.mutation(create, about);
        if (role === "admin") await sets;
        else expect(await failureOf(sets)).toMatchObject({ permission: "budgets:write" });
      }
    });
  });

  describe("an increase", () => {
    test("holds until the period ends, adds up, and is on record with its reason", async () => {
      const acme = await scene(open(), "increase");
      const about = { name: "One", dimension: "tenant", window: "hour", limit: "2" } as const;
      const policyId = await acme.as.mutation(create, about);
      await opened(acme, policyId);
      await acme.as.mutation(increase, { policyId, amount: "0.5", reason: "A long night" });
      await acme.as.mutation(increase, { policyId, amount: 1, reason: "A longer one" });
      const { resetsAtMs, ...now } = await acme.as.query(get, { policyId });
      expect(now.cost).toMatchObject({ limitUsd: "3.5", increaseUsd: "1.5", remainingUsd: "3.5" });
      const next = await acme.as.query(get, { policyId, nowMs: resetsAtMs! });
      expect(next.cost).toMatchObject({ limitUsd: "2", increaseUsd: "0", remainingUsd: "2" });
      const { page } = await acme.as.query(events, { policyId, paginationOpts: firstPage });
      expect(page).toMatchObject([
        { kind: "increased", amount: { usd: "1" }, limit: { usd: "3.5" }, reason: "A longer one" },
        { kind: "increased", amount: { usd: "0.5" }, limit: { usd: "2.5" }, userId: acme.userId },
      ]);
    });

    test.each([
      ["amountTokens", { amountTokens: 5, reason: "x" }],
      ["amount", { amount: "0", reason: "x" }],
      ["amount", { reason: "x" }],
      ["reason", { amount: "1", reason: " " }],
    ])("with a bad %s is refused: %o", async (field, bad) => {
      const acme = await scene(open(), `bad increase ${JSON.stringify(bad)}`);
      const about = { name: "One", dimension: "tenant", window: "day", limit: 1 } as const;
      const policyId = await acme.as.mutation(create, about);
      const failure = await failureOf(acme.as.mutation(increase, { policyId, ...bad }));
      expect(failure).toMatchObject({ kind: "invalid_argument", field });
    });
  });

  describe("a budget that a setting keeps", () => {
    const unique = (name: string) => `${name}-${Math.random().toString(36).slice(2)}`;

    test("is there with the tenant, and follows its plan and its monthly budget", async () => {
      const t = open();
      const ann = await tenantWith(t, { subject: unique("ann") });
      await t.mutation(internal.jobs.tenants.letAnyoneCreate, { value: true });
      const slug = unique("kept");
      const tenantId = await ann.as.mutation(api.mutations.tenants.create, {
        name: "Kept",
        slug,
        billingEmail: "a@example.com",
      });
      const budgets = async () =>
        (await ann.as.query(list, { tenantId, paginationOpts: firstPage })).page;
      const plan = { source: "plan", dimension: "tenant", window: "month", action: "block" };
      expect(await budgets()).toMatchObject([
        { ...plan, status: "active", tokens: { limit: 5_000_000 } },
      ]);
      await t.mutation(internal.jobs.tenants.setPlan, { slug, maxMonthlyTokens: 7 });
      await ann.as.mutation(api.mutations.tenants.update, { tenantId, monthlyBudget: "12.5" });
      expect(await budgets()).toMatchObject([
        { source: "plan", tokens: { limit: 7, remaining: 7 } },
        { source: "tenant", cost: { limitUsd: "12.5" } },
      ]);
      await ann.as.mutation(api.mutations.tenants.update, { tenantId, monthlyBudget: null });
      expect((await budgets()).map(({ source }) => source)).toEqual(["plan"]);
    });

    test("follows the agent through its changes and versions", async () => {
      const acme = await scene(open(), unique("agent"));
      const { agentId } = acme;
      const kept = async () =>
        (await acme.as.query(list, { dimension: "agent", key: agentId, paginationOpts: firstPage }))
          .page;
      expect(await kept()).toEqual([]);
      const change = { agentId, monthlyBudget: 20, maxCostPerMessage: "0.05" };
      await acme.as.mutation(api.mutations.agents.update, change);
      const both = [
        { source: "agent", window: "month", cost: { limitUsd: "20" } },
        { source: "agent_message", window: "message", status: "active", resetsAtMs: null },
      ];
      expect(await kept()).toMatchObject(both);
      await acme.as.mutation(api.mutations.agents.update, { agentId, monthlyBudget: "30" });
      expect((await kept())[0]).toMatchObject({ cost: { limitUsd: "30" } });
      await acme.as.mutation(api.mutations.agents.restore, { agentId, version: 1 });
      expect(await kept()).toEqual([]);
      await acme.as.mutation(api.mutations.agents.restore, { agentId, version: 2 });
      expect(await kept()).toMatchObject(both);
      await acme.as.mutation(api.mutations.agents.remove, { agentId });
      expect(await kept()).toMatchObject(both);
    });

    test("is changed by its setting alone, but may be increased, unless it is the plan's", async () => {
      const acme = await scene(open(), unique("managed"));
      await acme.as.mutation(api.mutations.tenants.update, { monthlyBudget: 5 });
      await acme.as.mutation(api.mutations.agents.update, {
        agentId: acme.agentId,
        monthlyBudget: 6,
        maxCostPerMessage: 1,
      });
      const settings: Record<string, string> = {
        plan: "maxMonthlyTokens",
        tenant: "the tenant's monthlyBudget",
        agent: "the agent's monthlyBudget",
        agent_message: "the agent's maxCostPerMessage",
      };
      for (const { _id: policyId, source, tokens, window } of await budgetsOf(acme)) {
        for (const call of [
          acme.as.mutation(update, { policyId, name: "Mine" }),
          acme.as.mutation(remove, { policyId }),
        ]) {
          const failure = await failureOf(call);
          expect(failure).toMatchObject({ kind: "conflict", entity: "budget" });
          expect((failure as { reason: string }).reason).toContain(settings[source]);
        }
        const more = tokens.limit === undefined ? { amount: 1 } : { amountTokens: 1 };
        const raised = acme.as.mutation(increase, { policyId, ...more, reason: "Once" });
        if (window === "message")
          expect(await failureOf(raised)).toMatchObject({ field: "policyId" });
        else if (source === "plan") {
          expect(await failureOf(raised)).toMatchObject({
            kind: "conflict",
            reason: expect.stringContaining("operators") as string,
          });
        } else await raised;
      }
    });

    test("is increased by the operators if it is the plan's", async () => {
      const slug = unique("more-of-the-plan");
      const acme = await scene(open(), slug);
      await acme.as.mutation(api.mutations.tenants.update, { monthlyBudget: 5 });
      const plan = (await budgetsOf(acme)).find(({ source }) => source === "plan");
      if (plan === undefined) throw new Error("a tenant has a plan");
      const { _id: policyId, tokens } = plan;
      const more = { amountTokens: 5, reason: "A long night" };
      await acme.t.mutation(internal.jobs.tenants.increasePlan, { slug, ...more });
      expect((await acme.as.query(get, { policyId })).tokens).toMatchObject({
        increase: 5,
        limit: (tokens.limit ?? 0) + 5,
      });
      const { page } = await acme.as.query(events, { policyId, paginationOpts: firstPage });
      expect(page).toMatchObject([{ kind: "increased", reason: "A long night" }]);
      expect(page[0]).not.toHaveProperty("userId");
    });
  });

  describe("opening", () => {
    test("counts what was spent in the period before the budget was there, and while it was off", async () => {
      const acme = await scene(open(), "opening");
      await spend(acme, "1.25", 30);
      const about = { name: "One", dimension: "agent", key: acme.agentId, limit: 5 } as const;
      for (const window of ["hour", "day", "week", "month", "total"] as const) {
        const policyId = await acme.as.mutation(create, { ...about, window });
        const view = await opened(acme, policyId);
        expect(view, window).toMatchObject({
          percent: 25,
          cost: { spentUsd: "1.25", remainingUsd: "3.75" },
          tokens: { spent: 30 },
        });
        await acme.as.mutation(remove, { policyId });
      }
    });

    test("counts what was spent while it was off, once, whoever opens it", async () => {
      const acme = await scene(open(), "reopened");
      await spend(acme, "1.25");
      const about = { name: "One", dimension: "tenant", window: "month", limit: 10 } as const;
      const policyId = await acme.as.mutation(create, about);
      await opened(acme, policyId);
      await acme.as.mutation(update, { policyId, enabled: false });
      await spend(acme, "2");
      // In one transaction, so that the job comes when all is done.
      await acme.as.run(async (ctx) => {
        await ctx.runMutation(update, { policyId, enabled: true });
        const carry = await ctx.runQuery(internal.jobs.budgets.missing, { policyId });
        if (carry === null) throw new Error("it is not to be opened");
        await ctx.runMutation(internal.jobs.budgets.carryIn, carry);
        await ctx.runMutation(internal.jobs.budgets.carryIn, carry);
      });
      await acme.t.action(internal.jobs.budgets.open, { policyId });
      await acme.t.action(internal.jobs.budgets.openAll, {});
      const view = await opened(acme, policyId);
      expect(view).toMatchObject({ percent: 32.5, cost: { spentUsd: "3.25" } });
    });

    test("goes on behind one that cannot be opened", async () => {
      const [broken, acme] = [
        await scene(open(), "not opened"),
        await scene(open(), "opened behind"),
      ];
      const nowMs = Date.now();
      const insert = async ({ t, tenantId }: Scene, counters: number) =>
        await t.run(async (ctx) => {
          const nothing = { tokens: 0, pico: 0n };
          const policyId = await ctx.db.insert("budget_policies", {
            tenantId,
            name: "All",
            dimension: "tenant",
            key: "",
            window: "total",
            limit: { pico: 1n },
            action: "warn",
            alertPercents: [],
            source: "manual",
            status: "opening",
            createdAt: nowMs,
            updatedAt: nowMs,
          });
          // Two of one period: nobody can say which of them it is.
          for (let n = 0; n < counters; n++) {
            await ctx.db.insert("budget_counters", {
              tenantId,
              policyId,
              period: "",
              endsAtMs: null,
              settled: nothing,
              increase: nothing,
              alertedPercent: 0,
            });
          }
          return policyId;
        });
      const stuck = await insert(broken, 2);
      const policyId = await insert(acme, 0);
      await acme.t.action(internal.jobs.budgets.openAll, {});
      const statusOf = async (id: Id<"budget_policies">) =>
        await acme.t.run(async (ctx) => (await ctx.db.get("budget_policies", id))?.status);
      expect([await statusOf(stuck), await statusOf(policyId)]).toEqual(["opening", "active"]);
    });
  });
});
