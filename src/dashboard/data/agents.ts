/** Names of the tenant's agents, for rows that only have an id, and for choices. */
import { createContext, use, useCallback, useMemo } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import type { AgentName } from "../../../convex/views/agents";
import { useEveryRow, useMay } from "./tenant";

export type AgentNames = { all: readonly AgentName[]; isLoading: boolean };

/** Read once for all that shows them: each reader's pages would be asked for on their own. */
export const AgentNamesContext = createContext<AgentNames>({ all: [], isLoading: true });

/** All of them, archived ones too, the newest first. */
export function useAllAgentNames(): AgentNames {
  const may = useMay("agents:read");
  return useEveryRow(api.queries.agents.names, may ? {} : "skip");
}

export function useAgentName(): (agentId: Id<"agents">) => string {
  const { all, isLoading } = use(AgentNamesContext);
  const names = useMemo(() => new Map(all.map(({ _id, name }) => [_id, name])), [all]);
  return useCallback(
    (agentId) => names.get(agentId) ?? (isLoading ? "…" : "An agent that is gone"),
    [names, isLoading],
  );
}

/** Those that can be talked to; undefined until they are there. */
export function useActiveAgents(): readonly AgentName[] | undefined {
  return useAgentsWith((status) => status === "active");
}

/** Those that are not archived; undefined until they are there. */
export function useLivingAgents(): readonly AgentName[] | undefined {
  return useAgentsWith((status) => status !== "archived");
}

function useAgentsWith(
  has: (status: AgentName["status"]) => boolean,
): readonly AgentName[] | undefined {
  const { all, isLoading } = use(AgentNamesContext);
  return isLoading ? undefined : all.filter(({ status }) => has(status));
}

/** One of them; undefined while it is loading, and when it is gone. */
export function useAgent(agentId: Id<"agents">): AgentName | undefined {
  return use(AgentNamesContext).all.find(({ _id }) => _id === agentId);
}
