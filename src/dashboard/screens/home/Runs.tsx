import { Link } from "@tanstack/react-router";
import { api } from "../../../../convex/_generated/api";
import type { RunView } from "../../../../convex/views";
import { useAgentName } from "../../data/agents";
import { useTenant, useTenantQuery } from "../../data/tenant";
import { withLocalTimes } from "../../shared/instants";
import { Button } from "../../ui/Button";
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
  const { slug } = useTenant();
  const first = { cursor: null, numItems: SHOWN };
  const runs = useTenantQuery(api.queries.runs.list, { state: "failed", paginationOpts: first });
  const all = (
    <Button asChild size="sm" tone="quiet">
      <Link to="/$tenant/runs" params={{ tenant: slug }} search={{ state: "failed" }}>
        All of them
      </Link>
    </Button>
  );
  return (
    <Card title="Failed lately" action={runs?.isDone === false && all}>
      <RunList runs={runs?.page} nothing="No run has failed" />
    </Card>
  );
}

function RunList({ runs, nothing }: { runs: RunView[] | undefined; nothing: string }) {
  const { slug } = useTenant();
  const agentName = useAgentName();
  if (runs === undefined) return <Loading />;
  if (runs.length === 0) return <Empty title={nothing} />;
  return (
    <ul className="divide-line divide-y">
      {runs.map(({ _id: runId, agentId, state, createdAt, totalCostUsd }) => (
        <li key={runId} className="flex flex-wrap items-center gap-x-2 py-2">
          <RunState state={state} />
          <Link
            to="/$tenant/runs/$runId"
            params={{ tenant: slug, runId }}
            className="grow hover:underline"
          >
            {agentName(agentId)}
          </Link>
          <Money usd={totalCostUsd} />
          <span className="text-subtle">
            <Moment atMs={createdAt} />
          </span>
          {state.detail !== undefined && (
            <p className="text-subtle line-clamp-2 w-full text-xs break-words">
              {withLocalTimes(state.detail)}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
