/** The retention of the ledger, batch by batch. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import { summarizeSome } from "../model/costs/cleanup";

/** What `mutations.costs.cleanup` has begun. */
export const summarizeRest = internalMutation({
  args: { tenantId: v.id("tenants"), beforeMs: v.number() },
  returns: v.null(),
  handler: async (ctx, { tenantId, beforeMs }): Promise<null> => {
    await summarizeSome(ctx, { tenantId }, beforeMs);
    return null;
  },
});
