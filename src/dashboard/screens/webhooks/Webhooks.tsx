/** Who is told of what happens here, and what became of it. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useCallback, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useMay, useTenantPages } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { DataTable } from "../../ui/DataTable";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { Deliveries } from "./Deliveries";
import { useEndpointColumns } from "./endpointColumns";
import { NewEndpoint } from "./NewEndpoint";
import type { DeliverySearch } from "./search";
import { SigningSecret } from "./SigningSecret";

export function Webhooks() {
  const mayWrite = useMay("webhooks:write");
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const { results, status, loadMore } = useTenantPages(api.queries.webhooks.list, {});
  const columns = useEndpointColumns();
  const make = mayWrite && (
    <Button tone="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden /> New endpoint
    </Button>
  );
  return (
    <>
      <ScreenHeader
        title="Webhooks"
        hint="Your own systems are told when runs end, budgets run out or somebody has to decide."
        actions={make}
      />
      {status === "LoadingFirstPage" && <Loading lines={5} />}
      {status === "Exhausted" && results.length === 0 && (
        <Empty title="Nobody is told yet">
          An endpoint is an address of yours. Events are sent to it signed, and again for three days
          until it takes them.
        </Empty>
      )}
      {results.length > 0 && (
        <DataTable
          name="Endpoints"
          columns={columns}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
      <AllDeliveries />
      {isMaking && <NewEndpoint close={() => setMaking(false)} show={setSecret} />}
      {secret !== null && <SigningSecret secret={secret} close={() => setSecret(null)} />}
    </>
  );
}

/** Those of endpoints that are removed as well. */
function AllDeliveries() {
  const search = useSearch({ from: "/signed-in/$tenant/webhooks" });
  const navigate = useNavigate({ from: "/$tenant/webhooks" });
  const look = useCallback(
    (change: DeliverySearch) => void navigate({ search: (was) => ({ ...was, ...change }) }),
    [navigate],
  );
  return <Deliveries search={search} look={look} />;
}
