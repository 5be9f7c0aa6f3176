import { useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { CostEventView } from "../../../../convex/views";
import { useHalfHour } from "../../data/clock";
import { useTenantPages } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { DataTable, type Column } from "../../ui/DataTable";
import { Empty, Loading } from "../../ui/states";
import { Count, Moment, Money } from "../../ui/values";
import type { Dimension } from "./search";

type Choose = (eventId: Id<"cost_events">) => void;
type CallsProps = { by: Dimension; of: string; period: string; choose: Choose };

/** What a sum is of, call by call, the latest first. */
export function Calls({ by, of: key, period, choose }: CallsProps) {
  const nowMs = useHalfHour();
  const asked = { dimension: by, key, period, nowMs };
  const { results, status, loadMore } = useTenantPages(api.queries.costs.listEvents, asked);
  const columns = useMemo(() => columnsOf(choose), [choose]);
  if (status === "LoadingFirstPage") return <Loading lines={6} />;
  if (results.length === 0) return <Empty title="No calls then" />;
  return (
    <DataTable
      name={`Calls of ${by} ${key}, ${period}`}
      kind="Calls"
      columns={columns}
      rows={results}
      keyOf={({ _id }) => _id}
      pages={{ status, loadMore }}
    />
  );
}

function columnsOf(choose: Choose): Column<CostEventView>[] {
  return [
    {
      name: "When",
      cell: ({ _id, timestamp }) => (
        <button type="button" className="text-accent underline" onClick={() => choose(_id)}>
          <Moment atMs={timestamp} />
        </button>
      ),
      value: ({ timestamp }) => new Date(timestamp).toISOString(),
    },
    {
      name: "Model",
      cell: ({ provider, model }) => `${provider}/${model}`,
      value: ({ provider, model }) => `${provider}/${model}`,
    },
    {
      name: "Cost",
      isNumber: true,
      cell: ({ totalCostUsd }) => <Money usd={totalCostUsd} />,
      value: ({ totalCostUsd }) => totalCostUsd,
    },
    {
      name: "Tokens",
      isNumber: true,
      cell: ({ totalTokens }) => <Count of={totalTokens} />,
      value: ({ totalTokens }) => totalTokens,
    },
    {
      name: "Known from",
      cell: ({ usageSource, unpriced }) => (
        <>
          {usageSource} {unpriced.length > 0 && <Badge tone="warn">no price</Badge>}
        </>
      ),
      value: ({ usageSource }) => usageSource,
    },
  ];
}
