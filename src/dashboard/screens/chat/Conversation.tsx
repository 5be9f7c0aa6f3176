import { useMutation } from "convex/react";
import { useMemo, type ReactNode } from "react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useMessages } from "../../../client/react";
import { useAgentName } from "../../data/agents";
import { messageOf } from "../../data/failures";
import { useMay, useTenant, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Loading } from "../../ui/states";
import { Composer, type Draft } from "./Composer";
import { ConversationHeader } from "./ConversationHeader";
import { Message } from "./Message";
import { said } from "./said";
import { useStickToEnd } from "./useStickToEnd";

const OLDER = 50;

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
  const { messages, isLoading, hasOlder, loadOlder } = useMessages(here);
  const agentName = useAgentName();
  const scroll = useStickToEnd();
  const send = useMutation(api.mutations.messages.send).withOptimisticUpdate(said);
  const cancel = useTenantMutation(api.mutations.runs.cancel);

  if (session === undefined || isLoading) return <Loading lines={8} />;
  const { activeRunId, agentId, status } = session;
  const say = async (draft: Draft) => {
    await send({ tenantId, sessionId, ...draft });
  };
  const stop = (runId: Id<"runs">) =>
    cancel({ runId }).catch((error: unknown) => toast.error(messageOf(error)));
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
          {hasOlder && (
            <Button tone="quiet" className="w-full" onClick={() => loadOlder(OLDER)}>
              Show what was said before
            </Button>
          )}
          {messages.map((message) => (
            <Message key={message._id} message={message} speaker={agentName(agentId)} />
          ))}
        </div>
      </div>
      <p role="status" className="sr-only">
        {activeRunId === undefined ? "The agent is done." : "The agent is replying."}
      </p>
      {maySend && status === "active" && (
        <div className="p-4 pt-2">
          <Composer
            send={say}
            stop={activeRunId === undefined ? undefined : () => void stop(activeRunId)}
          />
        </div>
      )}
    </div>
  );
}
