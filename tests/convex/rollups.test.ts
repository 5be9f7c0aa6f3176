/** Sums of what tenants do and spend: exact at every instant, whatever has been folded, and in nobody's way. */
import { expect, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { rank } from "../../convex/model/rollups/ranking";
import { read } from "../../convex/model/rollups/read";
import { UNITS, type SumId, type Sums } from "../../convex/model/rollups/sums";
import { add, recentTallies } from "../../convex/model/rollups/tallies";
import { AMOUNT_PICO_MAX } from "../../src/core/money";
import { periodAt } from "../../src/core/periods";
import type { TenantScope } from "../../convex/model/access";
import type { Backend } from "./drivers";
import { onEachDriver, sharedSetup, supportBot, tenantWith, testWhere, type Member } from "./setup";
import { foldAll, sumsOf } from "./sums";

const NOON = Date.UTC(2026, 10, 20, 12, 30);
const HOUR_MS = 60 * 60 * 1_000;

/** Tallies of which each has eight rows of its own: with two reads each, more than a transaction may have. */
const BURST = 270;

const dearest = (a: bigint, b: bigint) => (a > b ? -1 : 1);

type Tenant = Member & { t: Backend; agentId: Id<"agents"> };

/** As what a door has checked. */
const scopeOf = ({ tenantId }: Member) => ({ tenantId }) as TenantScope;

onEachDriver((driver) => {
  const open = sharedSetup();

  async function tenant(subject: string): Promise<Tenant> {
    const t = open();
    const member = await tenantWith(t, { subject });
    const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
    return { t, agentId, ...member };
  }

  /** Something that happened. */
  async function count(of: Tenant, pico: bigint, { atMs = NOON, model = "a-model" } = {}) {
    const { t, agentId, userId } = of;
    const place = { agentId, userId, channel: "api" };
    const called = { provider: "openai", model } as const;
    await t.run(async (ctx) => {
      const delta = { costEvents: 1, totalCostPico: pico };
      await add(ctx, scopeOf(of), { of: { ...place, model: called }, delta, nowMs: atMs });
    });
  }

  const sumOf = async (of: Tenant, id: SumId): Promise<Sums> =>
    await of.t.run(async (ctx) => await read(ctx, scopeOf(of), id));

  test("are of the tenant, agent, user, channel, model and provider, each by hour, day, month and in all", async () => {
    const acme = await tenant("every dimension");
    await count(acme, 5n);
    await count(acme, 7n, { atMs: NOON + HOUR_MS });
    const { agentId, userId } = acme;
    const keys = [
      ["tenant", ""],
      ["agent", agentId],
      ["user", userId],
      ["channel", "api"],
      ["model", "openai/a-model"],
      ["provider", "openai"],
    ] as const;
    const expected = { total: 12n, month: 12n, day: 12n, hour: 7n };
    const check = async () => {
      for (const [dimension, key] of keys) {
        for (const unit of UNITS) {
          const id = { dimension, key, unit, period: periodAt(unit, "UTC", NOON + HOUR_MS) };
          expect(await sumOf(acme, id), `${dimension} by ${unit}`).toMatchObject({
            costEvents: unit === "hour" ? 1 : 2,
            totalCostPico: expected[unit],
            lastActiveAt: NOON + HOUR_MS,
          });
        }
      }
    };
    await check();
    await foldAll(acme.t);
    await check();
    const { tallies, rollups } = await acme.t.run((ctx) => sumsOf(ctx, acme.tenantId));
    expect(tallies).toEqual([]);
    expect(rollups.filter(({ unit }) => unit === "hour")).toHaveLength(2 * keys.length);
  });

  test("are the same with everything folded, nothing, and some of it", async () => {
    const acme = await tenant("in between");
    const byModel = async () =>
      await acme.t.run(async (ctx) => {
        const id = { dimension: "model", unit: "total", period: "" } as const;
        const open = await recentTallies(ctx, scopeOf(acme));
        const ask = { ...id, open, cursor: null, count: 100 };
        const { ranked } = await rank(ctx, scopeOf(acme), ask);
        return Object.fromEntries(ranked.map(({ key, sums }) => [key, sums.totalCostPico]));
      });
    const expected: Record<string, bigint> = {};
    for (let i = 1; i <= 90; i++) {
      const model = `model-${i % 3}`;
      await count(acme, BigInt(i), { model });
      expected[`openai/${model}`] = (expected[`openai/${model}`] ?? 0n) + BigInt(i);
      if (i % 20 === 0) await foldAll(acme.t);
      if (i % 7 === 0) expect(await byModel()).toEqual(expected);
    }
    expect(await byModel()).toEqual(expected);
  });

  test("are of the days of the tenant's own time zone, and a new zone recounts nothing", async () => {
    const acme = await tenant("far east");
    const setZone = async (timeZone: string) =>
      await acme.t.run((ctx) => ctx.db.patch("tenants", acme.tenantId, { timeZone }));
    const evening = Date.UTC(2026, 10, 30, 20, 10); // half past one of the next month in India
    await count(acme, 1n, { atMs: evening });
    await setZone("Asia/Kolkata");
    await count(acme, 2n, { atMs: evening });
    const check = async () => {
      const inAll = async (unit: SumId["unit"], period: string) => {
        const sum = await sumOf(acme, { dimension: "tenant", key: "", unit, period });
        return sum.totalCostPico;
      };
      expect(await inAll("month", "2026-11")).toBe(1n);
      expect(await inAll("month", "2026-12")).toBe(2n);
      expect(await inAll("day", "2026-12-01")).toBe(2n);
      expect(await inAll("hour", "2026-11-30T20")).toBe(1n);
      expect(await inAll("hour", "2026-12-01T01+05:30")).toBe(2n);
      expect(await inAll("total", "")).toBe(3n);
    };
    await check();
    await foldAll(acme.t);
    await check();
  });

  test("folding leaves other tenants' sums alone, and adds to those that are there", async () => {
    const [acme, other] = [await tenant("mine"), await tenant("theirs")];
    const total = { dimension: "tenant", key: "", unit: "total", period: "" } as const;
    for (const round of [1n, 2n, 3n]) {
      await count(acme, 10n);
      await count(other, 1n);
      await foldAll(acme.t);
      expect((await sumOf(acme, total)).totalCostPico).toBe(10n * round);
      expect((await sumOf(other, total)).totalCostPico).toBe(round);
    }
  });

  test("what one transaction counts at one place is one row; of two places, two", async () => {
    const acme = await tenant("one row");
    const { t, agentId, tenantId, userId } = acme;
    await t.run(async (ctx) => {
      const model = { provider: "openai", model: "a-model" } as const;
      const scope = scopeOf(acme);
      const nowMs = NOON;
      const costs = { costEvents: 1, totalCostPico: 3n };
      await add(ctx, scope, { of: { agentId, model }, delta: costs, nowMs });
      await add(ctx, scope, { of: { agentId }, delta: { runs: 1 }, nowMs });
      await add(ctx, scope, { of: { agentId, userId }, delta: { sessions: 1 }, nowMs });
    });
    const { tallies } = await t.run((ctx) => sumsOf(ctx, tenantId));
    expect(tallies).toMatchObject([
      { sums: { costEvents: 1, totalCostPico: 3n, runs: 1, sessions: 0 } },
      { sums: { sessions: 1, runs: 0 }, userId },
    ]);
  });

  test("are folded by a job, which leaves alone what may still have others written beside it", async () => {
    const acme = await tenant("the job");
    await foldAll(acme.t);
    const now = Date.now();
    await count(acme, 1n, { atMs: now - 60_000 });
    await count(acme, 2n, { atMs: now });
    await acme.t.mutation(internal.jobs.rollups.start, {});
    const amounts = async () => {
      const { tallies } = await acme.t.run((ctx) => sumsOf(ctx, acme.tenantId));
      return tallies.map(({ sums }) => sums.totalCostPico);
    };
    await expect.poll(amounts).toEqual([2n]);
    const total = { dimension: "tenant", key: "", unit: "total", period: "" } as const;
    expect((await sumOf(acme, total)).totalCostPico).toBe(3n);
    await expect.poll(amounts).toEqual([]);
  });

  test("are ranked page by page beyond what one int64 holds, folded or not", async () => {
    const acme = await tenant("dear");
    const costs = [27n * 10n ** 18n, 18n * 10n ** 18n, 10n ** 19n, 5n * 10n ** 18n, 10n ** 18n, 5n];
    const pages = async () => {
      const found: bigint[] = [];
      for (let cursor: string | null = null; ;) {
        const page = await acme.t.run(async (ctx) => {
          const id = { dimension: "model", unit: "month", period: "2026-11" } as const;
          const open = await recentTallies(ctx, scopeOf(acme));
          const ranking = await rank(ctx, scopeOf(acme), { ...id, open, cursor, count: 1 });
          // What is handed out of here has to fit into an int64.
          const picos = ranking.ranked.map(({ sums }) => sums.totalCostPico.toString());
          return { picos, cursor: ranking.cursor };
        });
        found.push(...page.picos.map(BigInt));
        if (page.cursor === null) return found;
        cursor = page.cursor;
      }
    };
    const add = async (model: string, pico: bigint) => {
      for (let left = pico; left > 0n; left -= AMOUNT_PICO_MAX) {
        await count(acme, left < AMOUNT_PICO_MAX ? left : AMOUNT_PICO_MAX, { model });
      }
    };
    for (const [n, pico] of costs.entries()) await add(`model-${n}`, pico);
    expect(await pages()).toEqual(costs);
    await foldAll(acme.t);
    expect(await pages()).toEqual(costs);
    // The sixth overtakes the third, and what it adds to them all is carried.
    await add("model-5", 10n ** 19n);
    const [first = 0n, second = 0n, third = 0n, ...others] = costs.slice(0, -1);
    const moved = [first, second, third + 5n, third, ...others];
    expect(await pages()).toEqual(moved);
    await foldAll(acme.t);
    expect(await pages()).toEqual(moved);
    // What is taken back makes it an amount that fits again.
    await count(acme, 1n - AMOUNT_PICO_MAX, { model: "model-2" });
    await foldAll(acme.t);
    const rest = third + 1n - AMOUNT_PICO_MAX;
    expect(await pages()).toEqual([first, second, third + 5n, ...others, rest].toSorted(dearest));
    const id = { dimension: "model", unit: "month", period: "2026-11" } as const;
    const cursor = JSON.stringify([`1${"0".repeat(40)}`, null, "a"]);
    const ask = { ...id, open: { tallies: [], countedUntil: null }, cursor, count: 1 };
    const refused = acme.t.run(async (ctx) => await rank(ctx, scopeOf(acme), ask));
    await expect(refused).rejects.toThrow(/paginationOpts.cursor/);
  });

  test("of a tenant that cannot be folded stop nobody else's, and are tried again", async () => {
    const [broken, acme] = [await tenant("broken"), await tenant("behind it")];
    const total = { dimension: "tenant", key: "", unit: "total", period: "" } as const;
    await count(broken, 1n);
    await foldAll(broken.t);
    // Two rows of one sum: no fold can say which of them it is.
    const twin = await broken.t.run(async (ctx) => {
      const { rollups } = await sumsOf(ctx, broken.tenantId);
      const row = rollups.find(({ dimension, unit }) => dimension === "tenant" && unit === "total");
      if (row === undefined) throw new Error("it was folded");
      const { _id, _creationTime, ...fields } = row;
      return await ctx.db.insert("rollups", fields);
    });
    const fold = async () => await acme.t.mutation(internal.jobs.rollups.fold, {});
    const talliesOf = async ({ t, tenantId }: Tenant) =>
      await t.run(async (ctx) => (await sumsOf(ctx, tenantId)).tallies);
    await count(broken, 2n, { atMs: NOON - HOUR_MS });
    await count(acme, 5n);
    await fold();
    await fold();
    expect(await talliesOf(acme)).toEqual([]);
    expect((await sumOf(acme, total)).totalCostPico).toBe(5n);
    const [left, ...more] = await talliesOf(broken);
    expect(more).toEqual([]);
    expect(left?.retryAtMs).toBeGreaterThan(Date.now());

    await broken.t.run(async (ctx) => {
      await ctx.db.delete("rollups", twin);
      if (left !== undefined) await ctx.db.patch("tallies", left._id, { retryAtMs: Date.now() });
    });
    await fold();
    expect(await talliesOf(broken)).toEqual([]);
    expect((await sumOf(broken, total)).totalCostPico).toBe(3n);
  });

  // convex-test counts what is read by a patch as nothing.
  testWhere(driver === "embedded")(
    "of a burst are folded where each row is there already",
    async () => {
      const acme = await tenant("a burst");
      const { t, agentId, tenantId } = acme;
      const addSome = async (from: number) =>
        await t.run(async (ctx) => {
          for (let n = from; n < Math.min(from + 50, BURST); n++) {
            const model = { provider: "openai", model: `model-${n}` } as const;
            const of = { agentId, channel: `channel-${n}`, model };
            const delta = { costEvents: 1, totalCostPico: 1n };
            await add(ctx, scopeOf(acme), { of, delta, nowMs: NOON });
          }
        });
      for (let burst = 1; burst <= 2; burst++) {
        for (let from = 0; from < BURST; from += 50) await addSome(from);
        for (let jobs = 0; jobs < 4; jobs++) await t.mutation(internal.jobs.rollups.fold, {});
        const left = await t.run(async (ctx) => await recentTallies(ctx, { tenantId }));
        expect(left.tallies).toEqual([]);
        const total = { dimension: "tenant", key: "", unit: "total", period: "" } as const;
        expect((await sumOf(acme, total)).costEvents).toBe(burst * BURST);
      }
    },
  );

  test("are folded by one chain of jobs, however often one is begun", async () => {
    const acme = await tenant("one chain");
    const chains = async () => {
      await count(acme, 1n);
      return await acme.t.run(async (ctx) => {
        await ctx.runMutation(internal.jobs.rollups.start, {});
        await ctx.runMutation(internal.jobs.rollups.start, {});
        const jobs = await ctx.db.system.query("_scheduled_functions").collect();
        const isLink = ({ name }: { name: string }) => /rollups.*:fold$/.test(name);
        return jobs.filter((job) => isLink(job) && job.state.kind === "pending").length;
      });
    };
    expect(await chains()).toBe(1);
    const openTallies = async () =>
      await acme.t.run(async (ctx) => (await sumsOf(ctx, acme.tenantId)).tallies.length);
    await expect.poll(openTallies, { timeout: 10_000 }).toBe(0);
    expect(await chains()).toBeLessThanOrEqual(1);
    await expect.poll(openTallies, { timeout: 10_000 }).toBe(0);
  });
});
