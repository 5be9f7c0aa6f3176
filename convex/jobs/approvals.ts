/** What ends approvals that nobody decides, called by `crons.ts`. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../_generated/server";
import { expire as expireSome } from "../model/approvals/decide";

/** Ends those whose time is up; their runs go on, and their models are told. */
export const expire = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const hasMore = await expireSome(ctx, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.approvals.expire, {});
    return null;
  },
});
