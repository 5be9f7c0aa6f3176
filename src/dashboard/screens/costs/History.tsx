import { lazy, Suspense, useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import { useHalfHour } from "../../data/clock";
import { useTenantQuery } from "../../data/tenant";
import { Card } from "../../ui/Card";
import { Loading } from "../../ui/states";

const DayBars = lazy(() => import("./DayBars"));
const DAYS = 30;
const DAY_MS = 86_400_000;

/** The last month, day by day. A bar leads to its day. */
export function History({ choose }: { choose: (day: string) => void }) {
  const nowMs = useHalfHour();
  const range = useMemo(() => ({ from: nowMs - DAYS * DAY_MS, to: nowMs + 1 }), [nowMs]);
  const history = useTenantQuery(api.queries.costs.history, { unit: "day", ...range });
  return (
    <Card title="Day by day">
      {history === undefined ? (
        <Loading lines={6} />
      ) : (
        <Suspense fallback={<Loading lines={6} />}>
          <DayBars points={history.points} choose={choose} />
        </Suspense>
      )}
    </Card>
  );
}
