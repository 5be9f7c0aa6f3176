import { api } from "../../../../convex/_generated/api";
import { useAgentName } from "../../data/agents";
import { useTenantQuery } from "../../data/tenant";
import { Card } from "../../ui/Card";
import { Empty, Loading } from "../../ui/states";
import { Moment } from "../../ui/values";

const SHOWN = 5;

/** Calls of tools that wait for a person. */
export function Pending() {
  const agentName = useAgentName();
  const first = { cursor: null, numItems: SHOWN };
  const approvals = useTenantQuery(api.queries.approvals.list, {
    state: "pending",
    paginationOpts: first,
  });
  return (
    <Card title="Waiting for approval">
      {approvals === undefined && <Loading />}
      {approvals?.page.length === 0 && <Empty title="Nothing waits for you" />}
      <ul className="divide-line divide-y">
        {approvals?.page.map(({ _id, agentId, toolName, createdAt }) => (
          <li key={_id} className="flex justify-between gap-2 py-2">
            <span>
              {agentName(agentId)} wants to use <code className="font-mono">{toolName}</code>
            </span>
            <span className="text-subtle">
              <Moment atMs={createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
