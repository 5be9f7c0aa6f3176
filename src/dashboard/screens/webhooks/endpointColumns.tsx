import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { WebhookEndpointView } from "../../../../convex/views/webhooks";
import { useTenant } from "../../data/tenant";
import type { Column } from "../../ui/DataTable";
import { Moment } from "../../ui/values";
import { EndpointStatus } from "./EndpointStatus";

export function useEndpointColumns(): readonly Column<WebhookEndpointView>[] {
  const { slug } = useTenant();
  return useMemo(
    () => [
      {
        name: "Endpoint",
        cell: ({ _id: endpointId, url, description }) => (
          <>
            <Link
              to="/$tenant/webhooks/$endpointId"
              params={{ tenant: slug, endpointId }}
              className="text-accent inline-block min-w-48 break-all underline"
            >
              {url}
            </Link>
            <span className="text-subtle block">{description}</span>
          </>
        ),
        value: ({ url }) => url,
      },
      {
        name: "Told of",
        cell: ({ events }) => (events.includes("*") ? "everything" : events.join(", ")),
        value: ({ events }) => events.join(" "),
      },
      {
        name: "Status",
        cell: (endpoint) => <EndpointStatus endpoint={endpoint} />,
        value: ({ status, disabledReason }) => disabledReason ?? status,
      },
      {
        name: "Since",
        cell: ({ createdAt }) => <Moment atMs={createdAt} />,
        value: ({ createdAt }) => new Date(createdAt).toISOString(),
      },
    ],
    [slug],
  );
}
