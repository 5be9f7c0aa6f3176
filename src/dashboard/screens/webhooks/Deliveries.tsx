import { useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useTenantPages } from "../../data/tenant";
import { DataTable } from "../../ui/DataTable";
import { SelectField } from "../../ui/Field";
import { Empty, Loading } from "../../ui/states";
import { DeliveryDetail } from "./DeliveryDetail";
import { deliveryColumns } from "./deliveryColumns";
import { STATES, toDeliverySearch, type DeliverySearch } from "./search";

type DeliveriesProps = {
  /** Whose; all of them without it. */
  endpointId?: Id<"webhook_endpoints">;
  search: DeliverySearch;
  look: (change: DeliverySearch) => void;
};

/** What was sent, the latest first. Each is looked into where it is opened. */
export function Deliveries({ endpointId, search: { state, delivery }, look }: DeliveriesProps) {
  const { results, status, loadMore } = useTenantPages(api.queries.webhooks.deliveries, {
    ...(endpointId !== undefined && { endpointId }),
    ...(state !== undefined && { state }),
  });
  const columns = useMemo(() => deliveryColumns((chosen) => look({ delivery: chosen })), [look]);
  return (
    <section className="mt-6">
      <div className="mb-2 flex flex-wrap items-end justify-between gap-2">
        <h2 className="font-semibold">Deliveries</h2>
        <SelectField
          label="State"
          value={state ?? ""}
          onChange={({ target }) =>
            look({ state: toDeliverySearch({ state: target.value }).state })
          }
        >
          <option value="">any</option>
          {Object.entries(STATES).map(([value, { text }]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </SelectField>
      </div>
      {status === "LoadingFirstPage" && <Loading lines={6} />}
      {status === "Exhausted" && results.length === 0 && <Empty title="Nothing was sent yet" />}
      {results.length > 0 && (
        <DataTable
          name="Deliveries"
          columns={columns}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
      {delivery !== undefined && (
        <DeliveryDetail deliveryId={delivery} close={() => look({ delivery: undefined })} />
      )}
    </section>
  );
}
