/** Reading sums: the roll-up, and what of the tallies is not in it yet. */
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { assert } from "../../../src/core/assert";
import type { TenantScope } from "../access";
import { periodOf } from "../../../src/core/periods";
import { keysOf, NO_SUMS, plus, type Dimension, type SumId, type Sums } from "./sums";
import { openTallies } from "./tallies";

type Of = Pick<TenantScope, "tenantId">;
type Tallies = readonly Doc<"tallies">[];
/** The tallies that are left, for those who read several sums. */
type Open = { open?: Tallies };

/** Bounds a read of all keys of a dimension in one period. */
const KEYS_MAX = 1_000;

/** One sum, exact at this instant. */
export async function read(ctx: QueryCtx, scope: Of, { open, ...id }: SumId & Open): Promise<Sums> {
  const row = await readFolded(ctx, scope, id);
  const sums = openSums(open ?? (await openTallies(ctx, scope)), id).get(id.key);
  return together(row, sums);
}

/** The sum as it was some seconds ago: cheap, and out of the way of those who write. */
export async function readFolded(
  ctx: QueryCtx,
  scope: Of,
  { dimension, key, unit, period }: SumId,
): Promise<Sums | null> {
  return await ctx.db
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
}

/** Every sum of a dimension in a period, by key. */
export async function readAll(
  ctx: QueryCtx,
  scope: TenantScope,
  { open, ...id }: Omit<SumId, "key"> & Open,
): Promise<Map<string, Sums>> {
  const { dimension, unit, period } = id;
  const rows = await ctx.db
    .query("rollups")
    .withIndex("by_cost", (q) =>
      q
        .eq("tenantId", scope.tenantId)
        .eq("dimension", dimension)
        .eq("unit", unit)
        .eq("period", period),
    )
    .take(KEYS_MAX);
  assert(rows.length < KEYS_MAX, `all sums by ${dimension} in ${period} were read`);
  const byKey = new Map<string, Sums>(rows.map((row) => [row.key, row]));
  for (const [key, sums] of openSums(open ?? (await openTallies(ctx, scope)), id)) {
    byKey.set(key, together(byKey.get(key) ?? null, sums));
  }
  return byKey;
}

/** The keys of a dimension that were counted last, the latest first. */
export async function* lastActive(
  ctx: QueryCtx,
  scope: TenantScope,
  dimension: Dimension,
): AsyncGenerator<string> {
  const id = { dimension, unit: "total", period: "" } as const;
  const open = openSums(await openTallies(ctx, scope), id);
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
function openSums(
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

function together(a: Sums | null, b: Sums | undefined): Sums {
  return {
    ...plus(a ?? NO_SUMS, b ?? NO_SUMS),
    lastActiveAt: Math.max(a?.lastActiveAt ?? 0, b?.lastActiveAt ?? 0),
  };
}
