import { api } from "../../../../convex/_generated/api";
import { useTenantQuery } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";

export function Agents() {
  const agents = useTenantQuery(api.queries.agents.list, {});
  return (
    <>
      <ScreenHeader title="Agents" />
      {agents === undefined && <Loading lines={5} />}
      {agents?.length === 0 && (
        <Empty title="No agents yet">An agent is a model with a prompt, tools and bounds.</Empty>
      )}
      <ul className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {agents?.map(({ _id, name, description, status, model }) => (
          <li key={_id}>
            <Card title={name} action={<Badge>{status}</Badge>}>
              <p className="text-subtle">{description}</p>
              <p className="mt-2 font-mono text-xs">{model}</p>
            </Card>
          </li>
        ))}
      </ul>
    </>
  );
}
