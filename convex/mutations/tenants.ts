/** Making and changing tenants. Plans and suspension are the operators': `jobs/tenants.ts`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope, requireUser } from "../model/access";
import * as Tenants from "../model/tenants";

/**
 * Makes a tenant with the signed-in person as its owner, on the starter plan. Only where the deployment's
 * operators let anyone do so.
 *
 * @throws forbidden - Only operators make tenants here, or the person is suspended.
 * @throws invalid_argument - A text is blank or too long, the slug or the address is none.
 * @throws conflict - The slug is taken.
 * @throws limit_reached - The person is in 100 tenants.
 */
export const create = mutation({
  args: { name: v.string(), slug: v.string(), billingEmail: v.string() },
  returns: v.id("tenants"),
  handler: async (ctx, tenant) => {
    const user = await requireUser(ctx);
    await Tenants.requireMayCreate(ctx, user);
    return await Tenants.create(ctx, { tenant, ownerId: user._id, nowMs: Date.now() });
  },
});

/**
 * Changes what is given and leaves the rest; null takes an optional setting away. Amounts are USD. Needs
 * `tenant:write`.
 *
 * @throws invalid_argument, conflict - As for `create`.
 */
export const update = mutation({
  args: { ...caller, ...Tenants.vTenantChanges.fields },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, ...changes }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "tenant:write" });
    await Tenants.update(ctx, scope, { changes, nowMs: Date.now() });
    return null;
  },
});

/**
 * Chooses where the signed-in person's calls without `tenantId` go.
 *
 * @throws not_found - The tenant does not exist, was deleted, or the person is no member.
 */
export const setDefault = mutation({
  args: { tenantId: v.id("tenants") },
  returns: v.null(),
  handler: async (ctx, { tenantId }) => {
    const user = await requireUser(ctx);
    await Tenants.setDefault(ctx, user, { tenantId, nowMs: Date.now() });
    return null;
  },
});
