import { useNavigate } from "@tanstack/react-router";
import { useCallback } from "react";
import { api } from "../../../../convex/_generated/api";
import type { AgentView } from "../../../../convex/views";
import { useTenant, useTenantMutation } from "../../data/tenant";
import { formOf } from "./form/fill";
import { settingsOf } from "./form/settings";

/** Makes another agent of the same settings and goes there. Skills are installed per agent: it begins without. */
export function useDuplicate(): (agent: AgentView) => Promise<void> {
  const { slug: tenant } = useTenant();
  const create = useTenantMutation(api.mutations.agents.create);
  const navigate = useNavigate();
  return useCallback(
    async (agent) => {
      const { slug: _taken, ...settings } = settingsOf(formOf(agent));
      const agentId = await create({ ...settings, name: `${agent.name} (copy)` });
      await navigate({ to: "/$tenant/agents/$agentId", params: { tenant, agentId } });
    },
    [create, navigate, tenant],
  );
}
