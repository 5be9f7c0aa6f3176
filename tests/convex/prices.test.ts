/** Prices of a tenant's own, corrections of what was booked, and pricing anew: with the sums that follow. */
import { describe, expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import { recordAt } from "../../convex/model/costs/attempts";
import type { TenantScope } from "../../convex/model/access";
import type { StoredCallFacts, StoredUsageReport } from "../../convex/validators";
import { COUNT_MAX } from "../../src/pricing/usage";
import type { Backend } from "./drivers";
import {
  failureOf,
  firstPage as paginationOpts,
  memberOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
} from "./setup";

const { set, remove } = api.mutations.prices;
const { correct, rerate } = api.mutations.costs;
const BEGAN = Date.parse("2026-11-20T13:30:00Z");

type Scene = Awaited<ReturnType<typeof scene>>;

async function scene(t: Backend, subject: string) {
  const member = await tenantWith(t, { subject });
  const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
  return { t, agentId, ...member };
}

type Call = {
  provider?: Doc<"cost_events">["provider"];
  model?: string;
  facts?: StoredCallFacts;
  startedAtMs?: number;
} & Partial<StoredUsageReport>;

/** Books an attempt as a worker does. */
async function booked(
  { t, tenantId, agentId }: Scene,
  { provider = "openai", model = "gpt-5-mini", facts = {}, startedAtMs = BEGAN, ...report }: Call,
): Promise<Id<"cost_events">> {
  const attemptId = crypto.randomUUID();
  return await t.run(async (ctx) => {
    const scope = { tenantId } as unknown as TenantScope;
    await recordAt(ctx as never, scope, {
      billed: {
        attempt: { attemptId, kind: "primary", provider, model, startedAtMs },
        status: "ok",
        report: { ...STATED, ...report },
        facts,
        endedAtMs: startedAtMs + 1_000,
      },
      place: { agentId },
      nowMs: Date.now(),
    });
    const row = await ctx.db
      .query("cost_events")
      .withIndex("by_attempt", (q) => q.eq("tenantId", tenantId).eq("attemptId", attemptId))
      .unique();
    return row!._id;
  });
}

const STATED: StoredUsageReport = {
  usage: { tokens: { inputFresh: 1_000, output: 100 }, reasoningTokens: 0, toolUnits: {} },
  source: "provider",
  reconciliation: "ok",
  notes: [],
};

async function eventOf({ t }: Scene, id: Id<"cost_events">) {
  return (await t.run(async (ctx) => await ctx.db.get("cost_events", id)))!;
}

/** All rows of the ledger, and their sum beside the one that is shown. */
async function ledgerOf({ t, as, tenantId }: Scene) {
  const rows = await t.run(
    async (ctx) =>
      await ctx.db
        .query("cost_events")
        .withIndex("by_tenant_and_timestamp", (q) => q.eq("tenantId", tenantId))
        .collect(),
  );
  const totalPico = rows.reduce((sum, { totalCostPico }) => sum + totalCostPico, 0n);
  const { exact } = await as.query(api.queries.costs.summary, { nowMs: BEGAN });
  expect(exact.total.costEvents).toBe(rows.length);
  for (const span of [exact.total, exact.month, exact.today]) {
    expect(BigInt(Math.round(Number(span.costUsd) * 1e12))).toBe(totalPico);
  }
  return { rows, totalPico };
}

onEachDriver(() => {
  describe("prices of a tenant's own", () => {
    const open = sharedSetup();

    test("price what the book does not know, for free if that is said, and by another model's price", async () => {
      const acme = await scene(open(), "own");
      const call = { provider: "openai_compatible", model: "llama-at-home" } as const;
      expect(await eventOf(acme, await booked(acme, call))).toMatchObject({
        totalCostPico: 0n,
        unpriced: ["inputFresh", "output"],
        priceVersion: null,
      });
      const get = async () => await acme.as.query(api.queries.prices.get, { ...call, atMs: BEGAN });
      expect(await get()).toBeNull();

      const own = { ...call, effectiveFrom: 0 };
      const free = await acme.as.mutation(set, {
        ...own,
        usdPerMillion: { inputFresh: 0, output: "0" },
      });
      expect(await eventOf(acme, await booked(acme, call))).toMatchObject({
        totalCostPico: 0n,
        unpriced: [],
        priceVersion: `override/${free}`,
      });
      const rates = { inputFresh: "0.079605", output: 3 };
      const paid = await acme.as.mutation(set, { ...own, usdPerMillion: rates });
      expect(await eventOf(acme, await booked(acme, call))).toMatchObject({
        totalCostPico: 1_000n * 79_605n + 100n * 3_000_000n,
        priceVersion: `override/${paid}`,
      });
      const sameAs = { provider: "openai", model: "gpt-5-mini" };
      const same = await acme.as.mutation(set, { ...own, sameAs });
      const event = await eventOf(acme, await booked(acme, call));
      expect(event.totalCostPico).toBe(1_000n * 250_000n + 100n * 2_000_000n);
      expect(event.priceVersion).toMatch(`override/${same}=`);
      expect(event.priceVersion).toMatch(/\/openai\/gpt-5-mini$/);
      expect(await get()).toMatchObject({ source: "override", overrideId: same });

      // A snapshot's price is its model's, and who resells it has prices of its own.
      const snapshot = { ...call, model: "llama-at-home-2026-01-01" };
      expect((await eventOf(acme, await booked(acme, snapshot))).unpriced).toEqual([]);
      const rival = await scene(open(), "rival");
      expect((await eventOf(rival, await booked(rival, call))).priceVersion).toBeNull();
    });

    test("stand beside the book's, for each model that runs can call", async () => {
      const acme = await scene(open(), "models");
      const of = { provider: "openai", model: "gpt-5-mini" } as const;
      const usdPerMillion = { inputFresh: "7" };
      const own = await acme.as.mutation(set, { ...of, usdPerMillion, effectiveFrom: BEGAN });
      const priced = async ({ as }: Scene, model: string) => {
        const models = await as.query(api.queries.prices.models, { atMs: BEGAN });
        expect(new Set(models.map(({ provider }) => provider))).toEqual(
          new Set(["anthropic", "openai", "google"]),
        );
        return models.find((one) => one.model === model);
      };
      expect(await priced(acme, "gpt-5-mini")).toMatchObject({
        provider: "openai",
        price: { source: "override", overrideId: own, usdPerMillion },
      });
      const book = { source: "book", usdPerMillion: { inputFresh: "0.25", output: "2" } };
      const rival = await scene(open(), "rivalModels");
      expect(await priced(rival, "gpt-5-mini")).toMatchObject({ price: book });
      expect(await priced(acme, "claude-opus-4-6")).toMatchObject({
        contextTokens: expect.any(Number) as number,
        price: { source: "book" },
      });
    });

    test("hold from their moment on, are versions, and end", async () => {
      const acme = await scene(open(), "versions");
      const model = { provider: "openai", model: "gpt-5-mini" } as const;
      const at = (atMs: number) => acme.as.query(api.queries.prices.get, { ...model, atMs });
      const day = 24 * 60 * 60 * 1_000;
      const usd = (inputFresh: string) => ({ usdPerMillion: { inputFresh } });
      const first = await acme.as.mutation(set, { ...model, ...usd("7"), effectiveFrom: BEGAN });
      const later = Date.now() + day;
      const second = await acme.as.mutation(set, { ...model, ...usd("8"), effectiveFrom: later });
      const source = async (atMs: number) => (await at(atMs))?.overrideId ?? "book";
      expect(await source(BEGAN - 1)).toBe("book");
      expect(await source(BEGAN)).toBe(first);
      expect(await source(later - 1)).toBe(first);
      expect(await source(later)).toBe(second);
      const mended = await acme.as.mutation(set, { ...model, ...usd("9"), effectiveFrom: BEGAN });
      expect(await source(BEGAN)).toBe(mended);
      expect(await failureOf(acme.as.mutation(remove, { id: first }))).toMatchObject({
        kind: "conflict",
      });

      await acme.as.mutation(remove, { id: second });
      expect(await source(later)).toBe("book");
      await acme.as.mutation(remove, { id: mended });
      expect([await source(BEGAN), await source(Date.now())]).toEqual([mended, "book"]);

      const paginationOpts = { numItems: 10, cursor: null };
      const { page } = await acme.as.query(api.queries.prices.list, { ...model, paginationOpts });
      expect(page.map(({ effectiveFrom, enabled }) => [effectiveFrom === BEGAN, enabled])).toEqual([
        [true, true],
        [true, true],
        [false, false],
        [false, true],
        [false, false],
      ]);
      expect(page[0]?.usdPerMillion).toEqual({ inputFresh: "7" });
    });

    test.each([
      ["a negative price", { usdPerMillion: { inputFresh: -1 } }, "usdPerMillion.inputFresh"],
      ["a negative text", { usdPerMillion: { output: "-0.1" } }, "usdPerMillion.output"],
      ["less than a pico", { usdPerMillion: { output: "0.0000001" } }, "usdPerMillion.output"],
      ["more than any", { usdPerMillion: { output: "1000.000001" } }, "usdPerMillion.output"],
      [
        "a dear tool",
        { usdPerMillion: { output: 1 }, usdPerThousand: { webSearch: 1_001 } },
        "usdPerThousand.webSearch",
      ],
      ["no price", {}, "usdPerMillion"],
      ["none at all", { usdPerMillion: {} }, "usdPerMillion"],
      ["none of input", { usdPerMillion: { cacheRead: 1, output: 1 } }, "usdPerMillion.inputFresh"],
      ["a model that nobody knows", { sameAs: { provider: "x", model: "y" } }, "sameAs"],
      [
        "both",
        { usdPerMillion: { output: 1 }, sameAs: { provider: "openai", model: "gpt-5" } },
        "sameAs",
      ],
      ["a blank name", { model: " ", usdPerMillion: { output: 1 } }, "model"],
      ["no moment", { usdPerMillion: { output: 1 }, effectiveFrom: 0.5 }, "effectiveFrom"],
    ])("refuses %s", async (what, bad, field) => {
      const acme = await scene(open(), `bad ${what}`);
      const given = { provider: "openai" as const, model: "gpt-own", ...bad };
      expect(await failureOf(acme.as.mutation(set, given))).toMatchObject({
        kind: "invalid_argument",
        field,
      });
    });

    test("the dearest allowed price of the largest usage fits into the ledger", async () => {
      const acme = await scene(open(), "dearest");
      const call = { provider: "openai_compatible", model: "gold" } as const;
      const dear = { inputFresh: 1_000, cacheRead: 1_000, output: 1_000 };
      await acme.as.mutation(set, { ...call, effectiveFrom: 0, usdPerMillion: dear });
      const tokens = { inputFresh: COUNT_MAX, cacheRead: COUNT_MAX, output: COUNT_MAX };
      const usage = { tokens, reasoningTokens: 0, toolUnits: {} };
      const event = await eventOf(acme, await booked(acme, { ...call, usage }));
      expect(event.totalCostPico).toBe(3n * BigInt(COUNT_MAX) * 1_000_000_000n);
    });

    test("are an admin's to change", async () => {
      const acme = await scene(open(), "roles");
      const own = { provider: "openai" as const, model: "own", usdPerMillion: { inputFresh: 1 } };
      for (const role of ["operator", "admin"] as const) {
        const { as } = await memberOf(acme.t, { ...acme, subject: `roles ${role}`, role });
        const change = as.mutation(set, own);
        if (role === "admin") await change;
        else expect(await failureOf(change)).toMatchObject({ kind: "forbidden" });
      }
      const paginationOpts = { numItems: 10, cursor: null };
      const log = await acme.as.query(api.queries.activity.list, { paginationOpts });
      expect(log.page[0]).toMatchObject({ action: "prices.set", entityTable: "price_overrides" });
    });
  });

  describe("what the provider itself says that a call cost", () => {
    const open = sharedSetup();

    test("stands beside ours; what differs by more than rounding is a mismatch", async () => {
      const acme = await scene(open(), "reported");
      const ours = 1_000n * 250_000n + 100n * 2_000_000n;
      for (const [reportedCostPico, reconciliation] of [
        [ours, "ok"],
        [ours + 1_000_000n, "ok"],
        [ours - 1_000_001n, "mismatch"],
      ] as const) {
        const event = await eventOf(acme, await booked(acme, { reportedCostPico }));
        expect(event).toMatchObject({ reconciliation, reportedCostPico, totalCostPico: ours });
      }
    });

    test("is booked where no price is known, and gives way to one that is", async () => {
      const acme = await scene(open(), "taken");
      const call = { provider: "openai_compatible", model: "vendor/x" } as const;
      const id = await booked(acme, { ...call, reportedCostPico: 123_000_000n });
      expect(await eventOf(acme, id)).toMatchObject({
        totalCostPico: 123_000_000n,
        unpriced: [],
        priceVersion: "reported",
      });
      await ledgerOf(acme);
    });

    test("a tier that was asked for is priced where it is not said what was served", async () => {
      const acme = await scene(open(), "tiers");
      const cost = async (facts: StoredCallFacts) =>
        (await eventOf(acme, await booked(acme, { facts }))).totalCostPico;
      const standard = await cost({});
      expect(await cost({ requestedTier: "flex" })).toBe(standard / 2n);
      expect(await cost({ requestedTier: "flex", servedTier: "default" })).toBe(standard);
      expect(await cost({ servedTier: "flex" })).toBe(standard / 2n);
    });

    test("what another model used within a call is priced as its own", async () => {
      const acme = await scene(open(), "iterations");
      const usage = (inputFresh: number, output: number) => ({
        tokens: { inputFresh, output },
        reasoningTokens: 0,
        toolUnits: {},
      });
      const event = await eventOf(
        acme,
        await booked(acme, {
          provider: "anthropic",
          model: "claude-haiku-5-5",
          usage: usage(130, 14),
          others: [{ model: "claude-opus-5-5", usage: usage(30, 4) }],
        }),
      );
      const haiku = 100n * 100_000n + 10n * 500_000n;
      const opus = 30n * 4_000_000n + 4n * 20_000_000n;
      expect(event.totalCostPico).toBe(haiku + opus);
      expect(event.lines.map(({ model, tokens }) => [model, tokens])).toEqual([
        [undefined, 100],
        [undefined, 10],
        ["claude-opus-5-5", 30],
        ["claude-opus-5-5", 4],
      ]);
    });
  });

  describe("costs.correct", () => {
    const open = sharedSetup();

    test("makes of what was booked what is true, several times, and every sum follows", async () => {
      const acme = await scene(open(), "correct");
      const id = await booked(acme, {});
      await booked(acme, {});
      const before = await ledgerOf(acme);

      const tokens = { inputFresh: 900, cacheRead: 100, output: 300 };
      const used = { id, tokens, toolUnits: { webSearch: 2 }, reason: "the provider's usage page" };
      const first = await acme.as.mutation(correct, used);
      const usedPico = 900n * 250_000n + 100n * 25_000n + 300n * 2_000_000n + 2n * 10_000_000_000n;
      expect(first.totalCostUsd).toBe("0.0208275");
      const adjustment = await eventOf(acme, first.id!);
      expect(adjustment).toMatchObject({
        kind: "adjustment",
        usageSource: "corrected",
        timestamp: BEGAN,
        period: (await eventOf(acme, id)).period,
        usage: { tokens: { inputFresh: -100, cacheRead: 100, output: 200 } },
        reason: "the provider's usage page",
      });
      expect(adjustment.lines.map(({ class: name, tokens: count }) => [name, count])).toEqual([
        ["inputFresh", -100],
        ["cacheRead", 100],
        ["output", 200],
      ]);
      const ownPico = before.totalPico / 2n;
      expect((await ledgerOf(acme)).totalPico).toBe(ownPico + usedPico);

      // The same truth again changes nothing.
      const again = await acme.as.mutation(correct, used);
      expect(again).toEqual({ id: null, differenceUsd: "0", totalCostUsd: "0.0208275" });

      const bill = { id, totalCost: "0.01", reason: "invoice 7" };
      const second = await acme.as.mutation(correct, bill);
      expect(second).toMatchObject({ differenceUsd: "-0.0108275", totalCostUsd: "0.01" });
      expect((await ledgerOf(acme)).totalPico).toBe(ownPico + 10_000_000_000n);
      expect((await eventOf(acme, second.id!)).attemptId).toMatch(/^adjusted\/2\//);

      // And back to what was used: from all rows together, not from the first.
      await acme.as.mutation(correct, { ...used, reason: "the invoice was for another call" });
      expect((await ledgerOf(acme)).totalPico).toBe(ownPico + usedPico);
      expect(before.rows).toEqual(
        (await ledgerOf(acme)).rows.filter(({ kind }) => kind === "attempt"),
      );
    });

    test("gives a price to what had none, and is counted among the unpriced no more", async () => {
      const acme = await scene(open(), "priced");
      const id = await booked(acme, { provider: "openai_compatible", model: "unheard-of" });
      const unpriced = async () =>
        await acme.t.run(async (ctx) => {
          const tallies = await ctx.db
            .query("tallies")
            .withIndex("by_tenant", (q) => q.eq("tenantId", acme.tenantId))
            .collect();
          const rollup = await ctx.db
            .query("rollups")
            .withIndex("by_key", (q) =>
              q
                .eq("tenantId", acme.tenantId)
                .eq("dimension", "tenant")
                .eq("key", "")
                .eq("unit", "total"),
            )
            .unique();
          return tallies.reduce(
            (sum, { sums }) => sum + sums.unpricedEvents,
            rollup?.unpricedEvents ?? 0,
          );
        });
      expect(await unpriced()).toBe(1);
      await acme.as.mutation(correct, { id, totalCost: "0.5", reason: "invoice" });
      expect(await unpriced()).toBe(0);
      expect((await ledgerOf(acme)).totalPico).toBe(500_000_000_000n);
    });

    test("makes none of the tokens less that count against the plan, but for what callers reported", async () => {
      const slug = "correct and plan";
      const acme = await scene(open(), slug);
      const id = await booked(acme, { startedAtMs: Date.now() });
      // Where no plan bounds it, nothing is lifted.
      await acme.as.mutation(correct, { id, tokens: { output: 1_000 }, reason: "as billed" });
      await acme.as.mutation(api.mutations.tenants.update, { monthlyBudget: 5 });
      const spent = async () => {
        const { page } = await acme.as.query(api.queries.budgets.list, { paginationOpts });
        return page.find(({ source }) => source === "plan")?.tokens.spent;
      };
      await expect.poll(spent).toBe(1_000);

      const refused = [{ tokens: {} }, { tokens: { inputFresh: 999 } }, { toolUnits: {} }];
      for (const used of refused) {
        const lifting = acme.as.mutation(correct, { id, reason: "as billed", ...used });
        expect(await failureOf(lifting)).toMatchObject({
          kind: "conflict",
          reason: expect.stringContaining("operators") as string,
        });
      }
      expect(await spent()).toBe(1_000);
      await acme.as.mutation(correct, { id, totalCost: 0, reason: "as billed" });
      await acme.as.mutation(correct, { id, tokens: { inputFresh: 1_000 }, reason: "all read" });
      expect(await spent()).toBe(1_000);
      await acme.as.mutation(correct, { id, tokens: { inputFresh: 1_500 }, reason: "and more" });
      expect(await spent()).toBe(1_500);

      const { correctCost } = internal.jobs.tenants;
      await acme.t.mutation(correctCost, {
        slug,
        id,
        tokens: { output: 7 },
        reason: "a test call",
      });
      expect(await spent()).toBe(7);
      const { page } = await acme.as.query(api.queries.activity.list, { paginationOpts });
      expect(page[0]).toMatchObject({ action: "costs.correct" });
      const other = await scene(open(), "correct and no plan");
      const foreign = { slug: "correct and no plan", id, tokens: {}, reason: "not theirs" };
      expect(await failureOf(other.t.mutation(correctCost, foreign))).toMatchObject({
        kind: "not_found",
      });

      const call = { agentId: acme.agentId, provider: "openai", model: "gpt-5-mini" } as const;
      const used = { inputTokens: 500, outputTokens: 0, inputCost: "0.1", outputCost: 0 };
      const reported = await acme.as.mutation(api.mutations.costs.create, { ...call, ...used });
      expect(await spent()).toBe(507);
      await acme.as.mutation(correct, { id: reported, tokens: {}, reason: "a slip" });
      expect(await spent()).toBe(7);
    });

    test.each([
      ["neither usage nor amount", {}, "totalCost"],
      ["both", { tokens: { output: 1 }, totalCost: 1 }, "totalCost"],
      ["no reason", { totalCost: 1, reason: " " }, "reason"],
      ["a negative count", { tokens: { output: -1 } }, "tokens.output"],
      ["a fraction", { toolUnits: { webSearch: 0.5 } }, "toolUnits.webSearch"],
      ["a negative amount", { totalCost: -1 }, "totalCost"],
      [
        "reasoning beyond the output",
        { tokens: { output: 1 }, reasoningTokens: 2 },
        "reasoningTokens",
      ],
    ])("refuses %s", async (what, bad, field) => {
      const acme = await scene(open(), `incorrect ${what}`);
      const id = await booked(acme, {});
      const given = { id, reason: "bill", ...bad };
      expect(await failureOf(acme.as.mutation(correct, given))).toMatchObject({
        kind: "invalid_argument",
        field,
      });
    });

    test("takes attempts only", async () => {
      const acme = await scene(open(), "attempts");
      const id = await booked(acme, {});
      const made = await acme.as.mutation(correct, { id, totalCost: "1", reason: "bill" });
      const ofAdjustment = { id: made.id!, totalCost: "2", reason: "bill" };
      expect(await failureOf(acme.as.mutation(correct, ofAdjustment))).toMatchObject({
        kind: "invalid_argument",
        field: "id",
      });
    });
  });

  describe("costs.rerate", () => {
    const open = sharedSetup();

    test("prices a period anew, whole, once, and in the period of each attempt", async () => {
      const acme = await scene(open(), "rerate");
      const call = { provider: "openai_compatible", model: "late-price" } as const;
      for (let n = 0; n < 60; n++) await booked(acme, { ...call, startedAtMs: BEGAN + n });
      await booked(acme, { ...call, startedAtMs: BEGAN + 60 });
      const billed = await booked(acme, { ...call, startedAtMs: BEGAN + 5 });
      await acme.as.mutation(correct, { id: billed, totalCost: "3", reason: "bill" });
      expect((await ledgerOf(acme)).totalPico).toBe(3_000_000_000_000n);

      const rates = { inputFresh: 1, output: 10 };
      await acme.as.mutation(set, { ...call, usdPerMillion: rates, effectiveFrom: 0 });
      const period = { from: BEGAN, to: BEGAN + 60 };
      const started = await acme.as.mutation(rerate, period);
      expect(started).toMatchObject({ examinedCount: 50, isDone: false });
      const eachPico = 1_000n * 1_000_000n + 100n * 10_000_000n;
      const totalPico = 60n * eachPico + 3_000_000_000_000n;
      await expect
        .poll(async () => (await ledgerOf(acme)).totalPico, { timeout: 10_000 })
        .toBe(totalPico);

      const { rows } = await ledgerOf(acme);
      const adjustments = rows.filter(
        ({ adjusts, usageSource }) => adjusts && usageSource !== "billed",
      );
      expect(adjustments).toHaveLength(60);
      expect(new Set(adjustments.map(({ timestamp }) => timestamp)).size).toBe(60);
      for (const { usage, timestamp, unpricedChange } of adjustments) {
        expect(Object.values(usage.tokens).every((count) => count === 0)).toBe(true);
        expect([timestamp < BEGAN + 60, unpricedChange]).toEqual([true, -1]);
      }
      // What was touched is compared by itself, once all of it is done.
      const checks = async () => {
        const jobs = await acme.t.run((ctx) => {
          return ctx.db.system.query("_scheduled_functions").collect();
        });
        const ofTenant = jobs.filter(
          ({ name, args: [of] }) => /checkAfter/.test(name) && of.tenantId === acme.tenantId,
        );
        return ofTenant.map(({ args: [of], state }) => [of.fromMs, of.toMs, state.kind]);
      };
      const dayMs = 24 * 60 * 60 * 1_000;
      const span = [BEGAN - dayMs, BEGAN + 59 + dayMs];
      await expect.poll(checks, { timeout: 20_000 }).toEqual([[...span, "success"]]);
      const again = await acme.as.mutation(rerate, { from: BEGAN, to: BEGAN + 10 });
      expect(again).toMatchObject({ adjustedCount: 0, isDone: true });
      expect((await ledgerOf(acme)).rows).toHaveLength(rows.length);
    });

    test("leaves what callers reported alone, and refuses a period that is none", async () => {
      const acme = await scene(open(), "theirs");
      const reported = { agentId: acme.agentId, provider: "openai", model: "gpt-5-mini" } as const;
      const amounts = { inputTokens: 1, outputTokens: 1, inputCost: "1", outputCost: "1" };
      await acme.as.mutation(api.mutations.costs.create, { ...reported, ...amounts });
      const now = Date.now();
      const all = { from: now - 60_000, to: now + 60_000 };
      expect(await acme.as.mutation(rerate, all)).toEqual({
        examinedCount: 1,
        adjustedCount: 0,
        isDone: true,
      });
      const none = acme.as.mutation(rerate, { from: 5, to: 5 });
      expect(await failureOf(none)).toMatchObject({ kind: "invalid_argument", field: "to" });
    });
  });
});
