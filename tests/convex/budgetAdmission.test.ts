/** As much is admitted as fits, to the last request, however many ask at once and whatever the limit is divided into. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { describe, expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { openInstallation } from "../../src/cli/installation";
import { makeTenants } from "../../src/cli/tenants";
import { bundleProject } from "../../src/embedded/deploy/bundleProject";
import { openInstance } from "../../src/embedded/instance";
import { openConvexTest, openEmbedded, type Backend, type Caller } from "./drivers";
import { failureOf, onEachDriver, sharedSetup, supportBot, tenantWith } from "./setup";

const MODEL = { provider: "anthropic", model: "claude-opus-4-6" } as const;
/** 5,000 events in all with `BOOKINGS=100`. */
const BOOKINGS = Number(process.env["BOOKINGS"] ?? 6);

type Budgeted = Pick<Caller, "query" | "mutation"> & { agentId: Id<"agents"> };

async function bound({ mutation, query, agentId }: Budgeted, limit: string) {
  const policyId = await mutation(api.mutations.budgets.create, {
    name: "Support",
    dimension: "agent",
    key: agentId,
    window: "month",
    limit,
  });
  const status = async () => (await query(api.queries.budgets.get, { policyId })).status;
  await expect.poll(status, { timeout: 20_000 }).toBe("active");
  return policyId;
}

async function reserve({ mutation, agentId }: Budgeted, key: string, cost: string) {
  const asked = { key, agentId, ...MODEL, tokens: 10, cost };
  return (await mutation(api.mutations.budgets.reserve, asked)).status;
}

/** So many ask at once; how many were admitted. */
async function admittedOf(callers: readonly Budgeted[], count: number, cost: string) {
  const answers = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const caller = callers[n % callers.length];
      if (caller === undefined) throw new Error("somebody asks");
      return await reserve(caller, `call ${n}`, cost);
    }),
  );
  return answers.filter((status) => status === "reserved").length;
}

function of(as: Pick<Caller, "query" | "mutation">, agentId: Id<"agents">): Budgeted {
  return {
    agentId,
    query: as.query.bind(as) as Budgeted["query"],
    mutation: as.mutation.bind(as) as Budgeted["mutation"],
  };
}

async function someone(t: Backend, subject: string) {
  const acme = await tenantWith(t, { subject });
  const agentId = await acme.as.mutation(api.mutations.agents.create, supportBot());
  return { ...acme, caller: of(acme.as, agentId), agentId };
}

/** 1,000 with `RESERVATIONS=1000`. */
const RESERVATIONS = Number(process.env["RESERVATIONS"] ?? 150);

describe("many reservations at once", () => {
  test("of $0.10 on $5.00 are 50, at convex-test", { timeout: 60_000 }, async () => {
    const t = await openConvexTest({});
    onTestFinished(() => t.close());
    const { caller } = await someone(t, "thousand");
    await bound(caller, "5");
    expect(await admittedOf([caller], RESERVATIONS, "0.1")).toBe(50);
  });

  test("are as exact through real clients", { timeout: 120_000 }, async () => {
    const data = await mkdtemp(join(tmpdir(), "budgets-"));
    const instance = await openInstance({ data, port: 0, sitePort: 0 });
    onTestFinished(async () => {
      await instance.close();
      await rm(data, { recursive: true });
    });
    const installation = await openInstallation(data);
    await instance.runtime.setEnvironment(installation.variables);
    await instance.runtime.deploy(await bundleProject(resolve(".")));
    const model = {
      provider: "openai",
      model: "gpt-5-mini",
      variables: {},
      simulator: null,
    } as const;
    const [{ agentId, users }] = await makeTenants(instance, installation, model);
    const auth = users[0]?.token ?? "";
    const clients = Array.from({ length: 8 }, () => {
      return of(new ConvexHttpClient(instance.apiUrl, { auth, logger: false }) as never, agentId);
    });
    const [first] = clients;
    if (first === undefined) throw new Error("there are clients");
    await bound(first, "5");
    expect(await admittedOf(clients, RESERVATIONS, "0.1")).toBe(50);
  });
});

onEachDriver(() => {
  describe("a reservation", () => {
    const deployment = sharedSetup();

    test("starts among many shards and ends at the exact limit", async () => {
      const { caller, tenantId } = await someone(deployment(), "sharded");
      await bound(caller, "0.000000000300");
      expect(await reserve(caller, "first", "0.000000000001")).toBe("reserved");
      const counters = await deployment().run(async (ctx) =>
        (await ctx.db.query("budget_counters").collect()).filter(
          (counter) => counter.tenantId === tenantId,
        ),
      );
      expect(counters[0]?.division?.shardCount).toBe(32);
      expect(await admittedOf([caller], 330, "0.000000000001")).toBe(299);
    });

    test("of a model counts for its budget by whichever of its names", async () => {
      const { caller, agentId } = await someone(deployment(), "names");
      const { query, mutation } = caller;
      const called = (model: string, cost: string) => ({ agentId, ...MODEL, model, cost });
      const tokens = { inputTokens: 1, outputTokens: 0 };
      const latest = { ...tokens, inputCost: "0.3", outputCost: "0" };
      const { cost: _cost, ...before } = called(`${MODEL.model}-latest`, "0.3");
      await mutation(api.mutations.costs.create, { ...before, ...latest });
      const key = `anthropic/${MODEL.model}`;
      const policyId = await mutation(api.mutations.budgets.create, {
        name: "Model",
        dimension: "model",
        key: `${key}-20260205`,
        window: "month",
        limit: "1",
      });
      const standing = async () => await query(api.queries.budgets.get, { policyId });
      await expect.poll(async () => (await standing()).status).toBe("active");
      expect(await standing()).toMatchObject({ key, cost: { spentUsd: "0.3" } });
      const answers = [];
      for (const model of [MODEL.model, `${MODEL.model}-20260205`, key]) {
        const asked = { key: model, ...called(model, "0.3"), tokens: 10 };
        answers.push((await mutation(api.mutations.budgets.reserve, asked)).status);
      }
      expect(answers).toEqual(["reserved", "reserved", "refused"]);

      const settled = { key: `${MODEL.model}-20260205`, ...latest, inputCost: "0.2" };
      await mutation(api.mutations.budgets.settle, settled);
      const paginationOpts = { cursor: null, numItems: 10 };
      const models = await query(api.queries.costs.byModel, { paginationOpts });
      expect(models.page).toMatchObject([{ key, costUsd: "0.5" }]);
      for (const name of [key, `${key}-latest`]) {
        const of = { dimension: "model", key: name } as const;
        const rows = await query(api.queries.costs.listEvents, { ...of, paginationOpts });
        const costs = rows.page.map(({ model, totalCostUsd }) => [model, totalCostUsd]);
        expect(Object.fromEntries(costs)).toEqual({
          [settled.key]: "0.2",
          [`${MODEL.model}-latest`]: "0.3",
        });
      }
    });

    test("is made once for a key, settled once, and given back as a whole", async () => {
      const { caller } = await someone(deployment(), "keys");
      const policyId = await bound(caller, "1");
      const { reserve: hold, settle, release } = api.mutations.budgets;
      const call = { agentId: caller.agentId, ...MODEL, tokens: 10, cost: "0.6" };
      const standing = async () => {
        const { cost, tokens } = await caller.query(api.queries.budgets.get, { policyId });
        return [cost.spentUsd, cost.reservedUsd, tokens.spent, tokens.reserved];
      };
      await caller.mutation(hold, { key: "a", ...call });
      expect(await standing()).toEqual(["0", "0.6", 0, 10]);
      const again = await failureOf(caller.mutation(hold, { key: "a", ...call }));
      expect(again).toMatchObject({ kind: "conflict", entity: "reservation" });
      expect((await caller.mutation(hold, { key: "b", ...call })).status).toBe("refused");
      await caller.mutation(release, { key: "a" });
      expect(await standing()).toEqual(["0", "0", 0, 0]);
      const used = { inputTokens: 3, outputTokens: 4, inputCost: "0.1", outputCost: "0.2" };
      const late = await failureOf(caller.mutation(settle, { key: "a", ...used }));
      expect(late).toMatchObject({ kind: "conflict" });
      await caller.mutation(hold, { key: "c", ...call });
      await caller.mutation(settle, { key: "c", ...used });
      expect(await standing()).toEqual(["0.3", "0", 7, 0]);
      const twice = await failureOf(caller.mutation(settle, { key: "c", ...used }));
      expect(twice).toMatchObject({ kind: "conflict" });
    });

    test("is refused where no call could come to as much, by tokens or by cost", async () => {
      const { caller } = await someone(deployment(), "too much");
      const { reserve: hold } = api.mutations.budgets;
      const call = { key: "much", agentId: caller.agentId, ...MODEL, tokens: 10, cost: "1" };
      const tokens = await failureOf(caller.mutation(hold, { ...call, tokens: 100_000_001 }));
      expect(tokens).toMatchObject({ kind: "invalid_argument", field: "tokens" });
      const cost = await failureOf(caller.mutation(hold, { ...call, cost: "1000000.01" }));
      expect(cost).toMatchObject({ kind: "invalid_argument", field: "cost" });
      const most = { ...call, tokens: 100_000_000, cost: "1000000" };
      expect((await caller.mutation(hold, most)).status).toBe("reserved");
    });

    test("that cannot be booked stops no other's end, and is tried again", async () => {
      const [broken, fine] = [
        await someone(deployment(), "cannot be booked"),
        await someone(deployment(), "comes behind it"),
      ];
      const policyId = await bound(fine.caller, "1");
      await reserve(broken.caller, "poison", "0");
      await reserve(fine.caller, "lost", "0.5");
      const poison = await deployment().run(async (ctx) => {
        const rows = await ctx.db.query("budget_reservations").collect();
        const of = (tenantId: Id<"tenants">) => {
          const row = rows.find((one) => one.tenantId === tenantId);
          if (row === undefined) throw new Error("it is kept");
          return row;
        };
        const { _id: id, reserved } = of(broken.tenantId);
        // More than any call can use has no price, and so no booking, where no cost was held.
        const tokens = { ...reserved, tokens: 100_000_001 };
        const more = { reserved: tokens, isStated: false, expiresAtMs: 1 };
        await ctx.db.patch("budget_reservations", id, more);
        await ctx.db.patch("budget_reservations", of(fine.tenantId)._id, { expiresAtMs: 2 });
        return id;
      });
      const swept = async () => {
        await deployment().mutation(internal.jobs.budgets.sweepExpired, {});
        return await deployment().run((ctx) => ctx.db.get("budget_reservations", poison));
      };
      const row = await swept();
      expect(row?.state).toBe("reserved");
      expect(row?.retryAtMs).toBeGreaterThan(Date.now());
      const { cost } = await fine.caller.query(api.queries.budgets.get, { policyId });
      expect([cost.spentUsd, cost.reservedUsd]).toEqual(["0.5", "0"]);

      await deployment().run(async (ctx) => {
        const reserved = { tokens: 10, pico: 0n };
        await ctx.db.patch("budget_reservations", poison, { reserved, retryAtMs: Date.now() });
      });
      const booked = await swept();
      expect(booked).toMatchObject({ state: "expired", actual: { tokens: 10 } });
      expect(booked?.retryAtMs).toBeUndefined();
    });

    test("of no cost is booked at none, whatever its tokens cost elsewhere", async () => {
      const { caller, as, tenantId } = await someone(deployment(), "for nothing");
      const policyId = await bound(caller, "1");
      expect(await reserve(caller, "free", "0")).toBe("reserved");
      await deployment().run(async (ctx) => {
        const rows = await ctx.db.query("budget_reservations").collect();
        const row = rows.find((one) => one.tenantId === tenantId);
        if (row === undefined) throw new Error("it is kept");
        await ctx.db.patch("budget_reservations", row._id, { expiresAtMs: 1 });
        await ctx.runMutation(internal.jobs.budgets.sweepExpired, {});
      });
      const { cost, tokens } = await caller.query(api.queries.budgets.get, { policyId });
      expect([cost.spentUsd, tokens.spent]).toEqual(["0", 10]);
      const { exact } = await as.query(api.queries.costs.summary, {});
      expect(exact.total).toMatchObject({ costUsd: "0", costEvents: 1, unpricedEvents: 0 });
    });

    test("of more tokens than any call can use is booked at the cost that was held", async () => {
      const { caller, tenantId } = await someone(deployment(), "held before the bound");
      const policyId = await bound(caller, "1");
      await reserve(caller, "lost", "0.5");
      await deployment().run(async (ctx) => {
        const rows = await ctx.db.query("budget_reservations").collect();
        const row = rows.find((one) => one.tenantId === tenantId);
        if (row === undefined) throw new Error("it is kept");
        const reserved = { ...row.reserved, tokens: 100_000_001 };
        await ctx.db.patch("budget_reservations", row._id, { reserved, expiresAtMs: 1 });
        for (const { shardId } of row.holds) {
          await ctx.db.patch("budget_shards", shardId, { reserved });
        }
      });
      await deployment().mutation(internal.jobs.budgets.sweepExpired, {});
      const { cost, tokens } = await caller.query(api.queries.budgets.get, { policyId });
      expect([cost.spentUsd, cost.reservedUsd, tokens.spent, tokens.reserved]).toEqual([
        "0.5",
        "0",
        100_000_001,
        0,
      ]);
    });

    test("is booked by its own job at its end, not before it, and once", async () => {
      const { caller, tenantId } = await someone(deployment(), "its own job");
      const policyId = await bound(caller, "1");
      await reserve(caller, "job", "0.5");
      const standing = async () => {
        const { cost } = await caller.query(api.queries.budgets.get, { policyId });
        return [cost.spentUsd, cost.reservedUsd];
      };
      const of = { tenantId, key: "external/job" };
      const expire = async () => await deployment().mutation(internal.jobs.budgets.expire, of);
      await expire();
      expect(await standing()).toEqual(["0", "0.5"]);
      await deployment().run(async (ctx) => {
        const rows = await ctx.db.query("budget_reservations").collect();
        const row = rows.find((one) => one.tenantId === tenantId);
        if (row === undefined) throw new Error("it is kept");
        await ctx.db.patch("budget_reservations", row._id, { expiresAtMs: Date.now() });
      });
      await expire();
      await expire();
      expect(await standing()).toEqual(["0.5", "0"]);
    });

    test("that a budget would send elsewhere is refused, for it is not made of another model", async () => {
      const { caller } = await someone(deployment(), "elsewhere");
      const policyId = await caller.mutation(api.mutations.budgets.create, {
        name: "Support",
        dimension: "agent",
        key: caller.agentId,
        window: "month",
        limit: "1",
        action: "degrade",
        degradeTo: { provider: "anthropic", model: "claude-haiku-4-5" },
      });
      const status = async () => (await caller.query(api.queries.budgets.get, { policyId })).status;
      await expect.poll(status).toBe("active");
      expect(await reserve(caller, "dear", "2")).toBe("refused");
      const paginationOpts = { numItems: 10, cursor: null };
      const { page } = await caller.query(api.queries.budgets.events, { policyId, paginationOpts });
      expect(page.map(({ kind }) => kind)).toEqual(["refused"]);
    });

    test("of nothing is counted with what it came to, though its shard is gone by then", async () => {
      const { caller } = await someone(deployment(), "of nothing");
      const policyId = await bound(caller, "10");
      const { reserve: hold, settle } = api.mutations.budgets;
      const nothing = { agentId: caller.agentId, ...MODEL, tokens: 0, cost: "0" };
      const keys = Array.from({ length: 5 }, (_, n) => `nothing ${n}`);
      for (const key of keys) await caller.mutation(hold, { key, ...nothing });
      // It fits into no share: the shards are drawn together, and those that hold nothing are no more.
      expect(await reserve(caller, "large", "4")).toBe("reserved");
      const used = { inputTokens: 1, outputTokens: 1, inputCost: "1", outputCost: "0" };
      for (const key of keys) await caller.mutation(settle, { key, ...used });
      const { cost, tokens } = await caller.query(api.queries.budgets.get, { policyId });
      expect([cost.spentUsd, cost.reservedUsd, tokens.spent]).toEqual(["5", "4", 10]);
      expect(await reserve(caller, "beyond", "1.01")).toBe("refused");
      expect(await reserve(caller, "the rest", "1")).toBe("reserved");
    });

    test("is refused for a key that the ledger has, however long ago", async () => {
      const { caller, tenantId } = await someone(deployment(), "reused");
      const policyId = await bound(caller, "10");
      const { settle } = api.mutations.budgets;
      const used = { inputTokens: 1, outputTokens: 1, inputCost: "1", outputCost: "0" };
      await reserve(caller, "static", "1");
      await caller.mutation(settle, { key: "static", ...used });
      // As 30 days later: the reservation goes, and the ledger's row stays.
      await deployment().run(async (ctx) => {
        const rows = await ctx.db.query("budget_reservations").collect();
        for (const row of rows.filter((one) => one.tenantId === tenantId)) {
          await ctx.db.patch("budget_reservations", row._id, { expiresAtMs: 1 });
        }
        await ctx.runMutation(internal.jobs.budgets.sweep, {});
      });
      const again = await failureOf(reserve(caller, "static", "3"));
      expect(again).toMatchObject({ kind: "conflict", entity: "reservation" });
      const { cost } = await caller.query(api.queries.budgets.get, { policyId });
      expect([cost.spentUsd, cost.reservedUsd]).toEqual(["1", "0"]);
    });

    test("that has expired is not booked a second time once its event is in a summary", async () => {
      const { caller, tenantId } = await someone(deployment(), "summarised");
      const policyId = await bound(caller, "10");
      await reserve(caller, "late", "2");
      await deployment().run(async (ctx) => {
        const rows = await ctx.db.query("budget_reservations").collect();
        const row = rows.find((one) => one.tenantId === tenantId);
        if (row === undefined) throw new Error("it is kept");
        await ctx.db.patch("budget_reservations", row._id, { expiresAtMs: 1 });
        await ctx.runMutation(internal.jobs.budgets.sweepExpired, {});
      });
      const beforeMs = Date.now() + 1;
      await deployment().mutation(internal.jobs.costs.summarizeRest, { tenantId, beforeMs });
      const used = { inputTokens: 3, outputTokens: 4, inputCost: "0.1", outputCost: "0" };
      const { settle } = api.mutations.budgets;
      const late = await failureOf(caller.mutation(settle, { key: "late", ...used }));
      expect(late).toMatchObject({ kind: "conflict", entity: "reservation" });
      const { cost } = await caller.query(api.queries.budgets.get, { policyId });
      expect([cost.spentUsd, cost.reservedUsd]).toEqual(["2", "0"]);
    });

    test("that nobody ends is booked as a whole, and put right by who knows better", async () => {
      const { caller, tenantId } = await someone(deployment(), "expired");
      const policyId = await bound(caller, "1");
      await reserve(caller, "lost", "0.5");
      await deployment().run(async (ctx) => {
        const rows = await ctx.db.query("budget_reservations").collect();
        const row = rows.find((one) => one.tenantId === tenantId);
        if (row === undefined) throw new Error("it is kept");
        await ctx.db.patch("budget_reservations", row._id, { expiresAtMs: 1 });
        await ctx.runMutation(internal.jobs.budgets.sweepExpired, {});
      });
      const spent = async () => {
        const { cost } = await caller.query(api.queries.budgets.get, { policyId });
        return [cost.spentUsd, cost.reservedUsd];
      };
      expect(await spent()).toEqual(["0.5", "0"]);
      const used = { inputTokens: 3, outputTokens: 4, inputCost: "0.1", outputCost: "0" };
      await caller.mutation(api.mutations.budgets.settle, { key: "lost", ...used });
      expect(await spent()).toEqual(["0.1", "0"]);
    });
  });
});

test("fifty writers under a hard budget: none is lost or refused for contention", async () => {
  const t = await openEmbedded({}, { occWindowMs: 20 });
  onTestFinished(() => t.close());
  const { caller, as } = await someone(t, "contended");
  await bound(caller, "1000");
  await Promise.all(
    Array.from({ length: 50 }, async (_, writer) => {
      for (let n = 0; n < BOOKINGS; n++) {
        const key = `${writer}/${n}`;
        expect(await reserve(caller, key, "0.001")).toBe("reserved");
        const used = { inputTokens: 1, outputTokens: 1, inputCost: "0.0005", outputCost: "0" };
        await caller.mutation(api.mutations.budgets.settle, { key, ...used });
      }
    }),
  );
  const { exact } = await as.query(api.queries.costs.summary, {});
  expect(exact.total).toMatchObject({ costEvents: 50 * BOOKINGS });
  const paginationOpts = { numItems: 10, cursor: null };
  const { page } = await as.query(api.queries.budgets.list, { paginationOpts });
  expect(page[0]?.cost).toMatchObject({ spent: (50 * BOOKINGS * 5) / 10_000, reserved: 0 });
  expect(t.runtime.meter().contention?.failures).toBe(0);
}, 600_000);
