/** What is left of deleted sessions. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import { removeSome } from "../model/sessionRemoval";

/** Removes a batch of what was in a deleted session; schedules the next. Repeating it does no harm. */
export const removeRest = internalMutation({
  args: { tenantId: v.id("tenants"), sessionId: v.id("sessions") },
  returns: v.null(),
  handler: async (ctx, gone): Promise<null> => {
    await removeSome(ctx, gone);
    return null;
  },
});
