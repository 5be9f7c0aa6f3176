/** Asking for an end: of a tenant with all that it has, or of one's own account. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope, requireUser, tenantOf } from "../model/access";
import { requestOfTenant } from "../model/erasure/ofTenant";
import { requestOfUser } from "../model/erasure/ofUser";

/**
 * Erases the tenant: all access ends at once, open subscriptions included, and every row and file goes in the
 * background. There is no way back, so here `tenantId` has to be given. Needs `tenant:erase`. Returns what
 * operators can follow it by.
 */
export const tenant = mutation({
  args: { ...caller, tenantId: v.id("tenants") },
  returns: v.id("erasures"),
  handler: async (ctx, { tenantId, apiKey }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "tenant:erase" });
    return await requestOfTenant(ctx, await tenantOf(ctx, scope), Date.now());
  },
});

/**
 * Erases the signed-in person: they, and the API keys that they answer for, are refused at once, and what is
 * known of them goes in the background. What they made in tenants stays the tenants'. There is no way back.
 *
 * @throws conflict - They are the last owner of a tenant: somebody else has to become one, or the tenant to be
 *   erased, first.
 */
export const me = mutation({
  args: {},
  returns: v.id("erasures"),
  handler: async (ctx) => {
    const user = await requireUser(ctx);
    return await requestOfUser(ctx, user, Date.now());
  },
});
