/** What doors return of an agent's history, and of its name. */
import { v, type Infer } from "convex/values";
import { vProvider, vReasoningEffort } from "../validators";
import { vAgentView } from "../views";

/** What rows of other things show of an agent, which may be archived. */
export const vAgentName = vAgentView.pick("_id", "name", "slug", "status");
export type AgentName = Infer<typeof vAgentName>;

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

/** A model that the price book knows. Prices are the book's, in USD for a million tokens, as exact decimals. */
const vKnownModel = v.object({
  model: v.string(),
  name: v.string(),
  inputUsdPerMillion: v.optional(v.string()),
  outputUsdPerMillion: v.optional(v.string()),
  contextTokens: v.optional(v.number()),
  outputTokensMax: v.optional(v.number()),
  acceptsTemperature: v.boolean(),
  efforts: v.optional(v.array(vReasoningEffort)), // absent: all, as far as is known; none: it does not reason
  retiresOn: v.optional(v.string()), // "2026-11-30"
});

/** A provider, whether there is an account to call it with, and its models. */
export const vProviderModels = v.object({
  provider: vProvider,
  isReady: v.boolean(),
  models: v.array(vKnownModel),
});
export type ProviderModels = Infer<typeof vProviderModels>;
