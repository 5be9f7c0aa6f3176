/** Periods as callers ask for them: "day", "month" or "total", or one by its name. */
import { periodAt } from "../../../src/core/periods";
import { unitOf, type SummedUnit } from "../../../src/core/periodRange";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { TenantScope } from "../access";
import { timeZoneOf } from "../periods";

export type NamedPeriod = { unit: SummedUnit; period: string };

/**
 * The period that is meant: the tenant's present hour, day or month, all of time ("total"), or one as "2026-11",
 * "2026-11-20" and "2026-11-20T13" name them.
 *
 * @throws invalid_argument - No period is named so.
 */
export async function periodNamed(
  ctx: QueryCtx,
  scope: TenantScope,
  { period, nowMs }: { period: string; nowMs: number },
): Promise<NamedPeriod> {
  if (period === "total") return { unit: "total", period: "" };
  if (period === "hour" || period === "day" || period === "month") {
    return { unit: period, period: periodAt(period, await timeZoneOf(ctx, scope), nowMs) };
  }
  const unit = unitOf(period);
  if (unit !== null && unit !== "total") return { unit, period };
  const reason =
    "give hour, day, month, total, or one such as 2026-11, 2026-11-20 or 2026-11-20T13";
  return fail({ kind: "invalid_argument", field: "period", reason });
}
