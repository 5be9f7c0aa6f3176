import { useLocation } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { useMemo, type ReactNode } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useMessages, type Message as MessageRow } from "../../../client/react";
import { usePendingOf } from "../../shared/usePending";
import { useAgentName } from "../../data/agents";
import { useMay, useTenant, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Loading } from "../../ui/states";
import { useAct } from "../../ui/useAct";
import { Composer, type Said } from "./Composer";
import { ConversationHeader } from "./ConversationHeader";
import { Messages } from "./Messages";
import { Older } from "./Older";
import { PausedNotice } from "./PausedNotice";
import { said } from "./said";
import { useStickToEnd } from "./useStickToEnd";

/** Messages may be long, and each that changes is sent again with those beside it. */
const FIRST = 15;

type ConversationProps = {
  sessionId: Id<"sessions">;
  /** In place of the session's own, where it is a part of another screen. */
  header?: ReactNode;
};

export function Conversation({ sessionId, header }: ConversationProps) {
  const { tenantId } = useTenant();
  const maySend = useMay("messages:send");
  const session = useTenantQuery(api.queries.sessions.get, { sessionId });
  const here = useMemo(() => ({ tenantId, sessionId }), [tenantId, sessionId]);
  const { messages, isLoading, hasOlder, loadOlder } = useMessages(here, { initialCount: FIRST });
  const pending = usePendingOf(session?.activeRunId);
  const agentName = useAgentName();
  const scroll = useStickToEnd(messages[0]?._id);
  const send = useMutation(api.mutations.messages.send).withOptimisticUpdate(said);
  const cancel = useTenantMutation(api.mutations.runs.cancel);
  const act = useAct();
  const isBegun = useLocation({ select: ({ state }) => state.isBegun === true });

  if (session === undefined || isLoading) return <Loading lines={8} />;
  const { activeRunId, agentId, status } = session;
  const say = async (what: Said) => {
    await send({ tenantId, sessionId, ...what });
  };
  const stop = (runId: Id<"runs">) => act(() => cancel({ runId }));
  return (
    <div className="flex h-full flex-col">
      {header ?? <ConversationHeader session={session} />}
      <div
        ref={scroll.outer}
        tabIndex={0}
        className="min-h-0 grow overflow-y-auto"
        role="region"
        aria-label="What was said"
      >
        <div
          ref={scroll.inner}
          role="log"
          aria-live="off"
          className="mx-auto max-w-3xl space-y-6 p-4"
        >
          {hasOlder && <Older load={loadOlder} />}
          <Messages messages={messages} speaker={agentName(agentId)} />
        </div>
      </div>
      <p role="status" className="sr-only">
        {activeRunId === undefined ? endOf(messages.at(-1)) : underWay(pending)}
      </p>
      {maySend && status === "active" && (
        <div className="p-4 pt-2">
          <PausedNotice agentId={agentId} />
          <Composer
            place={`${tenantId} ${sessionId}`}
            send={say}
            autoFocus={isBegun}
            stop={activeRunId === undefined ? undefined : () => void stop(activeRunId)}
          />
        </div>
      )}
    </div>
  );
}

/** What is read out when a reply has ended. */
function endOf(last: MessageRow | undefined): string {
  if (last?.status !== "interrupted") return "The agent is done.";
  return `The reply has ended early. ${last.error ?? ""}`;
}

/** What is read out while a reply is made. */
function underWay(pending: readonly unknown[] = []): string {
  return pending.length === 0 ? "The agent is replying." : "The agent waits for an approval.";
}
