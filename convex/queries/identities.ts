/** How one can sign in. */
import { query } from "../_generated/server";
import { requireUser } from "../model/access";
import * as Identities from "../model/auth/identities";
import { vWaysIn } from "../views/auth";

/**
 * The ways in that the signed-in person has: whether a password is one, and the accounts at other providers, which
 * the routes `/auth/identities/…` link where the deployment believes a provider beside its own issuer.
 */
export const list = query({
  args: {},
  returns: vWaysIn,
  handler: async (ctx) => {
    const { _id: userId } = await requireUser(ctx);
    const identity = await ctx.auth.getUserIdentity();
    return await Identities.list(ctx, { userId, current: identity?.tokenIdentifier });
  },
});
