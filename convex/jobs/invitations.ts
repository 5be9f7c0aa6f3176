/** What `actions/invitations.ts` stores, and the end of invitations whose time has come. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Invitations from "../model/invitations";
import { vRole } from "../validators";

/** The invitation of `actions.invitations.create`; the caller's sign-in comes along, so it is checked here. */
export const insert = internalMutation({
  args: {
    ...caller,
    tokenHash: v.string(),
    email: v.string(),
    role: vRole,
    expiresInDays: v.optional(v.number()),
  },
  returns: v.id("invitations"),
  handler: async (ctx, { tenantId, apiKey, ...invitation }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    return await Invitations.insert(ctx, scope, { invitation, nowMs: Date.now() });
  },
});

/** Marks invitations whose time has come, so that lists tell. */
export const expire = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await Invitations.expireDue(ctx, Date.now());
    return null;
  },
});
