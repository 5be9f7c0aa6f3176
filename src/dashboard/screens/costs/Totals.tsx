import { TriangleAlert } from "lucide-react";
import { api } from "../../../../convex/_generated/api";
import { useHalfHour } from "../../data/clock";
import { useTenantQuery } from "../../data/tenant";
import { Loading } from "../../ui/states";
import { Money } from "../../ui/values";

export function Totals() {
  const nowMs = useHalfHour();
  const summary = useTenantQuery(api.queries.costs.summary, { nowMs });
  if (summary === undefined) return <Loading lines={2} />;
  const { today, month, total } = summary.exact;
  const figures = [
    ["Today", today.costUsd],
    ["This month", month.costUsd],
    ...(summary.forecast === null ? [] : [["Month at this pace", summary.forecast.costUsd]]),
    ["In all", total.costUsd],
  ] as const;
  return (
    <>
      <dl className="mb-4 flex flex-wrap gap-x-10 gap-y-3">
        {figures.map(([name = "", usd = "0"]) => (
          <div key={name}>
            <dt className="text-subtle">{name}</dt>
            <dd className="text-xl font-semibold">
              <Money usd={usd} />
            </dd>
          </div>
        ))}
      </dl>
      {summary.unpricedModels.length > 0 && (
        <p className="bg-warn-soft text-warn mb-4 flex gap-2 rounded-md px-3 py-2">
          <TriangleAlert className="size-4 shrink-0" aria-hidden />
          These models have no known price, so that this month came to more than is shown:{" "}
          {summary.unpricedModels.map(({ provider, model }) => `${provider}/${model}`).join(", ")}.
        </p>
      )}
    </>
  );
}
