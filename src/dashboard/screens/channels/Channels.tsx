/** The ways in which people reach agents. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useMemo, useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useAgentName } from "../../data/agents";
import { useMay, useTenant, useTenantPages } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { DataTable } from "../../ui/DataTable";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { ChannelDetail } from "./ChannelDetail";
import { channelColumns } from "./channelColumns";
import { NewChannel } from "./NewChannel";

export function Channels() {
  const { channel } = useSearch({ from: "/signed-in/$tenant/channels" });
  const navigate = useNavigate({ from: "/$tenant/channels" });
  const { slug } = useTenant();
  const mayWrite = useMay("channels:write");
  const agentName = useAgentName();
  const [isMaking, setMaking] = useState(false);
  const { results, status, loadMore } = useTenantPages(api.queries.channels.list, {});
  const columns = useMemo(
    () => channelColumns({ tenant: slug, mayWrite, agentName }),
    [slug, mayWrite, agentName],
  );
  const make = mayWrite && (
    <Button tone="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden /> New channel
    </Button>
  );
  return (
    <>
      <ScreenHeader
        title="Channels"
        hint="By which ways people reach which agent."
        actions={make}
      />
      {status === "LoadingFirstPage" && <Loading lines={5} />}
      {status === "Exhausted" && results.length === 0 && (
        <Empty title="No channels yet">
          The chat and the API need none. A channel gives a web page, a program or a platform a name
          of its own, by which its sessions and costs are told apart.
        </Empty>
      )}
      {results.length > 0 && (
        <DataTable
          name="Channels"
          columns={columns}
          rows={results}
          keyOf={({ _id }) => _id}
          pages={{ status, loadMore }}
        />
      )}
      {isMaking && <NewChannel close={() => setMaking(false)} />}
      {channel !== undefined && (
        <ChannelDetail channelId={channel} close={() => void navigate({ search: {} })} />
      )}
    </>
  );
}
