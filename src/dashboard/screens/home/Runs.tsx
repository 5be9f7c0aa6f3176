import { api } from "../../../../convex/_generated/api";
import type { RunView } from "../../../../convex/views";
import { useAgentName } from "../../data/agents";
import { useTenantQuery } from "../../data/tenant";
import { Card } from "../../ui/Card";
import { RunState } from "../../ui/RunState";
import { Empty, Loading } from "../../ui/states";
import { Moment, Money } from "../../ui/values";

const SHOWN = 6;

export function RunsNow() {
  const runs = useTenantQuery(api.queries.runs.unfinished, { limit: SHOWN });
  return (
    <Card title="Running now">
      <RunList runs={runs} nothing="No agent is at work" />
    </Card>
  );
}

export function FailedRuns() {
  const first = { cursor: null, numItems: SHOWN };
  const runs = useTenantQuery(api.queries.runs.list, { state: "failed", paginationOpts: first });
  return (
    <Card title="Failed lately">
      <RunList runs={runs?.page} nothing="No run has failed" />
    </Card>
  );
}

function RunList({ runs, nothing }: { runs: RunView[] | undefined; nothing: string }) {
  const agentName = useAgentName();
  if (runs === undefined) return <Loading />;
  if (runs.length === 0) return <Empty title={nothing} />;
  return (
    <ul className="divide-line divide-y">
      {runs.map(({ _id, agentId, state, createdAt, totalCostUsd }) => (
        <li key={_id} className="flex flex-wrap items-center gap-2 py-2">
          <RunState state={state} />
          <span className="grow">{agentName(agentId)}</span>
          <Money usd={totalCostUsd} />
          <span className="text-subtle">
            <Moment atMs={createdAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
