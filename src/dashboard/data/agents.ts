import { useCallback, useMemo } from "react";
import { api } from "../../../convex/_generated/api";
import type { Id } from "../../../convex/_generated/dataModel";
import { useTenantQuery } from "./tenant";

/** Names of the tenant's agents, for rows that only have an id. */
export function useAgentName(): (agentId: Id<"agents">) => string {
  const agents = useTenantQuery(api.queries.agents.list, {});
  const names = useMemo(() => new Map(agents?.map(({ _id, name }) => [_id, name])), [agents]);
  const isLoading = agents === undefined;
  return useCallback(
    (agentId) => names.get(agentId) ?? (isLoading ? "…" : "An agent that is gone"),
    [names, isLoading],
  );
}
