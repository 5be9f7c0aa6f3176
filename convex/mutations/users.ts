/** Changing what is known of oneself. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { requireUser } from "../model/access";
import * as Accounts from "../model/auth/accounts";

/**
 * Changes the signed-in person's name, in all of their tenants.
 *
 * @throws invalid_argument - The name is blank or longer than 120 characters.
 */
export const update = mutation({
  args: { name: v.string() },
  returns: v.null(),
  handler: async (ctx, { name }) => {
    const user = await requireUser(ctx);
    await Accounts.rename(ctx, user._id, { name, nowMs: Date.now() });
    return null;
  },
});
