/**
 * The worker that delivers: one action at a time, for all tenants. It holds one of the slots of scheduled jobs, and only
 * while there is something to deliver, for a few minutes at most; then it leaves its seat to the next one.
 *
 * Whoever has something to tell reads the seat and writes nothing that others do; a worker that died is found by the
 * cron, which asks after its job.
 */
import { internal } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";
import { MINUTE_MS } from "../../../src/core/limits";
import { isUnderWay } from "../../lib/jobs";
import * as Settings from "../deploymentSettings";

/** For so long a worker takes deliveries in; a Node action of Convex's may live for ten minutes. */
export const LIFE_MS = 4 * MINUTE_MS;
/** By then its last requests have ended, too. */
const GONE_AFTER_MS = LIFE_MS + MINUTE_MS;
/** Longer than it takes from when a delivery is due, which is when its transaction begins, until it is there to be seen. */
const SEEN_WITHIN_MS = 2_000;

/** Sees to it that somebody delivers. Cheap enough for every transaction that has something to tell. */
export async function wake(ctx: MutationCtx, nowMs: number): Promise<void> {
  const holder = await Settings.get(ctx, "webhookWorker");
  if (holder !== null && holder.untilMs > nowMs) return;
  await ctx.scheduler.runAfter(0, internal.jobs.webhooks.start, {});
}

/** Starts a worker, if something is due and nobody is at it. */
export async function start(ctx: MutationCtx, nowMs: number): Promise<void> {
  const holder = await Settings.get(ctx, "webhookWorker");
  if (holder !== null && holder.untilMs > nowMs && (await isUnderWay(ctx, holder.jobId))) return;
  if (await isAnythingDue(ctx, { sinceMs: 0, nowMs })) await sit(ctx, nowMs);
  else if (holder !== null) await stand(ctx, nowMs);
}

/**
 * The end of a worker, or its wish to end.
 *
 * @param isOver - Its time is up: somebody else goes on, if there is something to do.
 * @param idleSinceMs - From then on it has looked at all endpoints and found nothing that it could take: what was due
 * before rests, and is the cron's.
 * @returns False when it is to go on itself.
 */
export async function leave(
  ctx: MutationCtx,
  { token, isOver, idleSinceMs }: { token: string; isOver: boolean; idleSinceMs: number },
  nowMs: number,
): Promise<boolean> {
  const holder = await Settings.get(ctx, "webhookWorker");
  if (holder?.token !== token) return true;
  if (isOver && (await isAnythingDue(ctx, { sinceMs: 0, nowMs }))) await sit(ctx, nowMs);
  else if (await isAnythingDue(ctx, { sinceMs: idleSinceMs - SEEN_WITHIN_MS, nowMs })) return false;
  else await stand(ctx, nowMs);
  return true;
}

async function sit(ctx: MutationCtx, nowMs: number): Promise<void> {
  const token = crypto.randomUUID();
  const jobId = await ctx.scheduler.runAfter(0, internal.node.webhooks.deliver, { token });
  const value = { token, jobId, untilMs: nowMs + GONE_AFTER_MS };
  await Settings.set(ctx, { name: "webhookWorker", value, nowMs });
}

async function stand(ctx: MutationCtx, nowMs: number): Promise<void> {
  await Settings.set(ctx, { name: "webhookWorker", value: null, nowMs });
}

async function isAnythingDue(
  ctx: MutationCtx,
  { sinceMs, nowMs }: { sinceMs: number; nowMs: number },
): Promise<boolean> {
  const first = await ctx.db
    .query("webhook_deliveries")
    .withIndex("by_due", (q) => q.gt("dueAtMs", Math.max(0, sinceMs)).lte("dueAtMs", nowMs))
    .first();
  return first !== null;
}
