/** Taking ways to sign in away. Adding one is `/auth/identities/…`, which has the randomness for its code. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { requireUser } from "../model/access";
import * as Identities from "../model/auth/identities";

/**
 * Takes one of the signed-in person's own accounts at other providers away: who is signed in with it is refused
 * from now on, open subscriptions included.
 *
 * @throws not_found - It does not exist or is somebody else's.
 * @throws conflict - It is the last way in: no password, and no other account at a provider of the deployment.
 */
export const unlink = mutation({
  args: { id: v.id("identities") },
  returns: v.null(),
  handler: async (ctx, { id }) => {
    const user = await requireUser(ctx);
    await Identities.unlink(ctx, user, id);
    return null;
  },
});
