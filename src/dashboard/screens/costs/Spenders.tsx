import { useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Spender } from "../../../../convex/views/costs";
import { useHalfHour } from "../../data/clock";
import { useTenantPages } from "../../data/tenant";
import { DataTable, type Column } from "../../ui/DataTable";
import { Empty, Loading } from "../../ui/states";
import { Count, Moment, Money } from "../../ui/values";
import type { Dimension } from "./search";

const { costs } = api.queries;
const QUERIES = {
  agent: costs.byAgent,
  model: costs.byModel,
  provider: costs.byProvider,
  channel: costs.byChannel,
  user: costs.byUser,
  key: costs.byKey,
  session: costs.bySession,
} as const;

type SpendersProps = { by: Dimension; period: string; choose: (key: string) => void };

/** Who or what spent it, the dearest first. */
export function Spenders({ by, period, choose }: SpendersProps) {
  const nowMs = useHalfHour();
  const { results, status, loadMore } = useTenantPages(QUERIES[by], { period, nowMs });
  const columns = useMemo(() => columnsOf(by, choose), [by, choose]);
  if (status === "LoadingFirstPage") return <Loading lines={6} />;
  if (results.length === 0) return <Empty title="Nothing was spent then" />;
  return (
    <DataTable
      name={`Costs by ${by}, ${period}`}
      kind="Costs"
      columns={columns}
      rows={results}
      keyOf={({ key }) => key}
      pages={{ status, loadMore }}
    />
  );
}

const PERCENT = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 });
const LEAST_SHARE = 0.001;

/** "0%" is nothing at all. */
function shareText(share: number): string {
  const isLess = share > 0 && share < LEAST_SHARE;
  return isLess ? `<\u00a0${PERCENT.format(LEAST_SHARE)}` : PERCENT.format(share);
}

function columnsOf(by: Dimension, choose: (key: string) => void): Column<Spender>[] {
  return [
    {
      name: by.charAt(0).toUpperCase() + by.slice(1),
      cell: ({ key, name }) => (
        <button
          type="button"
          className="text-accent text-left underline"
          onClick={() => choose(key)}
        >
          {name ?? (key === "" ? "none" : key)}
        </button>
      ),
      value: ({ key, name }) => name ?? key,
    },
    {
      name: "Cost",
      isNumber: true,
      cell: ({ costUsd }) => <Money usd={costUsd} />,
      value: ({ costUsd }) => costUsd,
    },
    {
      name: "Share",
      isNumber: true,
      cell: ({ share }) => (share === null ? "" : shareText(share)),
      value: ({ share }) => share ?? "",
    },
    {
      name: "Tokens read",
      isNumber: true,
      cell: ({ promptTokens }) => <Count of={promptTokens} />,
      value: ({ promptTokens }) => promptTokens,
    },
    {
      name: "Tokens made",
      isNumber: true,
      cell: ({ completionTokens }) => <Count of={completionTokens} />,
      value: ({ completionTokens }) => completionTokens,
    },
    {
      name: "Calls",
      isNumber: true,
      cell: ({ costEvents }) => <Count of={costEvents} />,
      value: ({ costEvents }) => costEvents,
    },
    {
      name: "Last",
      cell: ({ lastActiveAt }) => <Moment atMs={lastActiveAt} />,
      sortBy: ({ lastActiveAt }) => lastActiveAt,
    },
  ];
}
