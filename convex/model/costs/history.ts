/** What was spent hour by hour, day by day or month by month. */
import { orderOf, periodsBetween } from "../../../src/core/periodRange";
import { periodOf } from "../../../src/core/periods";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { toUsd } from "../../lib/usd";
import type { StoredSums } from "../../validators";
import type { CostHistory } from "../../views/costs";
import type { TenantScope } from "../access";
import { timeZoneOf } from "../periods";
import { openSums } from "../rollups/read";
import { fromWide, keyOf, NO_SUMS, plus, type Dimension } from "../rollups/sums";
import { recentTallies } from "../rollups/tallies";
import { toSpend } from "./spend";

/** The hours of a month and more; years of days. */
export const POINTS_MAX = 1_000;

type Series = {
  dimension: Dimension;
  key: string;
  unit: "hour" | "day" | "month";
  fromMs: number;
  toMs: number;
};

/**
 * The sums of a key for each period that the range touches, the first and the last as wholes.
 *
 * @throws invalid_argument - The range ends before it begins, is no range of moments, or has too many periods.
 */
export async function history(
  ctx: QueryCtx,
  scope: TenantScope,
  { dimension, key: named, unit, fromMs, toMs }: Series,
): Promise<CostHistory> {
  const key = keyOf(dimension, named);
  const timeZone = await timeZoneOf(ctx, scope);
  const periods = checkedPeriods(unit, { timeZone, fromMs, toMs });
  const [rows, open] = await Promise.all([
    rollupsOf(ctx, scope, { dimension, key, unit, periods }),
    recentTallies(ctx, scope),
  ]);
  const sums = new Map<string, StoredSums>(periods.map((period) => [period, NO_SUMS]));
  const [firstAt, lastAt] = [orderOf(periods[0] ?? ""), orderOf(periods.at(-1) ?? "")];
  const add = (period: string, more: StoredSums) => {
    // Of a zone that was the tenant's before, hours have names of their own.
    const isIn = sums.has(period) || (orderOf(period) > firstAt && orderOf(period) < lastAt);
    if (isIn) sums.set(period, plus(sums.get(period) ?? NO_SUMS, more));
  };
  for (const row of rows) add(row.period, fromWide(row));
  for (const period of new Set(open.tallies.map((tally) => periodOf(unit, tally.period)))) {
    const more = openSums(open.tallies, { dimension, unit, period }).get(key);
    if (more !== undefined) add(period, more);
  }
  const points = [...sums].toSorted(([a], [b]) => orderOf(a) - orderOf(b));
  return {
    dimension,
    key,
    unit,
    timeZone,
    points: points.map(([period, spent]) => ({
      period,
      cost: toUsd(spent.totalCostPico),
      ...toSpend(spent),
    })),
    whole: toSpend(points.reduce((whole, [, spent]) => plus(whole, spent), NO_SUMS)),
    countedUntil: open.countedUntil,
  };
}

function checkedPeriods(
  unit: Series["unit"],
  range: { timeZone: string; fromMs: number; toMs: number },
): string[] {
  const { timeZone, fromMs, toMs } = range;
  if (!isMoment(fromMs)) fail({ kind: "invalid_argument", field: "from", reason: NO_MOMENT });
  if (!isMoment(toMs)) fail({ kind: "invalid_argument", field: "to", reason: NO_MOMENT });
  if (fromMs >= toMs) {
    fail({ kind: "invalid_argument", field: "to", reason: "must be later than from" });
  }
  const periods = periodsBetween(unit, { timeZone, fromMs, toMs }, POINTS_MAX);
  if (periods !== null) return periods;
  const reason = `the range has more than ${POINTS_MAX} periods; ask for less, or by a longer unit`;
  return fail({ kind: "invalid_argument", field: "unit", reason });
}

const NO_MOMENT = "must be milliseconds since 1970";
/** The end of the year 9999: longer years have other names. */
const MOMENT_MS_MAX = Date.UTC(10_000, 0, 1) - 1;

function isMoment(atMs: number): boolean {
  return Number.isInteger(atMs) && atMs >= 0 && atMs <= MOMENT_MS_MAX;
}

/** Where an hour comes twice, names are in another order than time: some more may be among them. */
async function rollupsOf(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  at: Omit<Series, "fromMs" | "toMs"> & { periods: readonly string[] },
): Promise<Doc<"rollups">[]> {
  const { dimension, key, unit, periods } = at;
  const names = [...periods].toSorted((a, b) => (a < b ? -1 : 1));
  const [first = "", last = ""] = [names[0], names.at(-1)];
  return await ctx.db
    .query("rollups")
    .withIndex("by_key", (q) =>
      q
        .eq("tenantId", tenantId)
        .eq("dimension", dimension)
        .eq("key", key)
        .eq("unit", unit)
        .gte("period", first)
        .lte("period", last),
    )
    .take(2 * POINTS_MAX);
}
