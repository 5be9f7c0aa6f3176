import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Id } from "../../../../convex/_generated/dataModel";
import { useLivingAgents } from "../../data/agents";
import { NewAgentLink } from "../../shared/NewAgentLink";
import { SelectField } from "../../ui/Field";
import { Empty, Loading } from "../../ui/states";
import { Installed } from "./Installed";

/** The skills of an agent, which one chooses. */
export function ChosenAgent() {
  const { agent } = useSearch({ from: "/signed-in/$tenant/skills" });
  const navigate = useNavigate({ from: "/$tenant/skills" });
  const agents = useLivingAgents();
  const agentId = agent ?? agents?.[0]?._id;
  if (agents === undefined) return <Loading lines={4} />;
  if (agentId === undefined)
    return <Empty title="There is no agent yet" action={<NewAgentLink />} />;
  const choose = (chosen: Id<"agents">) =>
    void navigate({ search: (all) => ({ ...all, agent: chosen }), replace: true });
  return (
    <>
      <div className="mb-4 w-64 max-w-full">
        <SelectField
          label="Agent"
          value={agentId}
          onChange={({ target }) => choose(target.value as Id<"agents">)}
        >
          {agents.map(({ _id, name }) => (
            <option key={_id} value={_id}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <Installed key={agentId} agentId={agentId} />
    </>
  );
}
