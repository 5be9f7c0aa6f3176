/**
 * Erasures of tenants and people, as state machines in the database: each step is a transaction that removes a
 * batch, counts it and schedules the next one. Access is cut by the request itself. Wherever a step fails or is
 * lost, the next one goes on from what was committed.
 */
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { eraseSomeOfTenant } from "./ofTenant";
import { eraseSomeOfUser } from "./ofUser";
import { RESUMED_AT_ONCE, STUCK_AFTER_MS, type Progress } from "./progress";

/** One batch, and the wake-up of the next one. Nothing happens once it is completed. */
export async function step(
  ctx: MutationCtx,
  erasureId: Id<"erasures">,
  nowMs: number,
): Promise<void> {
  const erasure = await ctx.db.get("erasures", erasureId);
  if (erasure === null || erasure.status === "completed") return;
  const { deleted, next, isDone } = await eraseSome(ctx, erasure, nowMs);
  const { rowCounts, fileCount } = erasure;
  const { table, rows, files } = deleted;
  await ctx.db.patch("erasures", erasureId, {
    table: next.table,
    cursor: next.cursor,
    ...(rows > 0 && { rowCounts: { ...rowCounts, [table]: (rowCounts[table] ?? 0) + rows } }),
    fileCount: fileCount + files,
    steppedAt: nowMs,
    ...(isDone && { status: "completed" as const, completedAt: nowMs }),
  });
  if (!isDone) await ctx.scheduler.runAfter(0, internal.jobs.erasures.step, { erasureId });
}

/** Wakes erasures whose next step was lost. */
export async function resumeStuck(ctx: MutationCtx, nowMs: number): Promise<void> {
  const running = await ctx.db
    .query("erasures")
    .withIndex("by_status", (q) =>
      q.eq("status", "running").lt("steppedAt", nowMs - STUCK_AFTER_MS),
    )
    .take(RESUMED_AT_ONCE);
  for (const { _id: erasureId } of running) {
    // Behind the others: one that fails each time must not keep them waiting.
    await ctx.db.patch("erasures", erasureId, { steppedAt: nowMs });
    await ctx.scheduler.runAfter(0, internal.jobs.erasures.step, { erasureId });
  }
}

async function eraseSome(
  ctx: MutationCtx,
  erasure: Doc<"erasures">,
  nowMs: number,
): Promise<Progress> {
  const { subject, subjectId } = erasure;
  if (subject === "tenant") {
    return await eraseSomeOfTenant(ctx, subjectId as Id<"tenants">, erasure.table);
  }
  return await eraseSomeOfUser(ctx, subjectId as Id<"users">, { ...erasure, nowMs });
}
