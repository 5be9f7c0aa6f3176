import { Link } from "@tanstack/react-router";
import { api } from "../../../../convex/_generated/api";
import type { BudgetView } from "../../../../convex/views/budgets";
import { useHalfHour } from "../../data/clock";
import { useMay, useTenant, useTenantQuery } from "../../data/tenant";
import { BurnDown } from "../../shared/BurnDown";
import { Pace } from "../../shared/Pace";
import { Used } from "../../shared/Used";
import { Card } from "../../ui/Card";
import { Meter } from "../../ui/Meter";
import { Loading } from "../../ui/states";
import { Money } from "../../ui/values";

/** Today and this month, and how far the tenant's own budgets are used. */
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
      {useMay("budgets:read") && <TenantBudgets nowMs={nowMs} />}
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

/** The one that binds with its days, the others with how far they are. */
function TenantBudgets({ nowMs }: { nowMs: number }) {
  const budgets = useTenantQuery(api.queries.budgets.list, {
    dimension: "tenant",
    nowMs,
    paginationOpts: { cursor: null, numItems: SHOWN },
  });
  if (budgets === undefined) return <Loading />;
  const furthestFirst = budgets.page
    .filter(({ status }) => status !== "disabled")
    .toSorted((a, b) => rankOf(b) - rankOf(a));
  return (
    <ul className="mt-4 space-y-4">
      {furthestFirst.map((budget, nth) => (
        <li key={budget._id}>
          <Standing budget={budget} />
          {nth === 0 && (
            <>
              <Pace budget={budget} />
              <BurnDown budget={budget} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** The one of which the least is left binds; what only says so bounds nothing. */
function rankOf({ percent, action }: BudgetView): number {
  return action === "warn" ? percent - Number.MAX_SAFE_INTEGER : percent;
}

function Standing({ budget }: { budget: BudgetView }) {
  const { slug } = useTenant();
  const { _id, name, percent } = budget;
  return (
    <>
      <div className="mb-1 flex flex-wrap justify-between gap-x-2">
        <Link
          to="/$tenant/budgets"
          params={{ tenant: slug }}
          search={{ budget: _id }}
          className="hover:underline"
        >
          {name}
        </Link>
        <Used budget={budget} />
      </div>
      <Meter label={`${name}: used`} percent={percent} />
    </>
  );
}
