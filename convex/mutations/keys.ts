/** Ending API keys. Making them is `actions.keys`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Keys from "../model/keys/keys";

/**
 * Ends a key: whoever uses it is refused from now on, and what they are subscribed to ends. Doing it twice is
 * no error. Needs `keys:write`.
 *
 * @throws not_found - The key does not exist or is another tenant's.
 */
export const revoke = mutation({
  args: { ...caller, id: v.id("api_keys") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "keys:write" });
    await Keys.revoke(ctx, scope, { id, nowMs: Date.now() });
    return null;
  },
});
