/** As many budgets as a call may fall under: what books many calls at once stays within what a transaction may read. */
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Doc, Id } from "../../convex/_generated/dataModel";
import type { TenantScope } from "../../convex/model/access";
import { recordAt } from "../../convex/model/costs/attempts";
import { shardOf, SHARDS_MAX } from "../../src/budgets/escrow";
import { openEmbedded, type Backend } from "./drivers";
import { supportBot, tenantWith, type Member } from "./setup";

const MODEL = { provider: "anthropic", model: "claude-opus-4-6" } as const;
const BUDGETS_OF_EACH = 16;

type Scene = Member & { t: Backend; agentId: Id<"agents"> };
let acme: Scene;

// On the embedded runtime alone: convex-test counts less of what is read.
beforeEach(async () => {
  const t = await openEmbedded({});
  onTestFinished(() => t.close());
  const member = await tenantWith(t, { subject: "many budgets" });
  const agentId = await member.as.mutation(api.mutations.agents.create, supportBot());
  acme = { ...member, t, agentId };
});

/** Keys of calls of which no two are counted in the same shard. */
const KEYS = Array.from({ length: 1_000 }, (_, n) => `call ${n}`)
  .filter((key, n, keys) => keys.findIndex((one) => shardIn(one) === shardIn(key)) === n)
  .slice(0, 50);

function shardIn(key: string): number {
  return shardOf(`external/${key}`, null);
}

type Bounds = Pick<Doc<"budget_policies">, "limit" | "action">;

/** Sixteen budgets of each subject of a call that is made by a person. */
async function budgets(
  bounds: Bounds = { limit: { pico: 1n }, action: "warn" },
): Promise<Id<"budget_policies">[]> {
  const { t, tenantId, agentId, userId } = acme;
  const subjects = [
    ["tenant", ""],
    ["agent", agentId],
    ["user", userId],
    ["provider", MODEL.provider],
    ["model", `${MODEL.provider}/${MODEL.model}`],
  ] as const;
  return await t.run(async (ctx) => {
    const ids: Id<"budget_policies">[] = [];
    for (const [dimension, key] of subjects) {
      for (let n = 0; n < BUDGETS_OF_EACH; n++) {
        const subject = { tenantId, name: `${n}`, dimension, key, window: "total" } as const;
        const is = { status: "active", createdAt: 0, updatedAt: 0 } as const;
        const policy = {
          ...subject,
          ...bounds,
          ...is,
          source: "manual" as const,
          alertPercents: [],
        };
        ids.push(await ctx.db.insert("budget_policies", policy));
      }
    }
    return ids;
  });
}

async function spentOf(ids: readonly Id<"budget_policies">[]): Promise<Set<string>> {
  const views = await Promise.all(
    ids.map(async (policyId) => await acme.as.query(api.queries.budgets.get, { policyId })),
  );
  return new Set(views.map(({ cost }) => cost.spentUsd));
}

test("reservations that nobody ends are booked in all of them", async () => {
  const { t, as, agentId } = acme;
  const held = { agentId, ...MODEL, tokens: 10, cost: "0.01" };
  for (const key of KEYS) await as.mutation(api.mutations.budgets.reserve, { key, ...held });
  const ids = await budgets();
  await t.run(async (ctx) => {
    const rows = await ctx.db.query("budget_reservations").collect();
    for (const { _id } of rows) await ctx.db.patch("budget_reservations", _id, { expiresAtMs: 1 });
  });
  await t.mutation(internal.jobs.budgets.sweepExpired, {});
  const open = async () =>
    await t.run(async (ctx) => {
      const rows = await ctx.db.query("budget_reservations").collect();
      return rows.filter(({ state }) => state === "reserved").length;
    });
  await expect.poll(open, { timeout: 60_000 }).toBe(0);
  expect(await spentOf(ids)).toEqual(new Set(["0.5"]));
});

test("calls of skills whose workers are lost are booked in all of them", async () => {
  const { t, as, tenantId, agentId, userId } = acme;
  const skillId = "skill_haiku";
  const skillMd = "---\nname: haiku\ndescription: Answers in verse.\n---\nAnswer with a haiku.";
  const said = { name: "Haiku", description: "Verses", category: "other", version: "1.0.0" };
  await as.action(api.actions.skills.create, { id: skillId, ...said, permissions: [], skillMd });
  const use = { agentId, skillId, grantedPermissions: [] };
  await as.mutation(api.mutations.skills.install, use);
  await t.run(async (ctx) => {
    const row = await ctx.db.query("agent_skills").first();
    const call = { tenantId, agentId, userId, installationId: row!._id };
    for (const key of KEYS) {
      const attempt = { attemptId: `external/${key}`, ...MODEL, promptChars: 4 };
      const times = { startedAtMs: 1, expiresAtMs: 1 };
      await ctx.db.insert("skill_calls", { ...call, attempt, ...times });
    }
  });
  const ids = await budgets();
  await t.mutation(internal.jobs.skillCalls.sweep, {});
  const underWay = async () =>
    await t.run(async (ctx) => (await ctx.db.query("skill_calls").collect()).length);
  await expect.poll(underWay, { timeout: 60_000 }).toBe(0);
  const { exact } = await as.query(api.queries.costs.summary, {});
  expect(await spentOf(ids)).toEqual(new Set([exact.total.costUsd]));
});

/** Calls of which the prices of today say something else. */
async function bookSome(): Promise<void> {
  const { t, tenantId, agentId, userId } = acme;
  const tokens = { inputFresh: 1_000_000 };
  for (const key of KEYS) {
    await t.run(async (ctx) => {
      const attempt = { attemptId: `external/${key}`, kind: "primary", startedAtMs: 1 } as const;
      const report = {
        usage: { tokens, reasoningTokens: 0, toolUnits: {} },
        source: "provider",
        reconciliation: "ok",
        notes: [],
      } as const;
      await recordAt(ctx as never, { tenantId } as TenantScope, {
        billed: {
          attempt: { ...attempt, ...MODEL },
          status: "ok",
          report: { ...report, notes: [] },
          facts: {},
          endedAtMs: 2,
        },
        place: { agentId, userId },
        nowMs: 2,
      });
    });
  }
}

async function setPrice(): Promise<void> {
  await acme.as.mutation(api.mutations.prices.set, {
    ...MODEL,
    effectiveFrom: 0,
    usdPerMillion: { inputFresh: 100 },
  });
}

test("what was booked is priced anew in all of them", async () => {
  const { as } = acme;
  await bookSome();
  const ids = await budgets();
  const { exact: before } = await as.query(api.queries.costs.summary, {});
  await setPrice();
  // By the 4,096 ranges of a transaction, fewer than all fifty.
  const first = await as.mutation(api.mutations.costs.rerate, { from: 0, to: 3 });
  expect(first.isDone).toBe(false);
  const total = async () => (await as.query(api.queries.costs.summary, {})).exact.total.costUsd;
  await expect.poll(total, { timeout: 60_000 }).toBe("5000");
  const more = String(5_000 - Number(before.total.costUsd));
  expect(await spentOf(ids)).toEqual(new Set([more]));
});

test("what was booked is priced anew at once where others have many", async () => {
  const { t, as, tenantId } = acme;
  await bookSome();
  await t.run(async (ctx) => {
    for (let n = 0; n < 120; n++) {
      const of = { tenantId, name: "Another's", dimension: "agent", key: `${n}` } as const;
      const how = { limit: { pico: 1n }, action: "block", source: "manual" } as const;
      const is = { window: "total", status: "active", createdAt: 0, updatedAt: 0 } as const;
      await ctx.db.insert("budget_policies", { ...of, ...how, ...is, alertPercents: [] });
    }
  });
  await setPrice();
  const rerated = await as.mutation(api.mutations.costs.rerate, { from: 0, to: 3 });
  expect(rerated).toMatchObject({ examinedCount: 50, adjustedCount: 50 });
});

/** Every shard of each budget has used a pico, and may admit nothing by itself. */
async function spreadOut(policyIds: readonly Id<"budget_policies">[]): Promise<void> {
  const { t, tenantId } = acme;
  const nothing = { tokens: 0, pico: 0n };
  for (const policyId of policyIds) {
    await t.run(async (ctx) => {
      const of = { tenantId, policyId, period: "", endsAtMs: null } as const;
      const counter = { ...of, settled: nothing, increase: nothing, alertedPercent: 0 };
      const counterId = await ctx.db.insert("budget_counters", counter);
      for (let shard = 0; shard < SHARDS_MAX; shard++) {
        const used = { tokens: 0, pico: 1n };
        const place = { tenantId, counterId, shard, share: { pico: 0n } };
        await ctx.db.insert("budget_shards", { ...place, reserved: nothing, used });
      }
    });
  }
}

test("all of them are drawn together for a call that just fits, a few at a time", async () => {
  const { t, as, tenantId, agentId } = acme;
  const ids = await budgets({ limit: { pico: BigInt(SHARDS_MAX) + 10n }, action: "block" });
  await spreadOut(ids);
  const asked = { agentId, ...MODEL, tokens: 1, cost: "0.00000000001" };
  const estimate = { agentId, ...MODEL, promptTokens: 0, outputTokens: 0 };
  const told = await as.query(api.queries.budgets.check, estimate);
  expect(told.decision).toBe("wait");
  const reserve = async (key: string) =>
    (await as.mutation(api.mutations.budgets.reserve, { ...asked, key })).status;
  let waits = 0;
  for (; (await reserve("the last")) === "opening"; waits++) expect(waits).toBeLessThan(ids.length);
  expect(waits).toBeGreaterThan(1);
  // It was refused as long as anything else had been held, and nothing was but this.
  expect(await reserve("one more")).toBe("refused");
  const views = await Promise.all(
    ids.map(async (policyId) => (await as.query(api.queries.budgets.get, { policyId })).cost),
  );
  const stands = views.map(({ spentUsd, reservedUsd }) => `${spentUsd} ${reservedUsd}`);
  expect(new Set(stands)).toEqual(new Set(["0.000000000256 0.00000000001"]));
  const left = await t.run(async (ctx) => {
    const shards = ctx.db.query("budget_shards");
    return await shards.withIndex("by_counter", (q) => q.eq("tenantId", tenantId)).collect();
  });
  expect(left).toHaveLength(ids.length);
}, 120_000);
