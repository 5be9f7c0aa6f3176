/** Reservations that nobody has ended in time: all that was held is booked, for nobody can say that it was less. */
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { recordLost } from "../costs/attempts";
import { release, reservationOf, type Reservation } from "./reservations";

const BATCH = 50;

/** Books what has expired, of all tenants. */
export async function sweepExpired(ctx: MutationCtx, nowMs: number): Promise<{ hasMore: boolean }> {
  const due = await ctx.db
    .query("budget_reservations")
    .withIndex("by_expiry", (q) => q.eq("state", "reserved").lte("expiresAtMs", nowMs))
    .take(BATCH);
  for (const reservation of due) await expire(ctx, reservation, nowMs);
  return { hasMore: due.length === BATCH };
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

async function expire(ctx: MutationCtx, reservation: Reservation, nowMs: number): Promise<void> {
  const { tenantId, key, agentId, userId, keyId, provider, model, startedAtMs } = reservation;
  await recordLost(
    ctx,
    { tenantId },
    {
      attempt: { attemptId: key, provider, model, kind: "primary", startedAtMs },
      place: { agentId, ...omitUndefined({ userId, keyId }) },
      nowMs,
    },
  );
  // It was booked without its reservation: then nothing more is to be held.
  await release(ctx, { tenantId }, { key, nowMs });
}
