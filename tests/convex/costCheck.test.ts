/** The checker: silent while the ledger and its sums agree, and plain about which figures do not. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import { hourIn } from "../../src/core/periods";
import type { Backend } from "./drivers";
import { onEachDriver, setup, sharedSetup, supportBot, tenantWith, type Member } from "./setup";
import { foldAll, sumsOf } from "./sums";

const { create, cleanup } = api.mutations.costs;
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

type Scene = Member & { t: Backend; agentId: Id<"agents"> };

onEachDriver(() => {
  const open = sharedSetup();

  async function scene(subject: string, t = open()): Promise<Scene> {
    const member = await tenantWith(t, { subject });
    const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
    return { t, agentId, ...member };
  }

  async function spend({ as, agentId }: Scene, inputCost: string, model = "a-model") {
    const counts = { inputTokens: 10, outputTokens: 20, outputCost: "0.01" };
    const called = { agentId, provider: "openai", model } as const;
    return await as.mutation(create, { ...called, ...counts, inputCost, channel: "api" });
  }

  async function check({ t, tenantId }: Scene, span: { fromMs?: number } = {}) {
    return await t.action(internal.jobs.checks.check, { tenantId, ...span });
  }

  /** Changes the roll-ups of one key, as a bug or a hand would. */
  async function tamper(
    { t, tenantId }: Scene,
    which: (row: Doc<"rollups">) => boolean,
    change: (row: Doc<"rollups">) => Partial<Doc<"rollups">>,
  ) {
    await t.run(async (ctx) => {
      const { rollups } = await sumsOf(ctx, tenantId);
      const rows = rollups.filter(which);
      expect(rows).toHaveLength(1);
      for (const row of rows) await ctx.db.patch("rollups", row._id, change(row));
    });
  }

  test("agrees with what was booked, folded or not", async () => {
    const acme = await scene("in order");
    await spend(acme, "0.5");
    await foldAll(acme.t);
    await spend(acme, "0.25", "another-model");
    const checked = await check(acme);
    expect(checked).toMatchObject({ unsettled: [], differences: [] });
    expect(checked.periods).toBeGreaterThanOrEqual(1);
    expect(await check(acme, { fromMs: Date.now() })).toMatchObject({ differences: [] });
  });

  describe("names what differs:", () => {
    test("an event that no sum knows of", async () => {
      const acme = await scene("unsummed");
      await spend(acme, "0.5");
      await acme.t.run(async (ctx) => {
        const { tallies } = await sumsOf(ctx, acme.tenantId);
        for (const { _id, sums } of tallies) {
          if (sums.costEvents === 1) await ctx.db.delete("tallies", _id);
        }
      });
      const { differences } = await check(acme);
      expect(differences).toContainEqual({
        what: "events and roll-up",
        of: "tenant/",
        period: hourIn("UTC", Date.now()),
        field: "totalCostPico",
        expected: "510000000000",
        found: "0",
      });
      const named = new Set(differences.map(({ of }) => of));
      expect([...named].toSorted()).toEqual([
        `agent/${acme.agentId}`,
        "channel/api",
        "model/openai/a-model",
        "provider/openai",
        "tenant/",
        `user/${acme.userId}`,
      ]);
    });

    test("a sum that no event stands for", async () => {
      const acme = await scene("phantom");
      await spend(acme, "0.5");
      await foldAll(acme.t);
      await acme.t.run(async (ctx) => {
        const { rollups } = await sumsOf(ctx, acme.tenantId);
        const real = rollups.find((row) => row.dimension === "model" && row.unit === "hour");
        if (real === undefined) throw new Error("the model has no hour");
        const { _id, _creationTime, ...fields } = real;
        await ctx.db.insert("rollups", { ...fields, key: "openai/never-called" });
      });
      const { differences } = await check(acme);
      expect(differences).toContainEqual(
        expect.objectContaining({
          what: "events and roll-up",
          of: "model/openai/never-called",
          field: "totalCostPico",
          expected: "0",
        }),
      );
    });

    test("a call without a price that no event is", async () => {
      const acme = await scene("unpriced");
      await spend(acme, "0.5");
      await foldAll(acme.t);
      await tamper(
        acme,
        (row) => row.dimension === "tenant" && row.unit === "hour",
        ({ unpricedEvents }) => ({ unpricedEvents: unpricedEvents + 1 }),
      );
      const { differences } = await check(acme);
      expect(differences.map(({ what, field }) => [what, field])).toEqual([
        ["events and roll-up", "unpricedEvents"],
        ["hours and day", "unpricedEvents"],
      ]);
    });

    test.each([
      ["hour", "events and roll-up"],
      ["hour", "hours and day"],
      ["day", "days and month"],
      ["month", "months and total"],
    ] as const)("a pico too much in the %s of the agent: %s", async (unit, what) => {
      const acme = await scene(`${unit} ${what}`);
      await spend(acme, "0.5");
      await foldAll(acme.t);
      await tamper(
        acme,
        (row) => row.dimension === "agent" && row.unit === unit,
        (row) => ({ totalCostPico: row.totalCostPico + 1n }),
      );
      const { differences } = await check(acme);
      const told = differences.filter((difference) => difference.what === what);
      expect(told).toMatchObject([{ of: `agent/${acme.agentId}`, field: "totalCostPico" }]);
    });
  });

  describe("compares budgets:", () => {
    /** A budget of the agent's as it stands after it spent 30 tokens and 510,000,000,000 pico in an hour. */
    async function budgetOf(
      { t, tenantId, agentId }: Scene,
      used: { tokens: number; pico: bigint },
    ) {
      return await t.run(async (ctx) => {
        const nowMs = Date.now();
        const policyId = await ctx.db.insert("budget_policies", {
          tenantId,
          name: "An hour of the bot",
          dimension: "agent",
          key: agentId,
          window: "hour",
          limit: { pico: 10n ** 12n },
          action: "block",
          alertPercents: [],
          source: "manual",
          status: "active",
          createdAt: nowMs,
          updatedAt: nowMs,
        });
        const nothing = { tokens: 0, pico: 0n };
        const counterId = await ctx.db.insert("budget_counters", {
          tenantId,
          policyId,
          period: hourIn("UTC", nowMs),
          endsAtMs: nowMs + HOUR_MS,
          settled: { tokens: 20, pico: 500_000_000_000n },
          increase: nothing,
          alertedPercent: 0,
        });
        const shardId = await ctx.db.insert("budget_shards", {
          tenantId,
          counterId,
          shard: 0,
          share: {},
          reserved: nothing,
          used,
        });
        return { policyId, counterId, shardId };
      });
    }

    test("one that has counted all is in order; a pico too few is told, and so is a hold of no call", async () => {
      const acme = await scene("budgeted");
      await spend(acme, "0.5");
      const used = { tokens: 10, pico: 10_000_000_000n };
      const { policyId, shardId } = await budgetOf(acme, used);
      expect((await check(acme)).differences).toEqual([]);
      const fewer = { tokens: 10, pico: 9_999_999_999n };
      const reserved = { tokens: 7, pico: 0n };
      await acme.t.run((ctx) => ctx.db.patch("budget_shards", shardId, { used: fewer, reserved }));
      const named = { of: `budget/${policyId}`, period: hourIn("UTC", Date.now()) };
      expect((await check(acme)).differences).toEqual([
        {
          what: "roll-up and counter",
          ...named,
          field: "pico",
          expected: "510000000000",
          found: "509999999999",
        },
        { what: "reservations and holds", ...named, field: "tokens", expected: "0", found: "7" },
      ]);
    });
  });

  describe("open reservations", () => {
    /** As a spender outside makes one. */
    async function reserve({ as, agentId, t, tenantId }: Scene, key: string) {
      const model = { provider: "openai", model: "a-model" } as const;
      const asked = { key, agentId, ...model, tokens: 1, cost: "0.1" };
      await as.mutation(api.mutations.budgets.reserve, asked);
      const row = await t.run(async (ctx) => {
        return await ctx.db
          .query("budget_reservations")
          .withIndex("by_key", (q) => q.eq("tenantId", tenantId).eq("key", `external/${key}`))
          .unique();
      });
      if (row === null) throw new Error("it is kept");
      return row;
    }

    test("are in order until their end, and are told of when nobody has booked them by then", async () => {
      const acme = await scene("late");
      const { _id } = await reserve(acme, "late");
      expect((await check(acme)).differences).toEqual([]);
      const expiresAtMs = Date.now() - 10 * 60_000;
      await acme.t.run((ctx) => ctx.db.patch("budget_reservations", _id, { expiresAtMs }));
      expect((await check(acme)).differences).toMatchObject([
        { what: "reservation and its call", of: "reservation/external/late", field: "expiresAtMs" },
      ]);
    });

    test("are told of when their call is over: a skill's, and one of no run at all", async () => {
      const acme = await scene("over");
      const { _id, _creationTime, ...row } = await reserve(acme, "outside");
      const keys = ["skill/gone", "no run/0/1"];
      await acme.t.run(async (ctx) => {
        for (const key of keys) await ctx.db.insert("budget_reservations", { ...row, key });
      });
      const { differences } = await check(acme);
      expect(differences.map(({ of, field }) => [of, field])).toEqual(
        keys.map((key) => [`reservation/${key}`, "call"]),
      );
    });

    test("are compared with what budgets hold, however many they are", async () => {
      const acme = await scene("many open");
      const { _id, _creationTime, ...row } = await reserve(acme, "outside");
      const count = 4_100;
      const pico = 100_000_000_000n;
      const whole = { tokens: count, pico: BigInt(count) * pico };
      const shardId = await acme.t.run(async (ctx) => {
        const { tenantId, agentId: key } = acme;
        const nowMs = Date.now();
        const policyId = await ctx.db.insert("budget_policies", {
          tenantId,
          name: "All",
          dimension: "agent",
          key,
          window: "hour",
          limit: { pico: 10n ** 15n },
          action: "block",
          alertPercents: [],
          source: "manual",
          status: "active",
          createdAt: nowMs,
          updatedAt: nowMs,
        });
        const counterId = await ctx.db.insert("budget_counters", {
          tenantId,
          policyId,
          period: hourIn("UTC", nowMs),
          endsAtMs: nowMs + HOUR_MS,
          settled: { tokens: 0, pico: 0n },
          increase: { tokens: 0, pico: 0n },
          alertedPercent: 0,
        });
        const shard = { tenantId, counterId, shard: 0, share: {}, reserved: whole };
        const id = await ctx.db.insert("budget_shards", {
          ...shard,
          used: { tokens: 0, pico: 0n },
        });
        const holds = [{ policyId, counterId, shardId: id }];
        await ctx.db.patch("budget_reservations", _id, { holds });
        for (let n = 1; n < count; n++) {
          await ctx.db.insert("budget_reservations", { ...row, key: `external/${n}`, holds });
        }
        return id;
      });
      expect(await check(acme)).toMatchObject({ unsettled: [], differences: [] });
      const reserved = { ...whole, pico: whole.pico - 1n };
      await acme.t.run((ctx) => ctx.db.patch("budget_shards", shardId, { reserved }));
      expect((await check(acme)).differences).toMatchObject([
        {
          what: "reservations and holds",
          field: "pico",
          expected: String(whole.pico),
          found: String(reserved.pico),
        },
      ]);
    }, 120_000);
  });

  test("looks at every tenant, whatever is wrong with one of them", async () => {
    const t = await setup();
    const [first, broken, last] = [
      await scene("before it", t),
      await scene("cannot be read", t),
      await scene("behind it", t),
    ];
    for (const one of [first, broken, last]) await spend(one, "0.5");
    await foldAll(t);
    await t.run(async (ctx) => {
      const { rollups } = await sumsOf(ctx, broken.tenantId);
      const hour = rollups.find(({ dimension, unit }) => dimension === "tenant" && unit === "hour");
      if (hour === undefined) throw new Error("it was folded");
      const { _id, _creationTime, ...fields } = hour;
      await ctx.db.insert("rollups", fields);
    });
    const pass = await t.action(internal.jobs.checks.checkAll, {});
    expect(pass).toEqual({ tenants: 3, differing: 0, unsettled: 0, failed: 1 });
  });

  /** As if what the tenant has booked had been at these moments, folded. */
  async function moveTo({ t, tenantId }: Scene, moments: readonly number[]): Promise<void> {
    await t.run(async (ctx) => {
      const events = await ctx.db
        .query("cost_events")
        .withIndex("by_tenant_and_timestamp", (q) => q.eq("tenantId", tenantId))
        .collect();
      const { tallies } = await sumsOf(ctx, tenantId);
      const counted = tallies.filter(({ sums }) => sums.costEvents === 1);
      for (const [n, timestamp] of moments.entries()) {
        const period = hourIn("UTC", timestamp);
        await ctx.db.patch("cost_events", events[n]!._id, { timestamp, period });
        await ctx.db.patch("tallies", counted[n]!._id, { period });
      }
    });
    await foldAll(t);
  }

  test("comes by older hours as well, one time after the other, and begins again", async () => {
    const t = await setup();
    const acme = await scene("old hours", t);
    for (const cost of ["0.5", "0.5", "0.5"]) await spend(acme, cost);
    const nowMs = Date.now();
    const [first, second, third] = [40, 20, 20].map((days) => nowMs - days * DAY_MS);
    await moveTo(acme, [first!, second!, third! + 2 * HOUR_MS]);
    await tamper(
      acme,
      // Of a dimension that is compared with events alone.
      (row) => row.dimension === "user" && row.period === hourIn("UTC", third! + 2 * HOUR_MS),
      (row) => ({ totalCostPico: row.totalCostPico + 1n }),
    );
    const differing = [];
    for (let hour = 0; hour < 4; hour++) {
      differing.push((await t.action(internal.jobs.checks.checkAll, {})).differing);
    }
    expect(differing).toEqual([0, 1, 0, 1]);
  });

  test("finds what was booked long ago and is in no sum", async () => {
    const t = await setup();
    const acme = await scene("unsummed long ago", t);
    await spend(acme, "0.5");
    await moveTo(acme, [Date.now() - 400 * DAY_MS]);
    await t.run(async (ctx) => {
      const { rollups } = await sumsOf(ctx, acme.tenantId);
      for (const { _id, costEvents } of rollups)
        if (costEvents > 0) await ctx.db.delete("rollups", _id);
    });
    expect(await t.action(internal.jobs.checks.checkAll, {})).toMatchObject({ differing: 1 });
  });

  test("agrees with sums beyond what one int64 holds", async () => {
    const acme = await scene("ten million and more");
    const total = async () => (await acme.as.query(api.queries.costs.summary, {})).exact.total;
    for (let n = 0; n < 12; n++) await spend(acme, "999999.99");
    expect(await check(acme)).toMatchObject({ unsettled: [], differences: [] });
    await foldAll(acme.t);
    expect(await total()).toMatchObject({ costUsd: "12000000", costEvents: 12 });
    expect(await check(acme)).toMatchObject({ unsettled: [], differences: [] });
    await tamper(
      acme,
      (row) => row.dimension === "agent" && row.unit === "day",
      (row) => ({ totalCostPico: row.totalCostPico + 1n }),
    );
    const { differences } = await check(acme);
    expect(differences.map(({ what }) => what)).toEqual(["hours and day", "days and month"]);
  });

  test("finds every hour of a zone that is half an hour off", async () => {
    const acme = await scene("half an hour");
    await acme.t.run((ctx) => ctx.db.patch("tenants", acme.tenantId, { timeZone: "Asia/Kolkata" }));
    for (const cost of ["0.5", "0.25"]) await spend(acme, cost);
    const hourMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 5 * HOUR_MS;
    const moments = [10, 50].map((minutes) => hourMs + minutes * 60_000);
    await acme.t.run(async (ctx) => {
      const { tallies } = await sumsOf(ctx, acme.tenantId);
      for (const { _id } of tallies) await ctx.db.delete("tallies", _id);
      const events = await ctx.db
        .query("cost_events")
        .withIndex("by_tenant_and_timestamp", (q) => q.eq("tenantId", acme.tenantId))
        .collect();
      for (const [n, timestamp] of moments.entries()) {
        const event = events[n];
        if (event === undefined) throw new Error("it was booked");
        const period = hourIn("Asia/Kolkata", timestamp);
        await ctx.db.patch("cost_events", event._id, { timestamp, period });
      }
    });
    const { differences } = await check(acme, { fromMs: hourMs - HOUR_MS });
    const unsummed = differences.filter(
      ({ of, field }) => `${of} ${field}` === "tenant/ costEvents",
    );
    expect(unsummed.map(({ period }) => period)).toEqual(
      moments.map((atMs) => hourIn("Asia/Kolkata", atMs)),
    );
  });

  test("compares days where retention has drawn their events together", async () => {
    const acme = await scene("kept long");
    const thenMs = Date.now() - 40 * DAY_MS;
    for (const cost of ["0.5", "0.25"]) await spend(acme, cost);
    await acme.t.run(async (ctx) => {
      const period = hourIn("UTC", thenMs);
      const { tallies } = await sumsOf(ctx, acme.tenantId);
      for (const { _id } of tallies) await ctx.db.patch("tallies", _id, { period });
      const events = await ctx.db
        .query("cost_events")
        .withIndex("by_tenant_and_timestamp", (q) => q.eq("tenantId", acme.tenantId))
        .collect();
      for (const { _id } of events) {
        await ctx.db.patch("cost_events", _id, { timestamp: thenMs, period });
      }
    });
    await acme.as.mutation(cleanup, { before: thenMs + DAY_MS });
    // What was drawn together is compared by itself.
    const checks = async () => {
      const jobs = await acme.t.run((ctx) => ctx.db.system.query("_scheduled_functions").collect());
      return jobs
        .filter(({ name, args: [of] }) => /checkAfter/.test(name) && of.tenantId === acme.tenantId)
        .map(({ state }) => state.kind);
    };
    await expect.poll(checks, { timeout: 10_000 }).toEqual(["success"]);
    const fromMs = thenMs - DAY_MS;
    const inOrder = await check(acme, { fromMs });
    expect(inOrder).toMatchObject({ periods: 1, differences: [] });

    await foldAll(acme.t);
    await tamper(
      acme,
      (row) => row.dimension === "agent" && row.unit === "day",
      (row) => ({ promptTokens: row.promptTokens - 1 }),
    );
    const { differences } = await check(acme, { fromMs });
    expect(differences.map(({ what }) => what).toSorted()).toEqual([
      "days and month",
      "events and roll-up",
      "hours and day",
    ]);
  });
});
