/** What ends approvals that nobody decides, called by `crons.ts`, and what finds one by an address. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation, internalQuery } from "../_generated/server";
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

/** The id that a text in an address stands for; null when it is none. Says nothing of whether there is such a row. */
export const idOf = internalQuery({
  args: { text: v.string() },
  returns: v.union(v.id("approvals"), v.null()),
  handler: (ctx, { text }) => ctx.db.normalizeId("approvals", text),
});
