import { api } from "../../../../convex/_generated/api";
import { useHalfHour } from "../../data/clock";
import { useMay, useTenantQuery } from "../../data/tenant";
import { Card } from "../../ui/Card";
import { Meter } from "../../ui/Meter";
import { Loading } from "../../ui/states";
import { Count, Money } from "../../ui/values";

/** Today and this month, and how far the tenant's own budget is used. */
export function Spend() {
  const nowMs = useHalfHour();
  const summary = useTenantQuery(api.queries.costs.summary, { nowMs });
  return (
    <Card title="Spend">
      {summary === undefined ? (
        <Loading />
      ) : (
        <dl className="flex flex-wrap gap-x-8 gap-y-4">
          <Figure name="Today" usd={summary.exact.today.costUsd} />
          <Figure name="This month" usd={summary.exact.month.costUsd} />
          {summary.forecast !== null && (
            <Figure name="Month at this pace" usd={summary.forecast.costUsd} />
          )}
        </dl>
      )}
      <TenantBudgets nowMs={nowMs} />
    </Card>
  );
}

function Figure({ name, usd }: { name: string; usd: string }) {
  return (
    <div>
      <dt className="text-subtle">{name}</dt>
      <dd className="text-xl font-semibold">
        <Money usd={usd} />
      </dd>
    </div>
  );
}

const SHOWN = 10;

function TenantBudgets({ nowMs }: { nowMs: number }) {
  const may = useMay("budgets:read");
  const budgets = useTenantQuery(
    api.queries.budgets.list,
    may
      ? { dimension: "tenant", nowMs, paginationOpts: { cursor: null, numItems: SHOWN } }
      : "skip",
  );
  return (
    <ul className="mt-4 space-y-3">
      {budgets?.page.map(({ _id, name, percent, cost, tokens }) => (
        <li key={_id}>
          <div className="mb-1 flex justify-between gap-2">
            <span>{name}</span>
            <span className="text-subtle">
              {cost.limitUsd !== undefined && (
                <>
                  <Money usd={cost.spentUsd} /> of <Money usd={cost.limitUsd} />
                </>
              )}
              {cost.limitUsd === undefined && tokens.limit !== undefined && (
                <>
                  <Count of={tokens.spent} /> of <Count of={tokens.limit} /> tokens
                </>
              )}
            </span>
          </div>
          <Meter label={`${name}: used`} percent={percent} />
        </li>
      ))}
    </ul>
  );
}
