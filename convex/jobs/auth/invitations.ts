/** What the route for invited people writes; who has an account already joins by `mutations.invitations.accept`. */
import { v } from "convex/values";
import { internalMutation } from "../../_generated/server";
import * as Accounts from "../../model/auth/accounts";
import * as SignIns from "../../model/auth/signIns";
import * as Invitations from "../../model/invitations";
import { vPasswordHash } from "../../validators";
import { vOpened } from "../../views/auth";

/** Whoever has the invitation becomes a user with its address and a member, and is signed in, all or nothing. */
export const signUp = internalMutation({
  args: {
    tokenHash: v.string(),
    name: v.string(),
    hash: vPasswordHash,
    hashes: v.object({ familyHash: v.string(), refreshHash: v.string() }),
  },
  returns: vOpened,
  handler: async (ctx, { tokenHash, name, hash, hashes }) => {
    const nowMs = Date.now();
    const email = await Invitations.emailOf(ctx, tokenHash);
    const userId = await Accounts.create(ctx, { name, email, nowMs });
    await Invitations.acceptInvitation(ctx, { tokenHash, userId, nowMs });
    await Accounts.setPassword(ctx, { userId, hash, nowMs });
    return await SignIns.open(ctx, { userId, hashes, nowMs });
  },
});
