/** Reading sums: the roll-up, and what of the tallies is not in it yet. */
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { periodOf } from "../../../src/core/periods";
import { keysOf, NO_SUMS, plus, sumsOfRow, type Dimension, type SumId, type Sums } from "./sums";
import { recentTallies } from "./tallies";

export type Of = Pick<TenantScope, "tenantId">;
type Tallies = readonly Doc<"tallies">[];
/** The tallies that are left, for those who read several sums. */
type Open = { open?: Tallies };

/** One sum, exact at this instant; while the fold is far behind, as far as `recentTallies` go. */
export async function read(ctx: QueryCtx, scope: Of, { open, ...id }: SumId & Open): Promise<Sums> {
  const row = await readFolded(ctx, scope, id);
  const sums = openSums(open ?? (await recentTallies(ctx, scope)).tallies, id).get(id.key);
  return together(row, sums);
}

/** The sum as it was some seconds ago: cheap, and out of the way of those who write. */
export async function readFolded(
  ctx: QueryCtx,
  scope: Of,
  { dimension, key, unit, period }: SumId,
): Promise<(Sums & { createdAt: number }) | null> {
  const row = await ctx.db
    .query("rollups")
    .withIndex("by_key", (q) =>
      q
        .eq("tenantId", scope.tenantId)
        .eq("dimension", dimension)
        .eq("key", key)
        .eq("unit", unit)
        .eq("period", period),
    )
    .unique();
  return row && { ...sumsOfRow(row), createdAt: row._creationTime };
}

/** The keys of a dimension that were counted last, the latest first. */
export async function* lastActive(
  ctx: QueryCtx,
  scope: TenantScope,
  dimension: Dimension,
): AsyncGenerator<string> {
  const id = { dimension, unit: "total", period: "" } as const;
  const open = openSums((await recentTallies(ctx, scope)).tallies, id);
  const latestFirst = [...open].toSorted(([, a], [, b]) => b.lastActiveAt - a.lastActiveAt);
  for (const [key] of latestFirst) yield key;
  const rows = ctx.db
    .query("rollups")
    .withIndex("by_last_active", (q) =>
      q.eq("tenantId", scope.tenantId).eq("dimension", dimension).eq("unit", "total"),
    )
    .order("desc");
  for await (const { key } of rows) if (!open.has(key)) yield key;
}

/** What the tallies add to the sums of a dimension in a period, by key. */
export function openSums(
  open: Tallies,
  { dimension, unit, period }: Omit<SumId, "key">,
): Map<string, Sums> {
  const byKey = new Map<string, Sums>();
  for (const { atMs, period: hour, sums, ...place } of open) {
    if (periodOf(unit, hour) !== period) continue;
    const key = keysOf(place).find(([one]) => one === dimension)?.[1];
    if (key === undefined) continue;
    byKey.set(key, together(byKey.get(key) ?? null, { ...sums, lastActiveAt: atMs }));
  }
  return byKey;
}

export function together(a: Sums | null, b: Sums | undefined): Sums {
  return {
    ...plus(a ?? NO_SUMS, b ?? NO_SUMS),
    lastActiveAt: Math.max(a?.lastActiveAt ?? 0, b?.lastActiveAt ?? 0),
  };
}
