/** Reading agents. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Agents from "../model/agents/agents";
import * as Models from "../model/agents/models";
import { vAgentChanges } from "../model/agents/settings";
import * as AgentStats from "../model/agents/stats";
import * as Versions from "../model/agents/versions";
import { promptOfAgent } from "../model/runs/prompt";
import { vAgentStatus, vChange } from "../validators";
import { vAgentStats, vAgentView } from "../views";
import {
  vAgentName,
  vAgentVersionEntry,
  vAgentVersionView,
  vProviderModels,
} from "../views/agents";
import { vPromptView } from "../views/prompts";

/**
 * The tenant's agents, newest first: those with `status`, or all but the archived ones.
 *
 * Needs `agents:read`. At most `limit` (1 to 100, which is the default); `listPage` has the others.
 *
 * @throws invalid_argument - The limit is out of range.
 */
export const list = query({
  args: { ...caller, status: v.optional(vAgentStatus), limit: v.optional(v.number()) },
  returns: v.array(vAgentView),
  handler: async (ctx, { tenantId, apiKey, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Agents.list(ctx, scope, filter);
  },
});

/**
 * The tenant's agents in pages of at most 100, newest first, archived ones too unless `status` is given. Needs
 * `agents:read`.
 */
export const listPage = query({
  args: {
    ...caller,
    status: v.optional(vAgentStatus),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vAgentView),
  handler: async (ctx, { tenantId, apiKey, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Agents.listPage(ctx, scope, filter);
  },
});

/**
 * As `listPage`, archived ones too, but only their names and whether they are in service: for rows of other things
 * that have an agent's id. Needs `agents:read`.
 */
export const names = query({
  args: { ...caller, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vAgentName),
  handler: async (ctx, { tenantId, apiKey, paginationOpts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Agents.namesPage(ctx, scope, paginationOpts);
  },
});

/**
 * One agent. Needs `agents:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, agentId: v.id("agents") },
  returns: vAgentView,
  handler: async (ctx, { tenantId, apiKey, agentId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Agents.get(ctx, scope, agentId);
  },
});

/**
 * What was said and spent so far, by one agent or by all of the tenant's. Messages count once the run they
 * belong to has ended. Needs `agents:read`; costs are in USD.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 */
export const stats = query({
  args: { ...caller, agentId: v.optional(v.id("agents")) },
  returns: vAgentStats,
  handler: async (ctx, { tenantId, apiKey, agentId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await AgentStats.get(ctx, scope, agentId);
  },
});

/**
 * Agents whose name or description has the words of `query`, the best match first; the last word may be
 * the beginning of one. Needs `agents:read`.
 *
 * @throws invalid_argument - The query is blank or too long, or the limit (1 to 100) out of range.
 */
export const search = query({
  args: {
    ...caller,
    query: v.string(),
    status: v.optional(vAgentStatus),
    limit: v.optional(v.number()),
  },
  returns: v.array(vAgentView),
  handler: async (ctx, { tenantId, apiKey, query: text, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Agents.search(ctx, scope, { text, ...filter });
  },
});

/**
 * The agents that were last active, the latest first, without archived ones; those that never were are in `list`.
 * Needs `agents:read`.
 *
 * @throws invalid_argument - The limit (1 to 100) is out of range.
 */
export const recent = query({
  args: { ...caller, limit: v.optional(v.number()) },
  returns: v.array(vAgentView),
  handler: async (ctx, { tenantId, apiKey, limit }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await AgentStats.recent(ctx, scope, limit);
  },
});

/**
 * What an agent was at each of its changes, the newest first, in pages of at most 100 and without the settings.
 * An agent that has not changed since histories are kept has none yet. Needs `agents:read`.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 */
export const versions = query({
  args: { ...caller, agentId: v.id("agents"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vAgentVersionEntry),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    await Agents.getOrFail(ctx, scope, which.agentId);
    return await Versions.listPage(ctx, scope, which);
  },
});

/**
 * One version of an agent, with all that it was. Needs `agents:read`.
 *
 * @throws not_found - The agent, or a version of it with that number, does not exist or is another tenant's.
 */
export const version = query({
  args: { ...caller, agentId: v.id("agents"), version: v.number() },
  returns: vAgentVersionView,
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    await Agents.getOrFail(ctx, scope, which.agentId);
    return await Versions.get(ctx, scope, which);
  },
});

/**
 * What changed from one version of an agent to another, by field: whole values as JSON, amounts as decimals of
 * USD; a value that is not there has no `from` or `to`. Needs `agents:read`.
 *
 * @throws not_found - The agent, or one of the versions, does not exist or is another tenant's.
 */
export const diff = query({
  args: { ...caller, agentId: v.id("agents"), from: v.number(), to: v.number() },
  returns: v.array(vChange),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    await Agents.getOrFail(ctx, scope, which.agentId);
    return await Versions.diff(ctx, scope, which);
  },
});

/**
 * What an agent would be called with first in a new session, with `content` as its message: as
 * `queries.sessions.prompt` tells it of a session. With `changes` as if they were saved, and nothing is. Needs
 * `agents:read`.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - The content is blank or longer than 100,000 characters; the changes are not as
 *   `mutations.agents.update` takes them.
 */
export const prompt = query({
  args: {
    ...caller,
    agentId: v.id("agents"),
    changes: v.optional(vAgentChanges),
    content: v.optional(v.string()),
  },
  returns: vPromptView,
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await promptOfAgent(ctx, scope, { ...which, nowMs: Date.now() });
  },
});

/**
 * The models that an agent can be made of: for each provider whether calls have an account to go to (the tenant's, or
 * the deployment's), and the models of it that the price book knows. Others may be named all the same. Needs
 * `agents:read`.
 */
export const models = query({
  args: caller,
  returns: v.array(vProviderModels),
  handler: async (ctx, { tenantId, apiKey }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Models.list(ctx, scope, Date.now());
  },
});
