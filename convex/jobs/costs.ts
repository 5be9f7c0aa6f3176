/** What changes much of the ledger, batch by batch: retention and re-rating. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import { summarizeSome } from "../model/costs/cleanup";
import { rerateSome } from "../model/costs/rerate";
import { vTouched } from "../model/costs/touched";

/** What `mutations.costs.cleanup` has begun. */
export const summarizeRest = internalMutation({
  args: { tenantId: v.id("tenants"), beforeMs: v.number(), touched: v.optional(vTouched) },
  returns: v.null(),
  handler: async (ctx, { tenantId, ...rest }): Promise<null> => {
    await summarizeSome(ctx, { tenantId }, rest);
    return null;
  },
});

/** What `mutations.costs.rerate` has begun. */
export const rerateRest = internalMutation({
  args: {
    tenantId: v.id("tenants"),
    fromMs: v.number(),
    toMs: v.number(),
    cursor: v.union(v.string(), v.null()),
    touched: v.optional(vTouched),
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, ...rest }): Promise<null> => {
    await rerateSome(ctx, { tenantId }, { ...rest, nowMs: Date.now() });
    return null;
  },
});
