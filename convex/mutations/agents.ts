/** Changing agents. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Agents from "../model/agents/agents";
import * as AgentStats from "../model/agents/stats";
import { vAgentChanges, vNewAgent } from "../model/agents/settings";

/**
 * Adds an active agent and returns its id. Needs `agents:write`. Amounts are USD, as a number or a decimal
 * string; without `maxTokens` a reply may have 4,096 tokens, without `mode` it is "focus".
 *
 * @throws invalid_argument - A text is blank or too long, a number out of range, an amount no amount.
 * @throws limit_reached - The tenant has as many agents as its plan allows; archived ones do not count.
 */
export const create = mutation({
  args: { ...caller, ...vNewAgent.fields },
  returns: v.id("agents"),
  handler: async (ctx, { tenantId, apiKey, ...agent }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    return await Agents.create(ctx, scope, { agent, nowMs: Date.now() });
  },
});

/**
 * Changes what is given and leaves the rest; null takes an optional setting away. Runs under way go on as
 * they were. Needs `agents:write`.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument, limit_reached - As for `create`.
 */
export const update = mutation({
  args: { ...caller, agentId: v.id("agents"), ...vAgentChanges.fields },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, agentId, ...changes }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    await Agents.update(ctx, scope, { agentId, changes, nowMs: Date.now() });
    return null;
  },
});

/**
 * Archives an agent: it takes no more messages and leaves the lists. Its sessions and costs stay, and
 * `update` can make it active again. Doing it twice is no error. Needs `agents:write`.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 */
export const remove = mutation({
  args: { ...caller, agentId: v.id("agents") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, agentId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    await Agents.archive(ctx, scope, { agentId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Makes an agent what it was at a version and returns the number of the new version that says so; when it is
 * that already, nothing changes and its number is returned. Whether it is active, paused or archived stays as it
 * is. Needs `agents:write`.
 *
 * @throws not_found - The agent, or a version of it with that number, does not exist or is another tenant's.
 */
export const restore = mutation({
  args: { ...caller, agentId: v.id("agents"), version: v.number() },
  returns: v.number(),
  handler: async (ctx, { tenantId, apiKey, ...which }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    return await Agents.restore(ctx, scope, { ...which, nowMs: Date.now() });
  },
});

/**
 * Counts messages that the agent exchanged elsewhere, so that its statistics and the tenant's have them. Its own runs
 * count by themselves; tokens and costs are reported by `costs.create`, exactly. Needs `agents:write`.
 *
 * @param messageCount - How many to add, 1 to 1,000,000.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - The count is out of range.
 */
export const updateStats = mutation({
  args: { ...caller, agentId: v.id("agents"), messageCount: v.number() },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...more }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    await AgentStats.add(ctx, scope, { ...more, nowMs: Date.now() });
    return null;
  },
});
