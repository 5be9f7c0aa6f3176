import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useTenant, useTenantMutation, useTenantQuery } from "../../data/tenant";
import { NewAgentLink } from "../../shared/NewAgentLink";
import { SelectField } from "../../ui/Field";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Empty, Loading } from "../../ui/states";
import { Composer, type Draft } from "./Composer";

/** Chooses an agent and says the first thing. */
export function NewSession() {
  const { slug } = useTenant();
  const navigate = useNavigate();
  const agents = useTenantQuery(api.queries.agents.list, { status: "active" });
  const send = useTenantMutation(api.mutations.messages.send);
  const [chosen, setChosen] = useState<Id<"agents"> | null>(null);
  const agentId = chosen ?? agents?.[0]?._id;

  if (agents === undefined) return <Loading lines={4} />;
  if (agentId === undefined) {
    return (
      <Empty title="There is no agent to talk to" action={<NewAgentLink />}>
        It takes a minute: a name, what it is to do, and a model.
      </Empty>
    );
  }
  const begin = async (draft: Draft) => {
    const { sessionId } = await send({ agentId, ...draft });
    await navigate({ to: "/$tenant/chat/$sessionId", params: { tenant: slug, sessionId } });
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
      <Composer send={begin} />
    </div>
  );
}
