import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { OverrideView } from "../../../../convex/views/prices";
import { useMinute } from "../../data/clock";
import { useMay, useTenantMutation, useTenantPages } from "../../data/tenant";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { DataTable, type Column } from "../../ui/DataTable";
import { Empty, Loading } from "../../ui/states";
import { useAct } from "../../ui/useAct";
import { Moment } from "../../ui/values";
import { NewPrice } from "./NewPrice";
import { standingOf, type Standing } from "./standing";

type Row = OverrideView & { standing: Standing };
const TONES: Readonly<Record<Standing, Tone>> = {
  holds: "good",
  "to come": "accent",
  over: "neutral",
};

/** The company's own prices, each version of them: what was booked keeps the one that it was booked at. */
export function OwnPrices() {
  const mayManage = useMay("costs:manage");
  const [isMaking, setMaking] = useState(false);
  const { results, status, loadMore } = useTenantPages(api.queries.prices.list, {});
  const minute = useMinute();
  const rows = useMemo(
    () => results.map((price) => ({ ...price, standing: standingOf(price, results, minute) })),
    [results, minute],
  );
  const columns = useMemo(() => columnsOf(mayManage), [mayManage]);
  return (
    <section className="mt-6">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">Your own prices</h2>
        {mayManage && (
          <Button onClick={() => setMaking(true)}>
            <Plus aria-hidden /> New price
          </Button>
        )}
      </div>
      {status === "LoadingFirstPage" && <Loading />}
      {status === "Exhausted" && results.length === 0 && (
        <Empty title="The price book's prices hold">
          Say what you agreed with a provider, or what a model that you host costs you, and costs
          and budgets go by that.
        </Empty>
      )}
      {results.length > 0 && (
        <DataTable
          name="Own prices"
          columns={columns}
          rows={rows}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
      {isMaking && (
        <NewPrice
          of={{ provider: "openai_compatible", model: "" }}
          close={() => setMaking(false)}
        />
      )}
    </section>
  );
}

function columnsOf(mayManage: boolean): readonly Column<Row>[] {
  const told: Column<Row>[] = [
    {
      name: "Model",
      cell: ({ provider, model }) => `${provider}/${model}`,
      value: ({ provider, model }) => `${provider}/${model}`,
    },
    {
      name: "A million tokens",
      cell: (price) =>
        price.enabled ? ratesText(price) : <Badge>the price book's from then on</Badge>,
      value: (price) => (price.enabled ? ratesText(price) : "price book"),
      sortBy: null,
    },
    {
      name: "From",
      cell: ({ effectiveFrom }) => <Moment atMs={effectiveFrom} />,
      value: ({ effectiveFrom }) => new Date(effectiveFrom).toISOString(),
    },
    {
      name: "Now",
      cell: ({ standing }) => <Badge tone={TONES[standing]}>{standing}</Badge>,
      value: ({ standing }) => standing,
    },
  ];
  if (!mayManage) return told;
  return [...told, { name: "Change", cell: (price) => <EndButton price={price} /> }];
}

function ratesText({ usdPerMillion = {}, sameAs }: OverrideView): string {
  if (sameAs !== undefined) return `as ${sameAs.provider}/${sameAs.model}`;
  return Object.entries(usdPerMillion)
    .map(([tokens, usd]) => `${tokens} $${usd}`)
    .join(", ");
}

function EndButton({ price }: { price: Row }) {
  const { _id: id, provider, model, enabled, standing } = price;
  const remove = useTenantMutation(api.mutations.prices.remove);
  const act = useAct();
  const [isAsking, setAsking] = useState(false);
  if (!enabled || standing === "over") return null;
  return (
    <>
      <Button size="sm" tone="danger" onClick={() => setAsking(true)}>
        End
      </Button>
      {isAsking && (
        <Confirm
          title={`End your price for ${provider}/${model}?`}
          hint="The price book's holds from then on. What was booked stays as it is."
          verb="End"
          act={() => act(() => remove({ id }))}
          close={() => setAsking(false)}
        />
      )}
    </>
  );
}
