import { CatchBoundary, Link, useNavigate, useSearch } from "@tanstack/react-router";
import { MessageSquarePlus } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { AgentView } from "../../../../convex/views";
import { messageOf } from "../../data/failures";
import { useTenant, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { Button, IconButton } from "../../ui/Button";
import { Empty } from "../../ui/states";
import { useIsShown } from "../../ui/useIsShown";
import { Count, Money } from "../../ui/values";
import { Composer, type Said } from "../chat/Composer";
import { Conversation } from "../chat/Conversation";

type TestPaneProps = { agent: AgentView; isDirty: boolean };

/** A conversation with the agent beside its form: a real one, with what is saved. */
export function TestPane({ agent, isDirty }: TestPaneProps) {
  const { _id: agentId, tenantId, name, status, version } = agent;
  const { test: sessionId } = useSearch({ from: "/signed-in/$tenant/agents/$agentId" });
  const navigate = useNavigate({ from: "/$tenant/agents/$agentId" });
  const open = useTenantMutation(api.mutations.conversations.create);
  const send = useTenantMutation(api.mutations.messages.send);
  const show = (test: Id<"sessions"> | undefined) =>
    navigate({
      search: (all) => ({ ...all, test }),
      replace: true,
      state: { isBegun: test !== undefined },
    });
  const isShown = useIsShown();
  const [isSending, setSending] = useState(false);

  const begin = async (said: Said) => {
    setSending(true);
    try {
      const title = `Test of ${name}`;
      const test = await open({ agentId, title, channel: "dashboard", metadata: { test: true } });
      await send({ sessionId: test, ...said });
      if (isShown()) await show(test);
    } finally {
      setSending(false);
    }
  };
  const heading = (
    <div className="border-line border-b px-4 py-2">
      <div className="flex items-center gap-2">
        <h2 className="grow font-semibold">Try it</h2>
        {sessionId !== undefined && (
          <IconButton label="Begin anew" onClick={() => void show(undefined)}>
            <MessageSquarePlus aria-hidden />
          </IconButton>
        )}
      </div>
      <p className={isDirty ? "text-warn text-xs" : "text-subtle text-xs"}>
        {isDirty
          ? `Answers as version ${version}, which is saved: your changes are not in it yet.`
          : `Answers as version ${version}. What is said here costs, as anywhere.`}
      </p>
      {sessionId !== undefined && <TestCost key={sessionId} sessionId={sessionId} />}
    </div>
  );
  if (sessionId !== undefined) {
    return (
      <CatchBoundary
        getResetKey={() => sessionId}
        errorComponent={({ error }) => (
          <Empty
            title={messageOf(error)}
            action={<Button onClick={() => void show(undefined)}>Begin anew</Button>}
          />
        )}
      >
        <Conversation key={sessionId} sessionId={sessionId} header={heading} />
      </CatchBoundary>
    );
  }
  return (
    <div className="flex h-full flex-col">
      {heading}
      <div className="grow">
        {status === "active" ? (
          <Empty title="Say something to it">
            Save, ask again, and compare: each answer shows what it cost.
          </Empty>
        ) : (
          <Empty title={`It is ${status}`}>Only active agents answer.</Empty>
        )}
      </div>
      {status === "active" && (
        <div className="p-4 pt-2">
          <Composer place={`${tenantId} test ${agentId}`} send={begin} isBusy={isSending} />
        </div>
      )}
    </div>
  );
}

function TestCost({ sessionId }: { sessionId: Id<"sessions"> }) {
  const { slug } = useTenant();
  const session = useTenantQuery(api.queries.sessions.get, { sessionId });
  if (session === undefined) return null;
  return (
    <p className="text-subtle text-xs">
      <Money usd={session.totalCostUsd} /> · <Count of={session.totalTokens} /> tokens ·{" "}
      <Link
        to="/$tenant/chat/$sessionId"
        params={{ tenant: slug, sessionId }}
        className="text-accent underline"
      >
        open in chat
      </Link>
    </p>
  );
}
