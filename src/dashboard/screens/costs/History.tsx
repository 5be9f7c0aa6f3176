import { Suspense, useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import { useHalfHour } from "../../data/clock";
import { useKept } from "../../data/kept";
import { useTenantQuery } from "../../data/tenant";
import { Card } from "../../ui/Card";
import { loaded } from "../../ui/loaded";
import { Loading } from "../../ui/states";

const DayBars = loaded(() => import("./DayBars"));
const DAYS = 30;
const DAY_MS = 86_400_000;

/** The last month, day by day. A bar leads to its day. */
export function History({ choose }: { choose: (day: string) => void }) {
  const nowMs = useHalfHour();
  const range = useMemo(() => ({ from: nowMs - DAYS * DAY_MS, to: nowMs + 1 }), [nowMs]);
  const found = useTenantQuery(api.queries.costs.history, { unit: "day", ...range });
  const history = useKept(found);
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
