import { api } from "../../../../convex/_generated/api";
import { BYTES_PER_GB } from "../../../core/plans";
import { useHalfHour } from "../../data/clock";
import { useTenantQuery } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { Meter } from "../../ui/Meter";
import { Loading } from "../../ui/states";
import { Count } from "../../ui/values";

/** How much of what the company may use it does use. */
export function Plan() {
  const usage = useTenantQuery(api.queries.tenants.usage, { nowMs: useHalfHour() });
  const tenant = useTenantQuery(api.queries.tenants.get, {});
  return (
    <Card title="Plan" action={tenant !== undefined && <Badge tone="accent">{tenant.plan}</Badge>}>
      {usage === undefined ? (
        <Loading lines={4} />
      ) : (
        <div className="space-y-3">
          <Used name="Agents" {...usage.agents} />
          <Used name="Tokens this month" {...usage.tokensThisMonth} />
          <Used
            name={`GB in ${usage.fileCount} files`}
            used={usage.storageBytes.used / BYTES_PER_GB}
            limit={usage.storageBytes.limit / BYTES_PER_GB}
          />
          <p className="text-subtle">Who runs the deployment can agree on more.</p>
        </div>
      )}
    </Card>
  );
}

function Used({ name, used, limit }: { name: string; used: number; limit: number }) {
  const percent = limit === 0 ? 100 : (used / limit) * 100;
  return (
    <div>
      <div className="mb-1 flex justify-between gap-2">
        <span>{name}</span>
        <span className="text-subtle">
          <Count of={used} /> of <Count of={limit} />
        </span>
      </div>
      <Meter label={`${name}: used`} percent={percent} />
    </div>
  );
}
