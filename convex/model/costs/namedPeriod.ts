/** Periods as callers ask for them: "day", "month" or "total", or one by its name. */
import { periodAt } from "../../../src/core/periods";
import { hoursShown, isBareHour, unitOf, type SummedUnit } from "../../../src/core/periodRange";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import type { TenantScope } from "../access";
import { timeZoneOf } from "../periods";
import { readFolded } from "../rollups/read";

export type NamedPeriod = { unit: SummedUnit; period: string };

/**
 * The period that is meant: the tenant's present hour, day or month, all of time ("total"), or one as "2026-11",
 * "2026-11-20" and "2026-11-20T13" name them. An hour without its offset is of the tenant's time zone.
 *
 * @throws invalid_argument - No period is named so, or the zone has no such hour, or two.
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
  if (unit === "hour" && isBareHour(period)) {
    return { unit, period: await hourShown(ctx, scope, period) };
  }
  if (unit !== null && unit !== "total") return { unit, period };
  const reason =
    "give hour, day, month, total, or one such as 2026-11, 2026-11-20 or 2026-11-20T13";
  return fail({ kind: "invalid_argument", field: "period", reason });
}

/** The hour that the tenant's clocks show so; of a tenant that was of UTC before, the one that was counted by that name. */
async function hourShown(ctx: QueryCtx, scope: TenantScope, bareHour: string): Promise<string> {
  const timeZone = await timeZoneOf(ctx, scope);
  if (timeZone === "UTC") return bareHour;
  const ofUtc = { dimension: "tenant", key: "", unit: "hour", period: bareHour } as const;
  if ((await readFolded(ctx, scope, ofUtc)) !== null) return bareHour;
  const [hour, ...others] = hoursShown(timeZone, bareHour);
  if (hour !== undefined && others.length === 0) return hour;
  const names = [hour, ...others].join(" or ");
  const reason =
    hour === undefined ? `${timeZone} has no such hour` : `that hour comes twice: give ${names}`;
  return fail({ kind: "invalid_argument", field: "period", reason });
}
