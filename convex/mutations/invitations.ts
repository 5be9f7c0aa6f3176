/** Ending and accepting invitations. Making them is `actions.invitations`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { sha256 } from "../lib/crypto";
import { caller, requireScope, requireUser } from "../model/access";
import * as Invitations from "../model/invitations";
import { vJoined } from "../views/people";

/**
 * Takes an invitation back: its link lets nobody in any more. Doing it twice is no error. Needs
 * `members:write`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - It was accepted or has expired.
 */
export const revoke = mutation({
  args: { ...caller, id: v.id("invitations") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "members:write" });
    await Invitations.revoke(ctx, scope, { id, nowMs: Date.now() });
    return null;
  },
});

/**
 * Joins the tenant that the token's invitation is to. For a signed-in person.
 *
 * @throws not_found - No invitation has this token.
 * @throws conflict - It was used, revoked or has expired; the tenant is suspended; or the person is a member
 *   already.
 * @throws limit_reached - The person is in 100 tenants.
 */
export const accept = mutation({
  args: { token: v.string() },
  returns: vJoined,
  handler: async (ctx, { token }) => {
    const user = await requireUser(ctx);
    const tokenHash = await sha256(token);
    const nowMs = Date.now();
    return await Invitations.acceptInvitation(ctx, { tokenHash, userId: user._id, nowMs });
  },
});
