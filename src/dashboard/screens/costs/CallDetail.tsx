import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { CostEventDetail } from "../../../../convex/views/costs";
import { useTenantQuery } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { Loading } from "../../ui/states";
import { Count, Moment, Money } from "../../ui/values";

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
  return (
    <>
      <p className="mb-3">
        {provider}/{model}, <Moment atMs={event.timestamp} />, {event.status},{" "}
        {tierApplied.serviceTier}
      </p>
      <table className="w-full text-left">
        <thead className="text-subtle">
          <tr>
            <th className="py-1 font-medium">What</th>
            <th className="py-1 text-right font-medium">Count</th>
            <th className="py-1 text-right font-medium">Each</th>
            <th className="py-1 text-right font-medium">Amount</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <PriceLine
              key={`${line.class} ${line.model ?? ""}`}
              name={line.class}
              count={line.tokens}
              line={line}
            />
          ))}
          {fees.map((fee) => (
            <PriceLine key={fee.unit} name={fee.unit} count={fee.count} line={fee} />
          ))}
          <tr className="border-line border-t font-semibold">
            <td className="py-1" colSpan={3}>
              In all
            </td>
            <td className="py-1 text-right">
              <Money usd={standing.totalCostUsd} />
            </td>
          </tr>
        </tbody>
      </table>
      <ul className="text-subtle mt-3 list-inside list-disc">
        <li>Prices: {priceVersion ?? "none is known"}</li>
        {modifiers.map(({ name, factor }) => (
          <li key={name}>
            {name}: × {factor}
          </li>
        ))}
        {event.adjustments.map(({ _id, totalCostUsd, reason }) => (
          <li key={_id}>
            Adjusted by <Money usd={totalCostUsd} /> {reason}
          </li>
        ))}
        {event.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}

type PriceLineProps = {
  name: string;
  count: number;
  line: { unitUsd: string; amountUsd: string };
};

function PriceLine({ name, count, line }: PriceLineProps) {
  return (
    <tr className="border-line border-t">
      <td className="py-1">{name}</td>
      <td className="py-1 text-right">
        <Count of={count} />
      </td>
      <td className="py-1 text-right tabular-nums">${line.unitUsd}</td>
      <td className="py-1 text-right">
        <Money usd={line.amountUsd} />
      </td>
    </tr>
  );
}
