/**
 * One chain of folds at a time, of which each link schedules the next. Two would take the same rows: one of them would
 * lose each race, and try again.
 */
import { internal } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";
import { isUnderWay } from "../../lib/jobs";
import * as Settings from "../deploymentSettings";
import { isAnythingDue, SETTLED_MS } from "./fold";

/** Begins one, if there is something to fold and none goes on. */
export async function start(ctx: MutationCtx, nowMs: number): Promise<void> {
  const last = await Settings.get(ctx, "foldLink");
  if (last !== null && (await isUnderWay(ctx, last.jobId))) return;
  const isDue = await isAnythingDue(ctx, { beforeMs: nowMs - SETTLED_MS, nowMs });
  if (isDue) await goOn(ctx, { delayMs: 0, nowMs });
}

/** Schedules the next link. */
export async function goOn(
  ctx: MutationCtx,
  { delayMs, nowMs }: { delayMs: number; nowMs: number },
): Promise<void> {
  const jobId = await ctx.scheduler.runAfter(delayMs, internal.jobs.rollups.fold, { isLink: true });
  await Settings.set(ctx, { name: "foldLink", value: { jobId }, nowMs });
}
