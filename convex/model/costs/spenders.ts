/** Who or what spent how much in a period, the dearest first. */
import type { PaginationOptions } from "convex/server";
import type { Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { checkedInteger } from "../../lib/checks";
import { omitUndefined } from "../../lib/objects";
import { toUsd } from "../../lib/usd";
import type { Spender, Spenders } from "../../views/costs";
import type { TenantScope } from "../access";
import { rank, type Ranked } from "../rollups/ranking";
import { read } from "../rollups/read";
import type { Dimension, Sums } from "../rollups/sums";
import { recentTallies } from "../rollups/tallies";
import { periodNamed } from "./namedPeriod";
import { toSpend } from "./spend";

const PAGE_MAX = 100;
/** Six places of a share are enough for any chart. */
const SHARE_PARTS = 1_000_000n;

type Ask = {
  dimension: Exclude<Dimension, "tenant">;
  period: string | undefined;
  nowMs: number;
  paginationOpts: PaginationOptions;
};

/**
 * A page of those that spent something, or did something else that is counted, with the tenant's sum beside them.
 *
 * @throws invalid_argument - There is no such period, or the cursor is of another query.
 */
export async function page(
  ctx: QueryCtx,
  scope: TenantScope,
  { dimension, period: named = "month", nowMs, paginationOpts }: Ask,
): Promise<Spenders> {
  const { numItems, cursor } = paginationOpts;
  const count = Math.min(checkedCount(numItems), PAGE_MAX);
  const { unit, period } = await periodNamed(ctx, scope, { period: named, nowMs });
  const open = await recentTallies(ctx, scope);
  const ofTenant = { dimension: "tenant", key: "", unit, period } as const;
  const whole = await read(ctx, scope, { ...ofTenant, open: open.tallies });
  const ranking = await rank(ctx, scope, { dimension, unit, period, open, cursor, count });
  const spenders = await Promise.all(
    ranking.ranked.map(async (one) =>
      toSpender(one, { whole, name: await nameOf(ctx, scope, { dimension, key: one.key }) }),
    ),
  );
  return {
    page: spenders,
    isDone: ranking.cursor === null,
    continueCursor: ranking.cursor ?? "",
    unit,
    period,
    whole: toSpend(whole),
    countedUntil: ranking.countedUntil,
  };
}

function checkedCount(numItems: number): number {
  return checkedInteger("paginationOpts.numItems", numItems, {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  });
}

function toSpender(
  { key, sums }: Ranked,
  { whole, name }: { whole: Sums; name: string | undefined },
): Spender {
  return {
    key,
    ...omitUndefined({ name }),
    cost: toUsd(sums.totalCostPico),
    ...toSpend(sums),
    share: shareOf(sums.totalCostPico, whole.totalCostPico),
    lastActiveAt: sums.lastActiveAt,
  };
}

function shareOf(part: bigint, whole: bigint): number | null {
  return whole <= 0n ? null : Number((part * SHARE_PARTS) / whole) / Number(SHARE_PARTS);
}

/** What it is called, where it has a name and was not deleted. */
async function nameOf(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { dimension, key }: { dimension: Dimension; key: string },
): Promise<string | undefined> {
  switch (dimension) {
    case "agent": {
      const agent = await ctx.db.get("agents", key as Id<"agents">);
      return agent?.tenantId === tenantId ? agent.name : undefined;
    }
    case "session": {
      const session = await ctx.db.get("sessions", key as Id<"sessions">);
      return session?.tenantId === tenantId ? session.title : undefined;
    }
    case "key": {
      const apiKey = await ctx.db.get("api_keys", key as Id<"api_keys">);
      return apiKey?.tenantId === tenantId ? apiKey.name : undefined;
    }
    case "user":
      return (await ctx.db.get("users", key as Id<"users">))?.name;
    case "tenant":
    case "model":
    case "provider":
    case "channel":
      return undefined;
  }
}
