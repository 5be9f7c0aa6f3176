import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import type { AgentView } from "../../../../convex/views";
import { useMay, useTenant } from "../../data/tenant";
import type { Column } from "../../ui/DataTable";
import { Moment, Money } from "../../ui/values";
import { AgentActions } from "./AgentActions";
import { AgentStatus } from "./AgentStatus";
import { useMonthSpend } from "./useMonthSpend";

export function useColumns(): readonly Column<AgentView>[] {
  const { slug: tenant } = useTenant();
  const mayWrite = useMay("agents:write");
  const spend = useMonthSpend();
  return useMemo(() => {
    const told: Column<AgentView>[] = [
      {
        name: "Agent",
        cell: ({ _id: agentId, name, description }) => (
          <>
            <Link
              to="/$tenant/agents/$agentId"
              params={{ tenant, agentId }}
              className="text-accent font-medium underline"
            >
              {name}
            </Link>
            <span className="text-subtle line-clamp-1 max-w-md min-w-40 text-xs">
              {description}
            </span>
          </>
        ),
        value: ({ name }) => name,
      },
      {
        name: "Status",
        cell: ({ status }) => <AgentStatus status={status} />,
        value: ({ status }) => status,
      },
      {
        name: "Model",
        cell: ({ model }) => (
          <code className="block max-w-56 truncate font-mono text-xs" title={model}>
            {model}
          </code>
        ),
        value: ({ provider, model }) => `${provider}/${model}`,
        sortBy: ({ model }) => model,
      },
    ];
    if (spend !== null) {
      told.push({
        name: "This month",
        isNumber: true,
        cell: ({ _id }) => <Money usd={spend.get(_id) ?? "0"} />,
        value: ({ _id }) => spend.get(_id) ?? "0",
      });
    }
    told.push({
      name: "Changed",
      cell: ({ updatedAt }) => <Moment atMs={updatedAt} />,
      value: ({ updatedAt }) => new Date(updatedAt).toISOString(),
    });
    if (mayWrite) told.push({ name: "Change", cell: (agent) => <AgentActions agent={agent} /> });
    return told;
  }, [tenant, mayWrite, spend]);
}
