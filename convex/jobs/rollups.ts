/** Keeps roll-ups up to their tallies. Called by `crons.ts`, then by itself as long as there is something to do. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../_generated/server";
import { noteMoved } from "../model/budgets/alerts";
import { fold as foldSome, isIdle, SETTLED_MS } from "../model/rollups/fold";

/** Begins to fold, unless that goes on already. */
export const start = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    if (await isIdle(ctx, Date.now())) {
      await ctx.scheduler.runAfter(0, internal.jobs.rollups.fold, {});
    }
    return null;
  },
});

/** Folds some tallies; comes again at once while there are more, and a moment later while some were left to come. */
export const fold = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const { foldedCount, hasMore, moved } = await foldSome(ctx, Date.now() - SETTLED_MS);
    await noteMoved(ctx, moved);
    if (foldedCount > 0) {
      const delayMs = hasMore ? 0 : SETTLED_MS;
      await ctx.scheduler.runAfter(delayMs, internal.jobs.rollups.fold, {});
    }
    return null;
  },
});
