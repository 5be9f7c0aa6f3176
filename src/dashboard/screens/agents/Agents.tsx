/** The company's agents: what each is made of, and what it has spent this month. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { AgentView } from "../../../../convex/views";
import { useTenantPages, useTenantQuery } from "../../data/tenant";
import { NewAgentLink } from "../../shared/NewAgentLink";
import { DataTable } from "../../ui/DataTable";
import { SelectField, TextField } from "../../ui/Field";
import type { MoreProps } from "../../ui/More";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { useColumns } from "./agentColumns";
import { STATUSES, toAgentsSearch, type AgentsSearch } from "./search";

const FOUND_MAX = 100;

export function Agents() {
  const { status } = useSearch({ from: "/signed-in/$tenant/agents" });
  const navigate = useNavigate({ from: "/$tenant/agents" });
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words.trim());
  return (
    <>
      <ScreenHeader
        title="Agents"
        hint="An agent is a model with instructions, tools and bounds."
        actions={<NewAgentLink />}
      />
      <div className="mb-4 flex flex-wrap gap-3">
        <div className="w-56">
          <TextField
            label="Find by name or description"
            type="search"
            maxLength={200}
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
        </div>
        <div className="w-40">
          <SelectField
            label="Status"
            value={status ?? ""}
            onChange={({ target }) =>
              void navigate({ search: toAgentsSearch({ status: target.value }) })
            }
          >
            <option value="">not archived</option>
            {STATUSES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </SelectField>
        </div>
      </div>
      {wanted !== "" && <Found words={wanted} status={status} />}
      {wanted === "" && (status === undefined ? <Living /> : <WithStatus status={status} />)}
    </>
  );
}

function Living() {
  const agents = useTenantPages(api.queries.agents.listPage, {});
  if (agents.status === "LoadingFirstPage") return <Loading lines={5} />;
  const living = agents.results.filter(({ status }) => status !== "archived");
  if (living.length === 0 && agents.status === "Exhausted") {
    return (
      <Empty title="No agents yet" action={<NewAgentLink />}>
        The first one takes a minute: a name, what it is to do, and a model. You try it out beside
        its form.
      </Empty>
    );
  }
  return <Table agents={living} pages={agents} />;
}

function WithStatus({ status }: Required<AgentsSearch>) {
  const filter = status === undefined ? {} : { status };
  const agents = useTenantPages(api.queries.agents.listPage, filter);
  if (agents.status === "LoadingFirstPage") return <Loading lines={5} />;
  if (agents.results.length === 0) return <Empty title={`No agent is ${status}`} />;
  return <Table agents={agents.results} pages={agents} />;
}

function Found({ words, status }: { words: string } & AgentsSearch) {
  const agents = useTenantQuery(api.queries.agents.search, {
    query: words,
    limit: FOUND_MAX,
    ...(status !== undefined && { status }),
  });
  if (agents === undefined) return <Loading lines={3} />;
  if (agents.length === 0) return <Empty title="No agent has these words" />;
  const isAll = agents.length < FOUND_MAX;
  return <Table agents={agents} cut={isAll ? undefined : `The best ${FOUND_MAX} matches.`} />;
}

type TableProps = { agents: readonly AgentView[]; pages?: MoreProps; cut?: string | undefined };

function Table({ agents, ...extent }: TableProps) {
  const columns = useColumns();
  return (
    <DataTable name="Agents" columns={columns} rows={agents} keyOf={({ _id }) => _id} {...extent} />
  );
}
