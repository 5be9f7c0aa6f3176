import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { ModelView } from "../../../../convex/views/prices";
import { useMinute } from "../../data/clock";
import { useKept } from "../../data/kept";
import { useMay, useTenantQuery } from "../../data/tenant";
import { DataTable } from "../../ui/DataTable";
import { SelectField } from "../../ui/Field";
import { SearchField } from "../../ui/SearchField";
import { Empty, Loading } from "../../ui/states";
import { modelColumns } from "./modelColumns";
import { NewPrice, type PriceOf } from "./NewPrice";
import { PROVIDERS, PROVIDER_NAMES } from "../../data/providers";
import { toProviderSearch, type ProviderSearch } from "./search";

const MINUTE_MS = 60_000;

/** What each model costs the company now. */
export function Models() {
  const search = useSearch({ from: "/signed-in/$tenant/providers" });
  const navigate = useNavigate({ from: "/$tenant/providers" });
  // What is set in this minute is to be seen in it: a query does not notice what begins to hold after its own moment.
  const atMs = useMinute() + MINUTE_MS;
  const models = useKept(useTenantQuery(api.queries.prices.models, { atMs }));
  const mayManage = useMay("costs:manage");
  const [pricing, setPricing] = useState<PriceOf | null>(null);
  const columns = useMemo(() => modelColumns(mayManage ? setPricing : null), [mayManage]);
  const rows = useMemo(() => models?.filter((model) => isMeant(model, search)), [models, search]);
  const look = (change: ProviderSearch) =>
    void navigate({ search: (was) => toProviderSearch({ ...was, ...change }), replace: true });
  return (
    <section className="mt-6">
      <h2 className="mb-2 font-semibold">Models and what they cost</h2>
      <div className="mb-3 flex flex-wrap gap-3">
        <SelectField
          label="Of"
          value={search.provider ?? ""}
          onChange={({ target }) =>
            look({ provider: toProviderSearch({ provider: target.value }).provider })
          }
        >
          <option value="">every provider</option>
          {PROVIDERS.map((kind) => (
            <option key={kind} value={kind}>
              {PROVIDER_NAMES[kind]}
            </option>
          ))}
        </SelectField>
        <SearchField label="Called" value={search.model ?? ""} look={(model) => look({ model })} />
      </div>
      {rows === undefined && <Loading lines={8} />}
      {rows?.length === 0 && (
        <Empty title="The price book has no such model">
          Of servers of your own, say what a model costs under the company's own prices.
        </Empty>
      )}
      {rows !== undefined && rows.length > 0 && (
        <DataTable
          name="Models"
          columns={columns}
          rows={rows}
          keyOf={({ provider, model }) => `${provider}/${model}`}
        />
      )}
      {pricing !== null && <NewPrice of={pricing} close={() => setPricing(null)} />}
    </section>
  );
}

function isMeant(row: ModelView, { provider, model = "" }: ProviderSearch): boolean {
  if (provider !== undefined && row.provider !== provider) return false;
  return `${row.provider}/${row.model} ${row.name}`.toLowerCase().includes(model.toLowerCase());
}
