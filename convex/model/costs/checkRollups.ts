/** Whether sums agree with one another: hours with days, days with months, months with the total. */
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { fromWide, NO_SUMS, plus, type Dimension } from "../rollups/sums";
import { compare, type Difference } from "./check";

/** Keys of a dimension that are compared in one query, each with the days and hours of a month. */
const KEYS_PER_PAGE = 8;
/** More than the hours of any month. */
const ROWS_PER_MONTH_MAX = 1_000;
/** Two hundred years. */
const MONTHS_MAX = 2_400;

/** Where hours do not add up to their days, days to the month, or months to the total: a page of a dimension's keys. */
export async function differencesWithin(
  ctx: QueryCtx,
  of: Pick<TenantScope, "tenantId">,
  { dimension, month, cursor }: { dimension: Dimension; month: string; cursor: string | null },
): Promise<{ differences: Difference[]; cursor: string; isDone: boolean }> {
  const { page, continueCursor, isDone } = await ctx.db
    .query("rollups")
    .withIndex("by_cost", (q) =>
      q
        .eq("tenantId", of.tenantId)
        .eq("dimension", dimension)
        .eq("unit", "month")
        .eq("period", month),
    )
    .paginate({ cursor, numItems: KEYS_PER_PAGE });
  const found = await Promise.all(page.map(async (row) => await differencesOfKey(ctx, row)));
  return { differences: found.flat(), cursor: continueCursor, isDone };
}

/** Rows of one fold, so no tally is between them. */
async function differencesOfKey(ctx: QueryCtx, ofMonth: Doc<"rollups">): Promise<Difference[]> {
  const { tenantId, dimension, key, period: month } = ofMonth;
  const rows = (unit: "total" | "month" | "day" | "hour", from: string) =>
    ctx.db
      .query("rollups")
      .withIndex("by_key", (q) =>
        q
          .eq("tenantId", tenantId)
          .eq("dimension", dimension)
          .eq("key", key)
          .eq("unit", unit)
          .gte("period", from)
          .lt("period", `${from}~`),
      );
  const [days, hours, months, totals] = await Promise.all([
    rows("day", month).take(ROWS_PER_MONTH_MAX),
    rows("hour", month).take(ROWS_PER_MONTH_MAX),
    rows("month", "").take(MONTHS_MAX),
    rows("total", "").take(1),
  ]);
  const of = `${dimension}/${key}`;
  const check = (
    what: string,
    parts: readonly Doc<"rollups">[],
    whole: Doc<"rollups"> | undefined,
  ) => {
    const expected = parts.map(fromWide).reduce(plus, NO_SUMS);
    return compare(
      { what, of, period: whole?.period ?? "" },
      { expected, found: fromWide(whole ?? NO_SUMS) },
    );
  };
  return [
    ...days.flatMap((day) => {
      const parts = hours.filter(({ period }) => period.startsWith(day.period));
      return check("hours and day", parts, day);
    }),
    ...check("days and month", days, ofMonth),
    ...check("months and total", months, totals[0]),
  ];
}
