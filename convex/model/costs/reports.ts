/** What was spent. Sums are read from the totals, never from the ledger's rows. */
import { forecastOf } from "../../../src/budgets/forecast";
import { periodAt, periodEndMs, periodStartMs } from "../../../src/core/periods";
import type { QueryCtx } from "../../_generated/server";
import { toUsd, toUsdText } from "../../lib/usd";
import type { CostSummary, Forecast } from "../../views/costs";
import type { TenantScope } from "../access";
import { timeZoneOf } from "../periods";
import { cheapest, rank } from "../rollups/ranking";
import { read } from "../rollups/read";
import { modelOfKey, type Unit } from "../rollups/sums";
import { recentTallies, type OpenTallies } from "../rollups/tallies";
import { toSpend } from "./spend";

/** Of models in a summary. */
const MODELS_MAX = 100;

export async function summary(
  ctx: QueryCtx,
  scope: TenantScope,
  nowMs: number,
): Promise<CostSummary> {
  const open = await recentTallies(ctx, scope);
  const timeZone = await timeZoneOf(ctx, scope);
  const ofTenant = async (unit: Unit) => {
    const id = { dimension: "tenant", key: "", unit } as const;
    const period = periodAt(unit, timeZone, nowMs);
    return await read(ctx, scope, { ...id, period, open: open.tallies });
  };
  const monthNow = periodAt("month", timeZone, nowMs);
  const [today, thisMonth, total, models] = await Promise.all([
    ofTenant("day"),
    ofTenant("month"),
    ofTenant("total"),
    modelsOf(ctx, scope, { period: monthNow, open }),
  ]);
  return {
    today: toUsd(today.totalCostPico),
    month: toUsd(thisMonth.totalCostPico),
    total: toUsd(total.totalCostPico),
    modelBreakdown: models.ranked.map(({ key, sums }) => ({
      ...modelOfKey(key),
      cost: toUsd(sums.totalCostPico),
      ...toSpend(sums),
    })),
    exact: { today: toSpend(today), month: toSpend(thisMonth), total: toSpend(total) },
    periods: { today: periodAt("day", timeZone, nowMs), month: monthNow, timeZone },
    forecast: monthsForecast(thisMonth.totalCostPico, timeZone, nowMs),
    unpricedModels: models.unpriced,
    countedUntil: models.countedUntil ?? open.countedUntil,
  };
}

/** The dearest of a month, and those of which something has no price: what has none at all is among the cheapest. */
async function modelsOf(
  ctx: QueryCtx,
  scope: TenantScope,
  { period, open }: { period: string; open: OpenTallies },
) {
  const of = { dimension: "model", unit: "month", period, open, count: MODELS_MAX } as const;
  const dearest = await rank(ctx, scope, { ...of, cursor: null });
  const rest = dearest.cursor === null ? [] : await cheapest(ctx, scope, of);
  const found = new Map([...dearest.ranked, ...rest].map(({ key, sums }) => [key, sums]));
  const unpriced = [...found].filter(([, { unpricedEvents }]) => unpricedEvents !== 0);
  return {
    ...dearest,
    unpriced: unpriced.map(([key, { unpricedEvents }]) => ({ ...modelOfKey(key), unpricedEvents })),
  };
}

function monthsForecast(spentPico: bigint, timeZone: string, nowMs: number): Forecast | null {
  const startMs = periodStartMs("month", timeZone, nowMs);
  const endMs = periodEndMs("month", timeZone, nowMs) ?? nowMs;
  const forecast = forecastOf({ spent: spentPico }, { startMs, endMs, nowMs });
  if (forecast === null) return null;
  const { atEnd: pico } = forecast;
  const [elapsedMs, monthMs] = [nowMs - startMs, endMs - startMs];
  return { cost: toUsd(pico), costUsd: toUsdText(pico), elapsedMs, monthMs };
}
