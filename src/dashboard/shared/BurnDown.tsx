import { lazy, Suspense, useMemo } from "react";
import { api } from "../../../convex/_generated/api";
import type { BudgetView } from "../../../convex/views/budgets";
import type { CostHistory } from "../../../convex/views/costs";
import { burnDown } from "../../budgets/burnDown";
import { forecastOf } from "../../budgets/forecast";
import { usdNumber } from "../../core/money";
import { useHalfHour } from "../data/clock";
import { useTenantQuery } from "../data/tenant";
import { Loading } from "../ui/states";
import { measureOf, type Measure } from "./measure";
import { usePeriod, type Period } from "./usePeriod";

const BurnDownChart = lazy(() => import("./BurnDownChart"));
const LINES = 6;

/** What was left of a budget as its period went on; nothing for budgets that have no days or hours. */
export function BurnDown({ budget }: { budget: BudgetView }) {
  const period = usePeriod(budget);
  const measure = measureOf(budget);
  if (period === null || measure === null) return null;
  return <Chart budget={budget} period={period} measure={measure} />;
}

type ChartProps = { budget: BudgetView; period: Period; measure: Measure };

function Chart({ budget: { dimension, key }, period, measure }: ChartProps) {
  const { startMs, unit } = period;
  const nowMs = useHalfHour();
  const range = { from: startMs, to: Math.max(nowMs, startMs) + 1 };
  const history = useTenantQuery(api.queries.costs.history, { dimension, key, unit, ...range });
  const points = useMemo(
    () => (history === undefined ? null : pointsOf(history, { period, measure, nowMs })),
    [history, period, measure, nowMs],
  );
  if (points === null) return <Loading lines={LINES} />;
  return (
    <Suspense fallback={<Loading lines={LINES} />}>
      <BurnDownChart points={points} unit={measure.unit} />
    </Suspense>
  );
}

/** In dollars or tokens, which is exact enough to look at. */
function pointsOf(
  history: CostHistory,
  { period, measure, nowMs }: { period: Period; measure: Measure; nowMs: number },
) {
  const isCost = measure.unit === "usd";
  const numberOf = (amount: bigint) => (isCost ? usdNumber(amount) : Number(amount));
  const forecast = forecastOf(measure, { ...period, nowMs });
  return burnDown({
    limit: numberOf(measure.limit),
    periods: period.parts,
    spent: history.points.map(({ cost, promptTokens, completionTokens }) =>
      isCost ? cost : promptTokens + completionTokens,
    ),
    atEnd: forecast === null ? null : numberOf(forecast.atEnd),
  });
}
