/** Views of what was spent: exact with sums folded, open and in between; in pages; by the tenant's own days. */
import { describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { TenantScope } from "../../convex/model/access";
import { rank } from "../../convex/model/rollups/ranking";
import { NO_SUMS, type Place } from "../../convex/model/rollups/sums";
import { add, recentTallies } from "../../convex/model/rollups/tallies";
import type { Backend } from "./drivers";
import {
  failureOf,
  onEachDriver,
  sharedSetup,
  supportBot,
  tenantWith,
  testWhere,
  type Member,
} from "./setup";
import { foldAll } from "./sums";

const costs = api.queries.costs;
const NOON = Date.UTC(2026, 10, 20, 12, 30);
const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

type Scene = Member & { t: Backend; agentId: Id<"agents"> };
type Spent = { pico: bigint; atMs?: number; model?: string; unpriced?: boolean } & Partial<
  Omit<Place, "model">
>;

const scopeOf = ({ tenantId }: Member) => ({ tenantId }) as TenantScope;
const pageOf = (numItems: number, cursor: string | null = null) => ({ numItems, cursor });

async function scene(t: Backend, subject: string): Promise<Scene> {
  const member = await tenantWith(t, { subject });
  const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
  return { t, agentId, ...member };
}

/** Something that was spent. */
async function spend(of: Scene, { pico, atMs = NOON, model = "a", unpriced, ...place }: Spent) {
  await of.t.run(async (ctx) => {
    const called = { provider: "openai", model } as const;
    const delta = {
      costEvents: 1,
      totalCostPico: pico,
      inputCostPico: pico,
      promptTokens: 10,
      unpricedEvents: unpriced === true ? 1 : 0,
    };
    const whose = { agentId: of.agentId, userId: of.userId, model: called, ...place };
    await add(ctx, scopeOf(of), { of: whose, delta, nowMs: atMs });
  });
}

type Ranks = { key: string; costPico: string };

/** All pages of models, one after the other. */
async function modelsOf(of: Scene, numItems: number, between = async () => {}): Promise<Ranks[]> {
  const found: Ranks[] = [];
  for (let cursor: string | null = null; ; await between()) {
    const ask = { period: "2026-11", paginationOpts: pageOf(numItems, cursor) };
    const page: typeof costs.byModel._returnType = await of.as.query(costs.byModel, ask);
    found.push(...page.page.map(({ key, costPico }) => ({ key, costPico })));
    if (page.isDone) return found;
    cursor = page.continueCursor;
  }
}

onEachDriver((driver) => {
  const open = sharedSetup();
  // convex-test reads all rows of a table for each that it looks up.
  const onRealStore = testWhere(driver === "embedded");

  describe("costs.by…", () => {
    test("name the dearest first, with shares of the whole, folded or not", async () => {
      const acme = await scene(open(), "spenders");
      await spend(acme, { pico: 250_000_000_000n, channel: "api" });
      await spend(acme, { pico: 750_000_000_000n, model: "b", channel: "dashboard" });
      const check = async () => {
        const ask = { period: "2026-11-20", paginationOpts: pageOf(10) };
        const agents = await acme.as.query(costs.byAgent, ask);
        expect(agents).toMatchObject({
          unit: "day",
          whole: { costUsd: "1", costPico: "1000000000000", costEvents: 2, promptTokens: 20 },
          page: [{ key: acme.agentId, name: supportBot().name, cost: 1, share: 1 }],
          isDone: true,
          countedUntil: null,
        });
        const models = await acme.as.query(costs.byModel, ask);
        expect(models.page).toMatchObject([
          { key: "openai/b", costUsd: "0.75", share: 0.75 },
          { key: "openai/a", costUsd: "0.25", share: 0.25 },
        ]);
        const channels = await acme.as.query(costs.byChannel, ask);
        expect(channels.page.map(({ key }) => key)).toEqual(["dashboard", "api"]);
        expect((await acme.as.query(costs.byProvider, ask)).page).toMatchObject([
          { key: "openai", costUsd: "1" },
        ]);
        expect((await acme.as.query(costs.byUser, ask)).page).toMatchObject([
          { key: acme.userId, name: "spenders" },
        ]);
        expect((await acme.as.query(costs.bySession, ask)).page).toEqual([]);
        expect((await acme.as.query(costs.byKey, ask)).page).toEqual([]);
      };
      await check();
      await foldAll(acme.t);
      await check();
    });

    test("page through all, in order, each once: what is open stands where it belongs", async () => {
      const acme = await scene(open(), "pages");
      const expected = new Map<string, bigint>();
      const count = async (model: string, pico: bigint) => {
        await spend(acme, { pico, model });
        expected.set(`openai/${model}`, (expected.get(`openai/${model}`) ?? 0n) + pico);
      };
      // Many of one amount, so that pages end among equals.
      for (let n = 0; n < 24; n++) await count(`m${n}`, BigInt(n % 4) * 100n);
      await foldAll(acme.t);
      await count("m0", 1_000n); // the cheapest becomes the dearest
      await count("m3", -250n); // and a dear one cheap
      for (let n = 20; n < 30; n++) await count(`m${n}`, 100n); // some are known, some are new
      const right = (found: Ranks[]) => {
        expect(
          Object.fromEntries(found.map(({ key, costPico }) => [key, BigInt(costPico)])),
        ).toEqual(Object.fromEntries(expected));
        expect(found).toHaveLength(expected.size);
        const amounts = found.map(({ costPico }) => BigInt(costPico));
        expect(amounts).toEqual(amounts.toSorted((a, b) => (a > b ? -1 : 1)));
      };
      for (const size of [3, 7, 100]) right(await modelsOf(acme, size));
      right(await modelsOf(acme, 4, async () => await foldAll(acme.t)));
      right(await modelsOf(acme, 5));
    });

    onRealStore("hold with more keys than one query may read", async () => {
      const acme = await scene(open(), "many keys");
      await acme.t.run(async (ctx) => {
        const tally = {
          tenantId: acme.tenantId,
          agentId: acme.agentId,
          atMs: NOON,
          period: "2026-11-20T12",
          sums: {
            ...NO_SUMS,
            costEvents: 1,
          },
        };
        for (let n = 1; n <= 1_100; n++) {
          const sums = { ...tally.sums, totalCostPico: BigInt(n) };
          const model = { provider: "openai", model: `m${n}` } as const;
          await ctx.db.insert("tallies", { ...tally, atMs: NOON + n, sums, model });
        }
      });
      const ask = { period: "2026-11", paginationOpts: pageOf(2) };
      // Too many are open to be looked up one by one: it says how far it goes.
      const behind = await acme.as.query(costs.byModel, ask);
      expect(behind.whole.costEvents).toBe(1_100);
      expect(behind.countedUntil).toBe(NOON + 551);
      expect(behind.page[0]?.key).toBe("openai/m550");
      await foldAll(acme.t);
      const all = await acme.as.query(costs.byModel, ask);
      expect(all).toMatchObject({
        page: [{ key: "openai/m1100" }, { key: "openai/m1099" }],
        whole: { costEvents: 1_100 },
        countedUntil: null,
      });
      const summary = await acme.as.query(costs.summary, { nowMs: NOON });
      expect(summary.modelBreakdown).toHaveLength(100);
      expect(summary.modelBreakdown[0]).toMatchObject({ model: "m1100", costEvents: 1 });
    });

    test.each(["2026", "2026-13", "week", "", "2026-11-20T24", "2026-11-20 13"])(
      "know no period %j",
      async (period) => {
        const acme = await scene(open(), `no period ${period}`);
        const ask = { period, paginationOpts: pageOf(10) };
        expect(await failureOf(acme.as.query(costs.byAgent, ask))).toMatchObject({
          kind: "invalid_argument",
          field: "period",
        });
      },
    );

    test.each(["x", "[]", '["1",2]', '["1.5",null,""]', "null"])(
      "take no cursor %j",
      async (cursor) => {
        const acme = await scene(open(), `no cursor ${cursor}`);
        const ask = { paginationOpts: pageOf(10, cursor) };
        expect(await failureOf(acme.as.query(costs.byAgent, ask))).toMatchObject({
          kind: "invalid_argument",
          field: "paginationOpts.cursor",
        });
      },
    );

    test("of a tenant are of its own rows", async () => {
      const [acme, other] = [await scene(open(), "own"), await scene(open(), "others")];
      for (const of of [acme, other]) {
        await spend(of, { pico: 5n });
        await foldAll(of.t);
        await spend(of, { pico: 2n });
      }
      const { page } = await acme.as.query(costs.byModel, {
        period: "total",
        paginationOpts: pageOf(10),
      });
      expect(page).toMatchObject([{ costPico: "7", share: 1 }]);
    });
  });

  describe("costs.summary", () => {
    test("tells the periods, what has no price, and what the month will come to", async () => {
      const acme = await scene(open(), "summary");
      await spend(acme, { pico: 1_000_000_000_000n, atMs: NOON - DAY_MS });
      await spend(acme, { pico: 500_000_000_000n });
      await spend(acme, { pico: 0n, model: "unheard-of", unpriced: true });
      const ask = { nowMs: Date.UTC(2026, 10, 21) }; // two thirds of the month are over
      expect(await acme.as.query(costs.summary, ask)).toMatchObject({
        today: 0,
        month: 1.5,
        total: 1.5,
        periods: { today: "2026-11-21", month: "2026-11", timeZone: "UTC" },
        exact: { month: { costPico: "1500000000000", unpricedEvents: 1 } },
        forecast: { costUsd: "2.25", elapsedMs: 20 * DAY_MS, monthMs: 30 * DAY_MS },
        unpricedModels: [{ provider: "openai", model: "unheard-of", unpricedEvents: 1 }],
        countedUntil: null,
      });
      const early = await acme.as.query(costs.summary, { nowMs: Date.UTC(2026, 10, 1, 23) });
      expect(early.forecast).toBeNull();
    });
  });

  describe("costs.history", () => {
    test("has a point for each period, zeros too, and sums to the whole", async () => {
      const acme = await scene(open(), "history");
      await spend(acme, { pico: 1n, atMs: NOON - 3 * DAY_MS });
      await spend(acme, { pico: 2n, atMs: NOON - DAY_MS, model: "b" });
      await foldAll(acme.t);
      await spend(acme, { pico: 4n });
      await spend(acme, { pico: 8n, atMs: NOON + DAY_MS }); // behind the range
      await spend(acme, { pico: 16n, atMs: NOON - 9 * DAY_MS }); // before it
      const range = { from: NOON - 3 * DAY_MS, to: NOON + 1 };
      const check = async () => {
        const days = await acme.as.query(costs.history, { unit: "day", ...range });
        expect(days.points.map(({ period, costPico }) => [period, costPico])).toEqual([
          ["2026-11-17", "1"],
          ["2026-11-18", "0"],
          ["2026-11-19", "2"],
          ["2026-11-20", "4"],
        ]);
        expect(days.whole).toMatchObject({ costPico: "7", costEvents: 3 });
        const ofModel = { dimension: "model", key: "openai/b" } as const;
        const hours = await acme.as.query(costs.history, { unit: "hour", ...range, ...ofModel });
        expect(hours.points).toHaveLength(73);
        const spent = hours.points.filter(({ costEvents }) => costEvents > 0);
        expect(spent).toMatchObject([{ period: "2026-11-19T12", costPico: "2" }]);
        const months = await acme.as.query(costs.history, { unit: "month", ...range });
        expect(months.points).toMatchObject([{ period: "2026-11", costPico: "31" }]);
      };
      await check();
      await foldAll(acme.t);
      await check();
    });

    test("is of the days and hours of the tenant's own zone, with the hour that comes twice", async () => {
      const acme = await scene(open(), "far away");
      const setZone = async (timeZone: string) =>
        await acme.t.run((ctx) => ctx.db.patch("tenants", acme.tenantId, { timeZone }));
      await setZone("Europe/Berlin");
      const summerEnds = Date.UTC(2026, 9, 25, 1); // two o'clock, for the second time
      await spend(acme, { pico: 1n, atMs: summerEnds - 1 });
      await spend(acme, { pico: 2n, atMs: summerEnds });
      const range = { from: summerEnds - 2 * HOUR_MS, to: summerEnds + HOUR_MS };
      const { points } = await acme.as.query(costs.history, { unit: "hour", ...range });
      expect(points.map(({ period, costPico }) => [period, costPico])).toEqual([
        ["2026-10-25T01+02:00", "0"],
        ["2026-10-25T02+02:00", "1"],
        ["2026-10-25T02+01:00", "2"],
      ]);
      await setZone("Asia/Kolkata");
      await spend(acme, { pico: 4n, atMs: Date.UTC(2026, 10, 30, 20) });
      const evening = { from: Date.UTC(2026, 10, 30, 18), to: Date.UTC(2026, 10, 30, 19) };
      const days = await acme.as.query(costs.history, { unit: "day", ...evening });
      expect(days.points).toMatchObject([
        { period: "2026-11-30", costPico: "0" },
        { period: "2026-12-01", costPico: "4" },
      ]);
    });

    test("refuses what is no moment, as all do that are told from one", async () => {
      const acme = await scene(open(), "no moment");
      const { as, agentId } = acme;
      const paginationOpts = { numItems: 10, cursor: null };
      const about = { name: "One", dimension: "tenant", window: "month", limit: 1 } as const;
      const policyId = await as.mutation(api.mutations.budgets.create, about);
      const tokens = { promptTokens: 1, outputTokens: 1 };
      const { budgets, tenants } = api.queries;
      for (const nowMs of [NaN, Infinity, -1, 1e20, 8_640_000_000_000_000]) {
        for (const ask of [
          () => as.query(costs.summary, { nowMs }),
          () => as.query(costs.byAgent, { nowMs, paginationOpts }),
          () => as.query(costs.listEvents, { nowMs, period: "day", paginationOpts }),
          () => as.query(budgets.list, { nowMs, paginationOpts }),
          () => as.query(budgets.get, { nowMs, policyId }),
          () => as.query(budgets.effective, { nowMs, agentId }),
          () => as.query(budgets.check, { nowMs, agentId, ...tokens }),
          () => as.query(tenants.usage, { nowMs }),
        ]) {
          expect(await failureOf(ask())).toMatchObject({ field: "nowMs" });
        }
      }
    });

    test.each([
      ["to", { unit: "day", from: 10, to: 10 }],
      ["from", { unit: "day", from: -1, to: 10 }],
      ["from", { unit: "day", from: 0.5, to: 10 }],
      ["to", { unit: "month", from: 0, to: 1e18 }],
      ["unit", { unit: "hour", from: 0, to: 1_001 * HOUR_MS }],
      ["unit", { unit: "day", from: 0, to: 250_000_000_000_000 }],
    ] as const)("refuses a bad %s", async (field, ask) => {
      const acme = await scene(open(), `bad range ${JSON.stringify(ask)}`);
      expect(await failureOf(acme.as.query(costs.history, ask))).toMatchObject({
        kind: "invalid_argument",
        field,
      });
    });
  });

  onRealStore(
    "a burst that cannot be added up is said so by views, and folded by hundreds at once",
    async () => {
      const acme = await scene(open(), "burst");
      const count = async (from: number) =>
        await acme.t.run(async (ctx) => {
          for (let n = from; n < from + 3_000; n++) {
            await add(ctx, scopeOf(acme), {
              of: { agentId: acme.agentId, model: { provider: "openai", model: `m${n % 5}` } },
              delta: { costEvents: 1, totalCostPico: 1n },
              nowMs: NOON + n,
            });
          }
        });
      for (const from of [0, 3_000, 6_000]) await count(from);
      const now = { nowMs: NOON };
      const behind = await acme.as.query(costs.summary, now);
      expect(behind.countedUntil).toBe(NOON + 7_999);
      expect(behind.exact.total.costEvents).toBe(8_000);
      expect(await acme.as.query(api.queries.agents.stats, {})).toMatchObject({ totalCost: 8e-9 });
      await foldAll(acme.t);
      const after = await acme.as.query(costs.summary, now);
      expect(after.exact.total).toMatchObject({ costPico: "9000", costEvents: 9_000 });
      expect(after.countedUntil).toBeNull();
      const rest = await acme.t.run(async (ctx) => {
        const { tallies } = await recentTallies(ctx, scopeOf(acme));
        const at = { dimension: "model", unit: "total", period: "" } as const;
        const open = { tallies, countedUntil: null };
        return await rank(ctx, scopeOf(acme), { ...at, open, cursor: null, count: 5 });
      });
      expect(rest.ranked.map(({ sums }) => sums.costEvents)).toEqual(Array(5).fill(1_800));
    },
  );
});
