import { Link } from "@tanstack/react-router";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { ChannelView } from "../../../../convex/views/channels";
import { useAgentName } from "../../data/agents";
import { useTenant, useTenantQuery } from "../../data/tenant";
import { useDeployment } from "../../data/useDeployment";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Facts } from "../../ui/Facts";
import { Snippet } from "../../ui/Snippet";
import { Loading } from "../../ui/states";
import { Moment } from "../../ui/values";
import { CHANNEL_NAMES, isPlatform, settingName } from "./names";

type ChannelDetailProps = { channelId: Id<"channels">; close: () => void };

/** How a channel is configured, and how messages come by it. */
export function ChannelDetail({ channelId, close }: ChannelDetailProps) {
  const channel = useTenantQuery(api.queries.channels.get, { channelId });
  return (
    <Dialog title={channel?.name ?? "A channel"} close={close}>
      {channel === undefined ? <Loading lines={6} /> : <Parts channel={channel} />}
    </Dialog>
  );
}

function Parts({ channel }: { channel: ChannelView }) {
  const { type, name, agentId, config, createdAt } = channel;
  const { slug: tenant } = useTenant();
  const { siteUrl } = useDeployment();
  const agentName = useAgentName();
  const settings = Object.entries(config).map(
    ([field, value]) => [settingName(field), [value].flat().join(", ")] as const,
  );
  return (
    <>
      <Facts
        facts={[
          ["Kind", CHANNEL_NAMES[type]],
          ["Leads to", agentName(agentId)],
          ["Since", <Moment key="since" atMs={createdAt} />],
          ...settings,
        ]}
      />
      <h3 className="mb-1 font-semibold">How messages come by it</h3>
      <p className="mb-2">
        {isPlatform(type)
          ? `The deployment does not talk to ${CHANNEL_NAMES[type]} itself yet. A program of yours that does begins sessions under this channel's name:`
          : "Begin a session under this channel's name, and say something in it:"}
      </p>
      <Snippet name="curl" text={curlOf({ siteUrl, agentId, name })} />
      <div className="mt-3 flex justify-end">
        <Button asChild>
          <Link to="/$tenant/sessions" params={{ tenant }} search={{ channel: name }}>
            Its sessions
          </Link>
        </Button>
      </div>
    </>
  );
}

type CurlOptions = { siteUrl: string; agentId: string; name: string };

function curlOf({ siteUrl, agentId, name }: CurlOptions): string {
  const body = JSON.stringify({ agentId, channel: name });
  return `curl ${siteUrl}/api/v1/sessions \\
  -H "authorization: Bearer $AGENTIK_API_KEY" \\
  -H "content-type: application/json" \\
  -d '${body.replaceAll("'", "'\\''")}'
# with the "_id" that comes back:
curl ${siteUrl}/api/v1/sessions/<id>/messages \\
  -H "authorization: Bearer $AGENTIK_API_KEY" \\
  -H "content-type: application/json" \\
  -d '{"content": "Hello"}'`;
}
