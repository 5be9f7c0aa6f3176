import { useMemo } from "react";
import { api } from "../../../convex/_generated/api";
import type { BudgetView } from "../../../convex/views/budgets";
import { forecastOf, type Forecast } from "../../budgets/forecast";
import { periodsBetween } from "../../core/periodRange";
import { periodEndMs, periodStartMs } from "../../core/periods";
import { useMinute } from "../data/clock";
import { useTenantQuery } from "../data/tenant";
import { measureOf, type Measure } from "./measure";

/** The present period of a budget, in the company's time zone. */
export type Period = Readonly<{
  startMs: number;
  endMs: number;
  unit: "hour" | "day";
  parts: string[];
}>;

/** No period has as many hours or days. */
const PARTS_MAX = 100;

/** @returns Null while it is loading, and for budgets without a period that one could look at in parts. */
export function usePeriod({ window, resetsAtMs }: BudgetView): Period | null {
  const timeZone = useTimeZone();
  return useMemo(() => {
    if (timeZone === null || resetsAtMs === null) return null;
    if (window !== "day" && window !== "week" && window !== "month") return null;
    const atMs = resetsAtMs - 1;
    const startMs = periodStartMs(window, timeZone, atMs);
    const endMs = periodEndMs(window, timeZone, atMs) ?? resetsAtMs;
    const unit = window === "day" ? ("hour" as const) : ("day" as const);
    const between = { timeZone, fromMs: startMs, toMs: endMs };
    return { startMs, endMs, unit, parts: periodsBetween(unit, between, PARTS_MAX) ?? [] };
  }, [window, resetsAtMs, timeZone]);
}

/** What the budget will have come to, by the rule of `src/budgets/forecast.ts`. */
export function useForecast(budget: BudgetView): { measure: Measure; forecast: Forecast } | null {
  const period = usePeriod(budget);
  const nowMs = useMinute();
  const measure = measureOf(budget);
  if (period === null || measure === null) return null;
  const forecast = forecastOf(measure, { ...period, nowMs });
  return forecast === null ? null : { measure, forecast };
}

function useTimeZone(): string | null {
  const tenant = useTenantQuery(api.queries.tenants.get, {});
  return tenant === undefined ? null : (tenant.timeZone ?? "UTC");
}
