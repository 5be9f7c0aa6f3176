import type { WebhookEndpointView } from "../../../../convex/views/webhooks";
import { Badge } from "../../ui/Badge";
import { Moment } from "../../ui/values";

/** Whether it is told, and if not, why. */
export function EndpointStatus({ endpoint }: { endpoint: WebhookEndpointView }) {
  const { status, disabledReason, disabledAt, failingSinceMs } = endpoint;
  if (status === "disabled") {
    return (
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone="bad">disabled</Badge> {disabledReason}
        {disabledAt !== undefined && <Moment atMs={disabledAt} />}
      </span>
    );
  }
  if (failingSinceMs === undefined) return <Badge tone="good">active</Badge>;
  return (
    <span className="flex flex-wrap items-center gap-2">
      <Badge tone="warn">failing</Badge> since <Moment atMs={failingSinceMs} />
    </span>
  );
}
