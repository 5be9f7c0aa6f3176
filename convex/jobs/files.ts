/** What keeps files from piling up. Called by `crons.ts`. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../_generated/server";
import * as Uploads from "../model/uploads";

/** Deletes what was uploaded before then, a day ago unless said, and is nobody's. Goes on while there are more. */
export const sweepUploads = internalMutation({
  args: { uploadedBeforeMs: v.optional(v.number()) },
  returns: v.null(),
  handler: async (ctx, args): Promise<null> => {
    const nowMs = Date.now();
    const { uploadedBeforeMs = nowMs - Uploads.UNCLAIMED_MAX_MS } = args;
    if (await Uploads.sweep(ctx, { uploadedBeforeMs, nowMs })) {
      await ctx.scheduler.runAfter(0, internal.jobs.files.sweepUploads, { uploadedBeforeMs });
    }
    return null;
  },
});
