"use node";
/** Making invitations: only actions have randomness that is fit for secrets. */
import { randomBytes } from "node:crypto";
import type { Infer } from "convex/values";
import { internal } from "../_generated/api";
import { action } from "../_generated/server";
import { invitations } from "../actionShapes";
import { sha256 } from "../lib/crypto";
import { requirePermission } from "../model/actionAccess";
import type { vNewInvitation } from "../views/people";

const TOKEN_BYTES = 32;

/**
 * Invites a person and returns the token for their link, once: only its hash is kept. Whoever has it may join
 * with the role. It expires after `expiresInDays` (1 to 30, 7 without); an open invitation to the same address
 * is revoked. Needs `members:write`.
 *
 * @throws invalid_argument - The address is none, the lifetime is out of range.
 * @throws forbidden - The role is above the caller's.
 * @throws limit_reached - The tenant has 500 open invitations.
 */
export const create = action({
  args: invitations.create.args,
  returns: invitations.create.returns,
  handler: async (ctx, args): Promise<Infer<typeof vNewInvitation>> => {
    const { tenantId, apiKey } = args;
    await requirePermission(ctx, { tenantId, apiKey, permission: "members:write" });
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const made = { tokenHash: await sha256(token) };
    const _id = await ctx.runMutation(internal.jobs.invitations.insert, { ...args, ...made });
    return { _id, token };
  },
});
