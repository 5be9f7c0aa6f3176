/** Where an erasure stands, and its beginning. */
import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";

/** What has not moved for so long has lost its job, as after a restore from a backup. */
export const STUCK_AFTER_MS = 5 * 60_000;
export const RESUMED_AT_ONCE = 20;

export type Subject =
  { subject: "tenant"; id: Id<"tenants"> } | { subject: "user"; id: Id<"users"> };

/** What a step did, and where the next one goes on. */
export type Progress = {
  deleted: { table: string; rows: number; files: number };
  next: { table: string; cursor?: string | undefined };
  isDone: boolean;
};

/** Writes the erasure down and wakes its first step. */
export async function begin(
  ctx: MutationCtx,
  { subject, id }: Subject,
  { table, nowMs }: { table: string; nowMs: number },
): Promise<Id<"erasures">> {
  const erasureId = await ctx.db.insert("erasures", {
    subject,
    subjectId: id,
    status: "running",
    table,
    rowCounts: {},
    fileCount: 0,
    requestedAt: nowMs,
    steppedAt: nowMs,
  });
  await ctx.scheduler.runAfter(0, internal.jobs.erasures.step, { erasureId });
  return erasureId;
}
