/** One agent: what it is, what it was, what its model reads; and a conversation with it beside all that. */
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { FormProvider } from "react-hook-form";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { AgentView } from "../../../../convex/views";
import { useMay, useTenantQuery } from "../../data/tenant";
import { cn } from "../../ui/classes";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Loading } from "../../ui/states";
import { Money } from "../../ui/values";
import { Views } from "../../ui/Views";
import { Installed } from "../skills/Installed";
import { AgentActions } from "./AgentActions";
import { AgentStatus } from "./AgentStatus";
import { LeaveGuard } from "./LeaveGuard";
import { NewAgent } from "./NewAgent";
import { Prompt } from "./Prompt";
import type { View } from "./search";
import { Settings } from "./Settings";
import { TestPane } from "./TestPane";
import { useAgentForm } from "./useAgentForm";
import { useMonthSpend } from "./useMonthSpend";
import { Versions } from "./Versions";

export function Agent() {
  const { agentId } = useParams({ from: "/signed-in/$tenant/agents/$agentId" });
  if (agentId === "new") return <NewAgent />;
  return <Loaded key={agentId} agentId={agentId as Id<"agents">} />;
}

function Loaded({ agentId }: { agentId: Id<"agents"> }) {
  const agent = useTenantQuery(api.queries.agents.get, { agentId });
  return agent === undefined ? <Loading lines={8} /> : <Editor agent={agent} />;
}

const VIEWS: readonly { view: View; name: string; className?: string }[] = [
  { view: "settings", name: "Settings" },
  { view: "test", name: "Try it", className: "xl:hidden" },
  { view: "skills", name: "Skills" },
  { view: "versions", name: "Versions" },
  { view: "prompt", name: "Prompt" },
];

function Editor({ agent }: { agent: AgentView }) {
  const { view = "settings" } = useSearch({ from: "/signed-in/$tenant/agents/$agentId" });
  const navigate = useNavigate({ from: "/$tenant/agents/$agentId" });
  const mayWrite = useMay("agents:write");
  const mayTalk = useMay("messages:send");
  const spend = useMonthSpend();
  const editing = useAgentForm(agent);
  const { isDirty } = editing.form.formState;
  return (
    <FormProvider {...editing.form}>
      <ScreenHeader
        title={agent.name}
        hint={
          <>
            <AgentStatus status={agent.status} /> {agent.model}, version {agent.version}
            {spend !== null && (
              <>
                , <Money usd={spend.get(agent._id) ?? "0"} /> this month
              </>
            )}
          </>
        }
        actions={mayWrite && <AgentActions agent={agent} />}
      />
      <LeaveGuard isDirty={isDirty} />
      <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className="min-w-0">
          <Views
            label="Of this agent"
            views={VIEWS.filter((one) => one.view !== "test" || mayTalk)}
            current={view}
            choose={(next) => void navigate({ search: (all) => ({ ...all, view: next }) })}
          />
          {/* Beside the test, where there is room for both, stands what is tested. */}
          <div className={cn(view === "test" && "hidden xl:block")}>
            {(view === "settings" || view === "test") && <Settings editing={editing} />}
            {view === "skills" && <Installed agentId={agent._id} />}
            {view === "versions" && <Versions agent={agent} />}
            {view === "prompt" && <Prompt agent={agent} editing={editing} />}
          </div>
        </div>
        {mayTalk && (
          <aside
            aria-label="Try it"
            className={cn(
              "border-line bg-surface h-[calc(100dvh-20rem)] min-h-96 min-w-0 overflow-hidden rounded-lg border xl:sticky xl:top-20 xl:block xl:h-[calc(100dvh-11rem)]",
              view !== "test" && "hidden",
            )}
          >
            <TestPane agent={agent} isDirty={isDirty} />
          </aside>
        )}
      </div>
    </FormProvider>
  );
}
