/** What doors return of an agent's history. */
import { v, type Infer } from "convex/values";
import { vAgentView } from "../views";

const entry = {
  _id: v.id("agent_versions"),
  tenantId: v.id("tenants"),
  agentId: v.id("agents"),
  version: v.number(), // from 1
  changedFields: v.array(v.string()), // none: the agent is older than its history
  restoredFrom: v.optional(v.number()), // the version that it took over
  createdBy: v.id("users"),
  createdAt: v.number(),
};

export const vAgentVersionEntry = v.object(entry);
export type AgentVersionEntry = Infer<typeof vAgentVersionEntry>;

export const vAgentVersionView = v.object({
  ...entry,
  settings: vAgentView.omit(
    "_id",
    "tenantId",
    "slug",
    "version",
    "createdBy",
    "createdAt",
    "updatedAt",
  ),
});
export type AgentVersionView = Infer<typeof vAgentVersionView>;
