/** One endpoint: whether it is told, and what was sent to it. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useMay, useTenantQuery } from "../../data/tenant";
import { Facts } from "../../ui/Facts";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Loading } from "../../ui/states";
import { Moment } from "../../ui/values";
import { Deliveries } from "./Deliveries";
import { EndpointActions } from "./EndpointActions";
import { EndpointStatus } from "./EndpointStatus";
import type { DeliverySearch } from "./search";

const FROM = "/signed-in/$tenant/webhooks/$endpointId" as const;

export function Endpoint() {
  const { endpointId: id } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/$tenant/webhooks/$endpointId" });
  const mayWrite = useMay("webhooks:write");
  const endpointId = id as Id<"webhook_endpoints">;
  const look = useCallback(
    (change: DeliverySearch) => void navigate({ search: (was) => ({ ...was, ...change }) }),
    [navigate],
  );
  const endpoint = useTenantQuery(api.queries.webhooks.get, { endpointId });
  if (endpoint === undefined) return <Loading lines={8} />;
  const { url, description, events, secretMask, updatedAt } = endpoint;
  return (
    <>
      <ScreenHeader
        title={new URL(url).host}
        hint={<span className="break-all">{url}</span>}
        actions={mayWrite && <EndpointActions endpoint={endpoint} />}
      />
      <Facts
        facts={[
          ["Status", <EndpointStatus key="status" endpoint={endpoint} />],
          ["Told of", events.includes("*") ? "everything" : events.join(", ")],
          ["Secret", secretMask ?? "none"],
          ["Changed", <Moment key="changed" atMs={updatedAt} />],
          ...(description === undefined ? [] : [["For", description] as const]),
        ]}
      />
      <Deliveries endpointId={endpointId} search={search} look={look} />
    </>
  );
}
