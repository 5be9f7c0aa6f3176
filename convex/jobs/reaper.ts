/** What keeps runs from hanging and chunks from piling up. Called by `crons.ts`. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation } from "../_generated/server";
import * as Chunks from "../model/chunks";
import { due, postpone, reap as reapOne } from "../model/runs/reap";

/**
 * Runs put right in one transaction. Each may read all the chunks of one message, less than 1 MiB in some
 * thousands of rows; five stay within what a transaction may read.
 */
const RUNS_PER_BATCH = 5;

/**
 * Puts the runs right whose lease ran out or whose wake-up was lost. Goes on at once while there are more,
 * and in any case the next time.
 */
export const reap = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const runIds = await due(ctx, { nowMs: Date.now(), countMax: RUNS_PER_BATCH });
    for (const runId of runIds) {
      try {
        // In a transaction of its own, so that one run that cannot be put right does not stop the others.
        await ctx.runMutation(internal.jobs.reaper.reapRun, { runId });
      } catch (error) {
        console.error(`run ${runId} could not be put right:`, error);
        await postpone(ctx, runId, Date.now());
      }
    }
    if (runIds.length === RUNS_PER_BATCH) {
      await ctx.scheduler.runAfter(0, internal.jobs.reaper.reap, {});
    }
    return null;
  },
});

/** Puts one run right, if it needs to be. */
export const reapRun = internalMutation({
  args: { runId: v.id("runs") },
  returns: v.null(),
  handler: async (ctx, { runId }): Promise<null> => {
    await reapOne(ctx, runId, Date.now());
    return null;
  },
});

/** Deletes the chunks of messages that ended a while ago. */
export const sweepChunks = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const hasMore = await Chunks.sweep(ctx, Date.now());
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.reaper.sweepChunks, {});
    return null;
  },
});
