/** As many budgets as a call may fall under: what books many calls at once stays within what a transaction may read. */
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { api, internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import type { TenantScope } from "../../convex/model/access";
import { recordAt } from "../../convex/model/costs/attempts";
import { shardOf } from "../../src/budgets/escrow";
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

/** Sixteen budgets of each subject of a call that is made by a person. */
async function budgets(): Promise<Id<"budget_policies">[]> {
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
        const how = { limit: { pico: 1n }, action: "warn", source: "manual" } as const;
        const is = { status: "active", createdAt: 0, updatedAt: 0 } as const;
        const policy = { ...subject, ...how, ...is, alertPercents: [] };
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

test("what was booked is priced anew in all of them", async () => {
  const { t, as, tenantId, agentId, userId } = acme;
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
  const ids = await budgets();
  const { exact: before } = await as.query(api.queries.costs.summary, {});
  await as.mutation(api.mutations.prices.set, {
    ...MODEL,
    effectiveFrom: 0,
    usdPerMillion: { inputFresh: 100 },
  });
  await as.mutation(api.mutations.costs.rerate, { from: 0, to: 3 });
  const total = async () => (await as.query(api.queries.costs.summary, {})).exact.total.costUsd;
  await expect.poll(total, { timeout: 60_000 }).toBe("5000");
  const more = String(5_000 - Number(before.total.costUsd));
  expect(await spentOf(ids)).toEqual(new Set([more]));
});
