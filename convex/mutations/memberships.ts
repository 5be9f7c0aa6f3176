/** Changing who may act in a tenant. People join by `mutations.invitations.accept`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope, requireUser } from "../model/access";
import * as Memberships from "../model/memberships";
import { vRole } from "../validators";

const membership = { ...caller, id: v.id("memberships") };

/**
 * Gives a member another role. API keys that they answer for, and that can do more than it, end. Needs
 * `members:write`.
 *
 * @throws not_found - The membership does not exist or is another tenant's.
 * @throws forbidden - The role, before or after, is above the caller's.
 * @throws conflict - It is the last owner's.
 */
export const changeRole = mutation({
  args: { ...membership, role: vRole },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id, role }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    await Memberships.changeRole(ctx, scope, { id, role, nowMs: Date.now() });
    return null;
  },
});

/**
 * Takes a member's access away at once, open subscriptions included, until they are resumed. API keys that they
 * answer for end for good. Doing it twice is no error. Needs `members:write`.
 *
 * @throws not_found - The membership does not exist or is another tenant's.
 * @throws forbidden - The member's role is above the caller's.
 * @throws conflict - It is the last owner's.
 */
export const suspend = mutation({
  args: membership,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    await Memberships.suspend(ctx, scope, { id, nowMs: Date.now() });
    return null;
  },
});

/**
 * Gives a suspended member their access back. Doing it twice is no error. Needs `members:write`.
 *
 * @throws not_found, forbidden - As for `suspend`.
 */
export const resume = mutation({
  args: membership,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    await Memberships.resume(ctx, scope, { id, nowMs: Date.now() });
    return null;
  },
});

/**
 * Ends a membership at once, with the API keys that the person answers for. Needs `members:write`.
 *
 * @throws not_found, forbidden, conflict - As for `suspend`.
 */
export const remove = mutation({
  args: membership,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    await Memberships.remove(ctx, scope, { id, nowMs: Date.now() });
    return null;
  },
});

/**
 * Ends the signed-in person's own membership, with the API keys that they answer for.
 *
 * @throws not_found - They are no member of the tenant.
 * @throws conflict - They are its last owner.
 */
export const leave = mutation({
  args: { tenantId: v.id("tenants") },
  returns: v.null(),
  handler: async (ctx, { tenantId }) => {
    const user = await requireUser(ctx);
    await Memberships.leave(ctx, user, { tenantId, nowMs: Date.now() });
    return null;
  },
});
