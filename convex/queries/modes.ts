/** Reading modes: how agents may go about their work. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Modes from "../model/modes";
import { vModeView } from "../views/modes";

/** The built-in modes, then the tenant's own by name; 53 at most. Needs `agents:read`. */
export const list = query({
  args: caller,
  returns: v.array(vModeView),
  handler: async (ctx, { tenantId, apiKey }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Modes.list(ctx, scope);
  },
});

/**
 * One mode, by the name that agents know it by. Needs `agents:read`.
 *
 * @throws not_found - It is neither built in nor the tenant's.
 */
export const get = query({
  args: { ...caller, name: v.string() },
  returns: vModeView,
  handler: async (ctx, { tenantId, apiKey, name }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "agents:read" });
    return await Modes.get(ctx, scope, name);
  },
});
