import { api } from "../../../../convex/_generated/api";
import type { BudgetEventView } from "../../../../convex/views/budgets";
import { useTenantPages } from "../../data/tenant";
import { Badge, type Tone } from "../../ui/Badge";
import { DataTable, type Column } from "../../ui/DataTable";
import { Empty, Loading } from "../../ui/states";
import { Moment } from "../../ui/values";

const TONES: Readonly<Record<BudgetEventView["kind"], Tone>> = {
  refused: "bad",
  paused: "bad",
  degraded: "warn",
  alerted: "warn",
  expired: "warn",
  resumed: "good",
  increased: "good",
};

const COLUMNS: readonly Column<BudgetEventView>[] = [
  {
    name: "When",
    cell: ({ at }) => <Moment atMs={at} />,
    value: ({ at }) => new Date(at).toISOString(),
  },
  {
    name: "What",
    cell: ({ kind }) => <Badge tone={TONES[kind]}>{kind}</Badge>,
    value: ({ kind }) => kind,
  },
  {
    name: "Budget",
    cell: ({ budget }) => budget ?? "one that is gone",
    value: ({ budget }) => budget ?? "",
  },
  { name: "Of", cell: textOf, value: textOf, sortBy: null },
];

/** What became known of budgets in the last 30 days, the newest first. */
export function BudgetEvents() {
  const { results, status, loadMore } = useTenantPages(api.queries.budgets.events, {});
  return (
    <section className="mt-6">
      <h2 className="mb-2 font-semibold">What happened</h2>
      {status === "LoadingFirstPage" && <Loading />}
      {status === "Exhausted" && results.length === 0 && <Empty title="Nothing yet" />}
      {results.length > 0 && (
        <DataTable
          name="What happened to budgets"
          columns={COLUMNS}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
    </section>
  );
}

function textOf({ kind, percent, amount, limit, spent, model, reason }: BudgetEventView): string {
  const told = [
    percent !== undefined && `${percent} %`,
    spent?.usd !== undefined && limit?.usd !== undefined && `$${spent.usd} of $${limit.usd} spent`,
    spent?.tokens !== undefined &&
      limit?.tokens !== undefined &&
      `${spent.tokens} of ${limit.tokens} tokens used`,
    amount?.usd !== undefined && `${kind === "increased" ? "granted" : "asked for"} $${amount.usd}`,
    amount?.tokens !== undefined && `${amount.tokens} tokens`,
    model !== undefined && `to ${model.provider}/${model.model}`,
    reason,
  ];
  return told.filter((part) => typeof part === "string").join(" · ");
}
