/** Signing other browsers and command lines out. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { requireUser } from "../model/access";
import * as SignIns from "../model/auth/signIns";

/**
 * Ends one of the signed-in person's own sign-ins: it gets no new tokens, and the one that it has is refused
 * from now on. Doing it twice is no error.
 *
 * @throws not_found - It does not exist or is somebody else's.
 */
export const end = mutation({
  args: { id: v.id("auth_sessions") },
  returns: v.null(),
  handler: async (ctx, { id }) => {
    const { _id: userId } = await requireUser(ctx);
    await SignIns.endOwn(ctx, { userId, id, nowMs: Date.now() });
    return null;
  },
});
