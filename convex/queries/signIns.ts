/** What one is signed in with. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { requireUser } from "../model/access";
import * as SignIns from "../model/auth/signIns";
import { vSignInView } from "../views/auth";

/** The signed-in person's browsers and command lines that our own issuer signed in, at most 50, the newest first. */
export const list = query({
  args: {},
  returns: v.array(vSignInView),
  handler: async (ctx) => {
    const { _id: userId } = await requireUser(ctx);
    const identity = await ctx.auth.getUserIdentity();
    const currentId = typeof identity?.["sid"] === "string" ? identity["sid"] : null;
    return await SignIns.listAlive(ctx, { userId, currentId });
  },
});
