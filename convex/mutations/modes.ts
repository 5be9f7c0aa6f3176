/** Making and changing modes of the tenant's own. The built-in ones (focus, creative, research) never change. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Modes from "../model/modes";

/**
 * Makes a mode that agents may be in, and returns its id. `prompt` (at most 4,000 characters) follows the system
 * prompt; `temperature` (0 to 2) holds for agents that set none; of `maxTokens` and the agent's the smaller one holds;
 * `historyShare` (0 to 1, without it 1) is what the history may take of the room for it. Needs `agents:write`.
 *
 * @throws invalid_argument - A text is blank or too long, a number out of range.
 * @throws conflict - There is a mode of that name.
 * @throws limit_reached - The tenant has 50 modes.
 */
export const create = mutation({
  args: { ...caller, ...Modes.vNewMode.fields },
  returns: v.id("modes"),
  handler: async (ctx, { tenantId, apiKey, ...mode }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    return await Modes.create(ctx, scope, { mode, nowMs: Date.now() });
  },
});

/**
 * Changes what is given; null takes `description`, `temperature` or `maxTokens` away. A mode keeps its name, by which
 * agents know it. Their next turns are as it then says. Needs `agents:write`.
 *
 * @throws not_found - The mode does not exist or is another tenant's.
 * @throws invalid_argument - A text is blank or too long, a number out of range.
 */
export const update = mutation({
  args: { ...caller, modeId: v.id("modes"), ...Modes.vModeChanges.fields },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, modeId, ...changes }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    await Modes.update(ctx, scope, { modeId, changes, nowMs: Date.now() });
    return null;
  },
});

/**
 * Removes a mode. Agents that are in it work in focus from then on. Needs `agents:write`.
 *
 * @throws not_found - The mode does not exist or is another tenant's.
 */
export const remove = mutation({
  args: { ...caller, modeId: v.id("modes") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, modeId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:write" });
    await Modes.remove(ctx, scope, { modeId, nowMs: Date.now() });
    return null;
  },
});
