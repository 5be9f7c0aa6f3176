import { Link } from "@tanstack/react-router";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { ChannelView } from "../../../../convex/views/channels";
import { Badge, type Tone } from "../../ui/Badge";
import type { Column } from "../../ui/DataTable";
import { Moment } from "../../ui/values";
import { ChannelActions } from "./ChannelActions";
import { CHANNEL_NAMES } from "./names";

const TONES: Readonly<Record<ChannelView["status"], Tone>> = {
  active: "good",
  paused: "neutral",
  error: "bad",
};

type Options = {
  tenant: string;
  mayWrite: boolean;
  agentName: (agentId: Id<"agents">) => string;
};

export function channelColumns({
  tenant,
  mayWrite,
  agentName,
}: Options): readonly Column<ChannelView>[] {
  const told: Column<ChannelView>[] = [
    {
      name: "Channel",
      cell: ({ _id: channel, name }) => (
        <Link
          to="/$tenant/channels"
          params={{ tenant }}
          search={{ channel }}
          className="text-accent underline"
        >
          {name}
        </Link>
      ),
      value: ({ name }) => name,
    },
    {
      name: "Kind",
      cell: ({ type }) => CHANNEL_NAMES[type],
      value: ({ type }) => type,
      sortBy: ({ type }) => CHANNEL_NAMES[type],
    },
    {
      name: "Leads to",
      cell: ({ agentId }) => agentName(agentId),
      value: ({ agentId }) => agentName(agentId),
    },
    {
      name: "Status",
      cell: ({ status, error }) => (
        <>
          <Badge tone={TONES[status]}>{status}</Badge> {error}
        </>
      ),
      value: ({ status, error }) => error ?? status,
    },
    {
      name: "Secret",
      cell: ({ credentialMask }) => (
        <code className="font-mono text-xs">{credentialMask ?? ""}</code>
      ),
      value: ({ credentialMask }) => credentialMask ?? "",
    },
    {
      name: "Sessions",
      cell: ({ name }) => (
        <Link
          to="/$tenant/sessions"
          params={{ tenant }}
          search={{ channel: name }}
          className="text-accent underline"
          aria-label={`Sessions by ${name}`}
        >
          Sessions
        </Link>
      ),
    },
    {
      name: "Changed",
      cell: ({ updatedAt }) => <Moment atMs={updatedAt} />,
      value: ({ updatedAt }) => new Date(updatedAt).toISOString(),
    },
  ];
  if (!mayWrite) return told;
  return [...told, { name: "Change", cell: (channel) => <ChannelActions channel={channel} /> }];
}
