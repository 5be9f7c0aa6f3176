import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useActiveAgents } from "../../data/agents";
import { useMay, useTenant, useTenantMutation } from "../../data/tenant";
import { NewAgentLink } from "../../shared/NewAgentLink";
import { SelectField } from "../../ui/Field";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { useIsShown } from "../../ui/useIsShown";
import { Composer, type Said } from "./Composer";

/** Chooses an agent and says the first thing. */
export function NewSession() {
  const maySend = useMay("messages:send");
  return maySend ? <Beginning /> : <Empty title="Choose a conversation" />;
}

function Beginning() {
  const { tenantId, slug } = useTenant();
  const navigate = useNavigate();
  const isShown = useIsShown();
  const agents = useActiveAgents();
  const send = useTenantMutation(api.mutations.messages.send);
  const [chosen, setChosen] = useState<Id<"agents"> | null>(null);
  const [isSending, setSending] = useState(false);
  const agentId = chosen ?? agents?.[0]?._id;

  if (agents === undefined) return <Loading lines={4} />;
  if (agentId === undefined) {
    return (
      <Empty title="There is no agent to talk to" action={<NewAgentLink />}>
        It takes a minute: a name, what it is to do, and a model.
      </Empty>
    );
  }
  const begin = async (said: Said) => {
    setSending(true);
    try {
      const { sessionId } = await send({ agentId, ...said });
      // Whoever has gone elsewhere meanwhile stays there.
      if (isShown())
        await navigate({
          to: "/$tenant/chat/$sessionId",
          params: { tenant: slug, sessionId },
          state: { isBegun: true },
        });
    } finally {
      setSending(false);
    }
  };
  return (
    <div className="flex h-full flex-col justify-end p-4">
      <div className="mx-auto mb-auto w-full max-w-md pt-10">
        <ScreenHeader title="New conversation" />
        <SelectField
          label="Agent"
          value={agentId}
          onChange={(event) => setChosen(event.target.value as Id<"agents">)}
        >
          {agents.map(({ _id, name }) => (
            <option key={_id} value={_id}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <p role="status" className="text-subtle mb-2 text-center">
        {isSending && "Sending…"}
      </p>
      <Composer place={`${tenantId} new`} send={begin} isBusy={isSending} />
    </div>
  );
}
