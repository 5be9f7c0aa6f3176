import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { CostEventDetail } from "../../../../convex/views/costs";
import { useTenantQuery } from "../../data/tenant";
import { billedFor } from "../../shared/billed";
import { DataTable, type Column } from "../../ui/DataTable";
import { Dialog } from "../../ui/Dialog";
import { Loading } from "../../ui/states";
import { Count, Moment } from "../../ui/values";

type CallDetailProps = { eventId: Id<"cost_events">; close: () => void };

/** One call with its price lines: how its cost came to be. */
export function CallDetail({ eventId, close }: CallDetailProps) {
  return (
    <Dialog title="A call and its price" close={close}>
      <Call eventId={eventId} />
    </Dialog>
  );
}

function Call({ eventId }: Pick<CallDetailProps, "eventId">) {
  const event = useTenantQuery(api.queries.costs.getEvent, { eventId });
  return event === undefined ? <Loading /> : <Lines event={event} />;
}

function Lines({ event }: { event: CostEventDetail }) {
  const { provider, model, lines, fees, modifiers, standing, tierApplied, priceVersion } = event;
  const rows = [
    ...lines.map(({ class: name, tokens: count, ...line }) => ({ name, count, ...line })),
    ...fees.map(({ unit: name, ...fee }) => ({ name, ...fee })),
  ];
  return (
    <>
      <p className="mb-3">
        {provider}/{model}, <Moment atMs={event.timestamp} />, {event.status},{" "}
        {tierApplied.serviceTier}
      </p>
      <DataTable name="Price lines" columns={COLUMNS} rows={rows} keyOf={keyOf} />
      <p className="mt-3 flex justify-between font-semibold">
        In all <Exactly usd={standing.totalCostUsd} />
      </p>
      <ul className="text-subtle mt-3 list-inside list-disc">
        <li>Prices: {priceVersion ?? "none is known"}</li>
        {modifiers.map(({ name, factor }) => (
          <li key={name}>
            {name}: × {factor}
          </li>
        ))}
        {event.adjustments.map(({ _id, totalCostUsd, reason }) => (
          <li key={_id}>
            Adjusted by <Exactly usd={totalCostUsd} /> {reason}
          </li>
        ))}
        {event.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}

/** To the last place: lines add up before one's eyes. */
function Exactly({ usd }: { usd: string }) {
  return <span className="tabular-nums">${usd}</span>;
}

type PriceLine = {
  name: string;
  /** Whose tokens, where a call had several models. */
  model?: string | undefined;
  count: number;
  unitUsd: string;
  amountUsd: string;
};

const keyOf = ({ name, model = "" }: PriceLine) => `${name} ${model}`;

const COLUMNS: readonly Column<PriceLine>[] = [
  { name: "What", cell: ({ name }) => billedFor(name), value: ({ name }) => name },
  {
    name: "Count",
    isNumber: true,
    cell: ({ count }) => <Count of={count} />,
    value: ({ count }) => count,
  },
  {
    name: "Each",
    isNumber: true,
    cell: ({ unitUsd }) => <Exactly usd={unitUsd} />,
    value: ({ unitUsd }) => unitUsd,
  },
  {
    name: "Amount",
    isNumber: true,
    cell: ({ amountUsd }) => <Exactly usd={amountUsd} />,
    value: ({ amountUsd }) => amountUsd,
  },
];
