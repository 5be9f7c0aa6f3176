/** Scheduled jobs, as whoever waits for one sees them. */
import type { Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";

/** Whether the job is still to come, or being done. */
export async function isUnderWay(ctx: QueryCtx, jobId: string): Promise<boolean> {
  const job = await ctx.db.system.get("_scheduled_functions", jobId as Id<"_scheduled_functions">);
  return job?.state.kind === "pending" || job?.state.kind === "inProgress";
}
