import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { SessionView } from "../../../../convex/views";
import { useAgentName } from "../../data/agents";
import { useTenant } from "../../data/tenant";
import { Badge, type Tone } from "../../ui/Badge";
import type { Column } from "../../ui/DataTable";
import { Count, Moment, Money } from "../../ui/values";
import { SessionActions } from "./SessionActions";

const TONES: Readonly<Record<SessionView["status"], Tone>> = {
  active: "good",
  completed: "neutral",
  abandoned: "warn",
};

export function useColumns(): readonly Column<SessionView>[] {
  const { slug } = useTenant();
  const agentName = useAgentName();
  return useMemo(
    () => [
      {
        name: "Session",
        cell: ({ _id: sessionId, title, activeRunId }) => (
          <>
            <Link
              to="/$tenant/chat/$sessionId"
              params={{ tenant: slug, sessionId }}
              className="text-accent line-clamp-2 min-w-36 underline"
            >
              {title ?? "Without a title"}
            </Link>
            <span className="flex items-center gap-2">
              <ShortId id={sessionId} />
              {activeRunId !== undefined && <Badge tone="accent">replying</Badge>}
            </span>
          </>
        ),
        value: ({ title }) => title ?? "",
      },
      { name: "Id", value: ({ _id }) => _id },
      {
        name: "Agent",
        cell: ({ agentId }) => agentName(agentId),
        value: ({ agentId }) => agentName(agentId),
      },
      { name: "By", cell: ({ source }) => source ?? "", value: ({ source }) => source ?? "" },
      {
        name: "Status",
        cell: ({ status }) => <Badge tone={TONES[status]}>{status}</Badge>,
        value: ({ status }) => status,
      },
      {
        name: "Messages",
        isNumber: true,
        cell: ({ messageCount }) => <Count of={messageCount} />,
        value: ({ messageCount }) => messageCount,
      },
      {
        name: "Cost",
        isNumber: true,
        cell: ({ totalCostUsd }) => <Money usd={totalCostUsd} />,
        value: ({ totalCostUsd }) => totalCostUsd,
      },
      {
        name: "Last active",
        cell: ({ lastActivityAt }) => <Moment atMs={lastActivityAt} />,
        value: ({ lastActivityAt }) => new Date(lastActivityAt).toISOString(),
      },
      { name: "Change", cell: (session) => <SessionActions session={session} /> },
    ],
    [slug, agentName],
  );
}

const SHOWN = 6;

/** The end of an id tells it from others; all of it is one hover away. */
function ShortId({ id }: { id: string }) {
  return (
    <code className="text-subtle font-mono text-xs whitespace-nowrap" title={id}>
      …{id.slice(-SHOWN)}
    </code>
  );
}
