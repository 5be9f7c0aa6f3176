"use node";
/** Passwords that members have forgotten: only actions have randomness that is fit for secrets. */
import { randomBytes } from "node:crypto";
import type { Infer } from "convex/values";
import { internal } from "../_generated/api";
import { action } from "../_generated/server";
import { passwords } from "../actionShapes";
import { sha256 } from "../lib/crypto";
import { requirePermission } from "../model/actionAccess";
import type { vNewLink } from "../views/auth";

const TOKEN_BYTES = 32;

/**
 * Makes a link with which a member of the tenant sets a new password, good once and for 24 hours, and returns
 * its token, once: there is no mail server, so pass it on. Needs `members:write`, and a person who asks.
 *
 * @throws not_found - They are no member.
 * @throws forbidden - Their role is above the caller's; a key asks; or they are in another tenant too, which
 *   the link would open: then the deployment's operators make it.
 */
export const createResetLink = action({
  args: passwords.createResetLink.args,
  returns: passwords.createResetLink.returns,
  handler: async (ctx, args): Promise<Infer<typeof vNewLink>> => {
    const { tenantId, apiKey } = args;
    await requirePermission(ctx, { tenantId, apiKey, permission: "members:write" });
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const made = { ...args, tokenHash: await sha256(token) };
    const expiresAt = await ctx.runMutation(internal.jobs.auth.links.insertMembersReset, made);
    return { token, expiresAt };
  },
});
