/** What agents did, run by run. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { api } from "../../../../convex/_generated/api";
import type { RunView } from "../../../../convex/views";
import { useAgentName } from "../../data/agents";
import { useTenant, useTenantPages } from "../../data/tenant";
import { DataTable, type Column } from "../../ui/DataTable";
import { SelectField } from "../../ui/Field";
import { RunState } from "../../ui/RunState";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { Count, Moment, Money } from "../../ui/values";
import { STATES, toRunsSearch } from "./search";

export function Runs() {
  const search = useSearch({ from: "/signed-in/$tenant/runs" });
  const navigate = useNavigate({ from: "/$tenant/runs" });
  const { results, status, loadMore } = useTenantPages(api.queries.runs.list, search);
  const columns = useColumns();
  return (
    <>
      <ScreenHeader title="Runs" hint="Each answer of an agent, with all that it took." />
      <div className="mb-4 w-48">
        <SelectField
          label="State"
          value={search.state ?? ""}
          onChange={({ target }) =>
            void navigate({ search: toRunsSearch({ state: target.value }) })
          }
        >
          <option value="">any</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {state.replaceAll("_", " ")}
            </option>
          ))}
        </SelectField>
      </div>
      {status === "LoadingFirstPage" && <Loading lines={8} />}
      {status === "Exhausted" && results.length === 0 && <Empty title="There is no such run" />}
      {results.length > 0 && (
        <DataTable
          name="Runs"
          columns={columns}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
    </>
  );
}

function useColumns(): readonly Column<RunView>[] {
  const { slug } = useTenant();
  const agentName = useAgentName();
  return useMemo(
    () => [
      {
        name: "Run",
        cell: ({ _id: runId, agentId }) => (
          <Link
            to="/$tenant/runs/$runId"
            params={{ tenant: slug, runId }}
            className="text-accent whitespace-nowrap underline"
          >
            {agentName(agentId)}
          </Link>
        ),
        value: ({ _id }) => _id,
        sortBy: ({ agentId }) => agentName(agentId),
      },
      {
        name: "State",
        cell: ({ state }) => <RunState state={state} />,
        value: ({ state }) => state.kind,
      },
      {
        name: "Why",
        cell: ({ state }) => (
          <span className="line-clamp-1">{state.detail ?? state.reason ?? ""}</span>
        ),
        value: ({ state }) => state.detail ?? state.reason,
      },
      {
        name: "Model",
        cell: ({ model }) => <span className="whitespace-nowrap">{model}</span>,
        value: ({ model }) => model,
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
        name: "Begun",
        cell: ({ createdAt }) => <Moment atMs={createdAt} />,
        value: ({ createdAt }) => new Date(createdAt).toISOString(),
      },
    ],
    [slug, agentName],
  );
}
