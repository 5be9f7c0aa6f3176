import { Link } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { SessionView } from "../../../../convex/views";
import { useAgentName } from "../../data/agents";
import { useTenant } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { useTitle } from "../../ui/useTitle";
import { Count, Money } from "../../ui/values";

export function ConversationHeader({ session }: { session: SessionView }) {
  const { slug } = useTenant();
  const agentName = useAgentName();
  const { title = agentName(session.agentId), totalCostUsd, totalTokens, branchedFrom } = session;
  const heading = useTitle(title);
  return (
    <div className="border-line flex items-center gap-2 border-b px-4 py-2">
      <Button asChild tone="quiet" size="icon" className="lg:hidden">
        <Link to="/$tenant/chat" params={{ tenant: slug }} aria-label="All conversations">
          <ArrowLeft aria-hidden />
        </Link>
      </Button>
      <div className="min-w-0 grow">
        <h1 ref={heading} tabIndex={-1} className="truncate font-semibold">
          {title}
        </h1>
        <p className="text-subtle truncate text-xs">
          {agentName(session.agentId)} · <Money usd={totalCostUsd} /> · <Count of={totalTokens} />{" "}
          tokens
        </p>
      </div>
      {branchedFrom !== undefined && (
        <Link
          to="/$tenant/chat/$sessionId"
          params={{ tenant: slug, sessionId: branchedFrom.sessionId }}
        >
          <Badge tone="accent">Branch</Badge>
        </Link>
      )}
      {session.status !== "active" && <Badge>{session.status}</Badge>}
    </div>
  );
}
