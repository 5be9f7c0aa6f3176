/** What is left of deleted sessions. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import * as Removal from "../model/sessionRemoval";

/** Removes a batch of what was in a deleted session; schedules the next. Repeating it does no harm. */
export const removeRest = internalMutation({
  args: { removalId: v.id("session_removals") },
  returns: v.null(),
  handler: async (ctx, { removalId }) => {
    await Removal.removeSome(ctx, removalId, Date.now());
    return null;
  },
});

/** Wakes removals whose next batch was lost. */
export const resumeStuck = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await Removal.resumeStuck(ctx, Date.now());
    return null;
  },
});
