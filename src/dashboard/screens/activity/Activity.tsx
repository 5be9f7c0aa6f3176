/** Who changed what. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { api } from "../../../../convex/_generated/api";
import type { ActivityView } from "../../../../convex/views";
import { useTenantPages } from "../../data/tenant";
import { DataTable, type Column } from "../../ui/DataTable";
import { SelectField } from "../../ui/Field";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { Moment } from "../../ui/values";
import { Changes } from "./Changes";
import { TABLES } from "./search";

const COLUMNS: readonly Column<ActivityView>[] = [
  {
    name: "When",
    cell: ({ createdAt }) => <Moment atMs={createdAt} />,
    value: ({ createdAt }) => new Date(createdAt).toISOString(),
  },
  { name: "What", cell: ({ action }) => action, value: ({ action }) => action },
  {
    name: "Who",
    cell: ({ actor }) => <span title={actor.id}>{actor.kind}</span>,
    value: ({ actor }) => `${actor.kind} ${actor.id}`,
  },
  {
    name: "Of",
    cell: ({ entityId }) => <code className="text-xs">{entityId}</code>,
    value: ({ entityId }) => entityId,
  },
  {
    name: "Changes",
    cell: ({ changes }) => <Changes changes={changes} />,
    value: ({ changes }) => JSON.stringify(changes),
    sortBy: null,
  },
  { name: "From", cell: ({ ip }) => ip ?? "", value: ({ ip }) => ip },
];

export function Activity() {
  const { table } = useSearch({ from: "/signed-in/$tenant/activity" });
  const navigate = useNavigate({ from: "/$tenant/activity" });
  const filter = table === undefined ? {} : { entityTable: table };
  const { results, status, loadMore } = useTenantPages(api.queries.activity.list, filter);
  return (
    <>
      <ScreenHeader title="Audit log" hint="Each change, by whom, and what was there before." />
      <div className="mb-4 w-48">
        <SelectField
          label="Of what"
          value={table ?? ""}
          onChange={({ target }) =>
            void navigate({ search: target.value === "" ? {} : { table: target.value } })
          }
        >
          <option value="">everything</option>
          {TABLES.map((one) => (
            <option key={one} value={one}>
              {one.replaceAll("_", " ")}
            </option>
          ))}
        </SelectField>
      </div>
      {status === "LoadingFirstPage" && <Loading lines={8} />}
      {status === "Exhausted" && results.length === 0 && <Empty title="Nothing was changed" />}
      {results.length > 0 && (
        <DataTable
          name="Audit log"
          columns={COLUMNS}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
    </>
  );
}
