/** Reservations that nobody has ended in time: all that was held is booked, for nobody can say that it was less. */
import { MINUTE_MS } from "../../../src/core/limits";
import { internal } from "../../_generated/api";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { estimateLost, record, recordLost } from "../costs/attempts";
import { attemptOf } from "../runs/attempts";
import { release, reservationOf, type Reservation } from "./reservations";

/**
 * Each may fall under some hundred budgets, and takes up to four of the 4,096 ranges that a transaction may read in each;
 * what a booking has read that fails counts as well.
 */
const BATCH = 8;
/** How long one waits that could not be booked: somebody must look first. */
const POSTPONED_MS = 10 * MINUTE_MS;

/** Books what has expired, of all tenants: each in a transaction of its own, so that none stops the others. */
export async function sweepExpired(ctx: MutationCtx, nowMs: number): Promise<{ hasMore: boolean }> {
  const due = await expired(ctx, nowMs);
  for (const { _id, tenantId, key } of due) {
    try {
      await ctx.runMutation(internal.jobs.budgets.expire, { tenantId, key });
    } catch (error) {
      console.error(`tenant ${tenantId}: reservation ${key} could not be booked:`, error);
      await ctx.db.patch("budget_reservations", _id, { retryAtMs: nowMs + POSTPONED_MS });
    }
  }
  return { hasMore: due.length >= BATCH };
}

/** Those that have waited longest first; those that are to be tried again come last. */
async function expired(ctx: QueryCtx, nowMs: number): Promise<Reservation[]> {
  const open = () => ctx.db.query("budget_reservations");
  const fresh = await open()
    .withIndex("by_expiry", (q) =>
      q.eq("state", "reserved").eq("retryAtMs", undefined).lte("expiresAtMs", nowMs),
    )
    .take(BATCH);
  if (fresh.length === BATCH) return fresh;
  const again = await open()
    .withIndex("by_expiry", (q) =>
      q.eq("state", "reserved").gt("retryAtMs", 0).lte("retryAtMs", nowMs),
    )
    .take(BATCH - fresh.length);
  return [...fresh, ...again];
}

/** Books one that has expired by now. */
export async function expireOne(
  ctx: MutationCtx,
  { tenantId, key }: Pick<Reservation, "tenantId" | "key">,
  nowMs: number,
): Promise<void> {
  const reservation = await reservationOf(ctx, { tenantId }, key);
  if (reservation?.state !== "reserved" || reservation.expiresAtMs > nowMs) return;
  await expire(ctx, reservation, nowMs);
}

/** In its run, where it is the call of one: what the run, its session and its message cost has to say so. */
async function expire(ctx: MutationCtx, reservation: Reservation, nowMs: number): Promise<void> {
  const { tenantId, key, agentId, userId, keyId, channel } = reservation;
  const { provider, model, startedAtMs } = reservation;
  const ofRun = await attemptOf(ctx, { tenantId }, key);
  if (ofRun === null) {
    const attempt = { attemptId: key, provider, model, kind: "primary", startedAtMs } as const;
    const place = { agentId, ...omitUndefined({ userId, keyId, channel }) };
    await recordLost(ctx, { tenantId }, { attempt, place, nowMs });
  } else {
    const report = estimateLost(ofRun.attempt, "");
    const lost = { status: "lost", report, facts: {}, endedAtMs: undefined } as const;
    await record(ctx, { tenantId }, { billed: { ...ofRun, ...lost }, nowMs });
  }
  // It was booked without its reservation: then nothing more is to be held.
  await release(ctx, { tenantId }, { key, nowMs });
}
