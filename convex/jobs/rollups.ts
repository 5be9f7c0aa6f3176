/** Keeps roll-ups up to their tallies. Called by `crons.ts`, then by itself as long as there is something to do. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import { noteMoved } from "../model/budgets/alerts";
import * as Chain from "../model/rollups/chain";
import * as Fold from "../model/rollups/fold";
import { vDimension } from "../validators";

/** Begins to fold, unless that goes on already. */
export const start = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    await Chain.start(ctx, Date.now());
    return null;
  },
});

/**
 * Folds some tallies. As a link of the chain it comes again: at once while there are more, and a moment later while some
 * were left to come.
 */
export const fold = internalMutation({
  args: { isLink: v.optional(v.boolean()) },
  returns: v.null(),
  handler: async (ctx, { isLink = false }): Promise<null> => {
    const nowMs = Date.now();
    const when = { beforeMs: nowMs - Fold.SETTLED_MS, nowMs };
    const { doneCount, hasMore, moved } = await Fold.fold(ctx, when);
    await noteMoved(ctx, moved);
    if (isLink && doneCount > 0) {
      await Chain.goOn(ctx, { delayMs: hasMore ? 0 : Fold.SETTLED_MS, nowMs });
    }
    return null;
  },
});

/** Folds tallies of one tenant, in a transaction of its own. */
export const foldOfTenant = internalMutation({
  args: { tallyIds: v.array(v.id("tallies")), sumsMax: v.number() },
  returns: v.object({
    foldedCount: v.number(),
    sumCount: v.number(),
    moved: v.array(v.object({ tenantId: v.id("tenants"), dimension: vDimension, key: v.string() })),
  }),
  handler: async (ctx, some) => await Fold.foldOfTenant(ctx, some),
});
