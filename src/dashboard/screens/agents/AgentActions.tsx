import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { AgentView } from "../../../../convex/views";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";
import { useDuplicate } from "./useDuplicate";

/** What can be done with an agent as a whole. */
export function AgentActions({ agent }: { agent: AgentView }) {
  const { _id: agentId, name, status } = agent;
  const update = useTenantMutation(api.mutations.agents.update);
  const archive = useTenantMutation(api.mutations.agents.remove);
  const duplicate = useDuplicate();
  const act = useAct();
  const [isAsking, setAsking] = useState(false);
  const [isCopying, setCopying] = useState(false);
  const become = (next: AgentView["status"]) => act(() => update({ agentId, status: next }));
  const copy = async () => {
    setCopying(true);
    await act(() => duplicate(agent));
    setCopying(false);
  };
  return (
    <span className="flex gap-2">
      {status === "active" && (
        <Button size="sm" onClick={() => void become("paused")}>
          Pause
        </Button>
      )}
      {status === "paused" && (
        <Button size="sm" onClick={() => void become("active")}>
          Resume
        </Button>
      )}
      <Button size="sm" disabled={isCopying} onClick={() => void copy()}>
        Duplicate
      </Button>
      {status === "archived" ? (
        <Button size="sm" onClick={() => void become("active")}>
          Bring back
        </Button>
      ) : (
        <Button size="sm" tone="danger" onClick={() => setAsking(true)}>
          Archive
        </Button>
      )}
      {isAsking && (
        <Confirm
          title={`Archive "${name}"?`}
          hint="It takes no more messages and leaves the lists. What was said with it stays, and it can be brought back."
          verb="Archive"
          act={() => act(() => archive({ agentId }))}
          close={() => setAsking(false)}
        />
      )}
    </span>
  );
}
