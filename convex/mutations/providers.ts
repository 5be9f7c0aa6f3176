/** Switching and removing the tenant's providers. Writing them is `actions.providers`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Providers from "../model/providers/providers";

const provider = { ...caller, id: v.id("providers") };

/**
 * Has later calls to the provider use this account. Needs `providers:write`.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 */
export const enable = mutation({
  args: provider,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:write" });
    const patch = { status: "enabled" } as const;
    await Providers.update(ctx, scope, { id, patch, nowMs: Date.now() });
    return null;
  },
});

/**
 * Has later calls to the provider use another account of the tenant's, or the deployment's. Needs
 * `providers:write`.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 */
export const disable = mutation({
  args: provider,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:write" });
    const patch = { status: "disabled" } as const;
    await Providers.update(ctx, scope, { id, patch, nowMs: Date.now() });
    return null;
  },
});

/**
 * Deletes a provider with its credential. Needs `providers:write`.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 */
export const remove = mutation({
  args: provider,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:write" });
    await Providers.remove(ctx, scope, { id, nowMs: Date.now() });
    return null;
  },
});
