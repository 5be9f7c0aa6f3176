/**
 * Reservations: what is held for a call until it is known what it costs. Made in the transaction that begins the call,
 * and ended once: with the ledger's row, without any, or by nobody ever saying.
 */
import { NOTHING, type Spending } from "../../../src/budgets/amounts";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { count, settleHold, type Moment } from "./counters";
import { policiesFor, type Called } from "./matching";

export type Reservation = Doc<"budget_reservations">;

export async function reservationOf(
  ctx: QueryCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  key: string,
): Promise<Reservation | null> {
  return await ctx.db
    .query("budget_reservations")
    .withIndex("by_key", (q) => q.eq("tenantId", tenantId).eq("key", key))
    .unique();
}

/** What a ledger row used, of which call, and when that began. */
export type Used = {
  called: Called;
  moment: Moment;
  /** Of the reservation that was made for it; absent: none can have been. */
  key?: string | undefined;
  spreadBy: string;
  used: Spending;
  /** Nobody said what was used, and the whole of what was held is booked. */
  isLost: boolean;
};

/**
 * Counts a ledger row in every budget that it falls under now, and ends the reservation that was made for it: in the
 * transaction that books it.
 */
export async function settleWith(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { called, moment, key, spreadBy, used, isLost, nowMs }: Used & { nowMs: number },
): Promise<void> {
  const found = key === undefined ? null : await reservationOf(ctx, scope, key);
  const open = found?.state === "reserved" ? found : null;
  const holds = new Map(open?.holds.map((hold) => [hold.policyId, hold]));
  const held = open?.reserved ?? NOTHING;
  for (const policy of await policiesFor(ctx, scope, called)) {
    const hold = holds.get(policy._id);
    // The tenant may have moved to another zone meanwhile: what was held was held in another period.
    if (hold === undefined || open?.period !== moment.hour) {
      await count(ctx, policy, { moment, spreadBy, used });
    } else {
      holds.delete(policy._id);
      await settleHold(ctx, hold, { held, used });
    }
  }
  for (const hold of holds.values()) await settleHold(ctx, hold, { held, used: NOTHING });
  if (open === null) return;
  const state = isLost ? "expired" : "settled";
  await close(ctx, open, { state, actual: used, endedAtMs: nowMs });
  if (isLost) await noteExpired(ctx, open, nowMs);
}

/** Gives back what was held for a call that used nothing. Safe to repeat. */
export async function release(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { key, nowMs }: { key: string; nowMs: number },
): Promise<void> {
  const reservation = await reservationOf(ctx, scope, key);
  if (reservation?.state !== "reserved") return;
  await giveBack(ctx, reservation);
  await close(ctx, reservation, { state: "released", actual: NOTHING, endedAtMs: nowMs });
}

/** Takes back what was held for a call that was not begun after all: its key is as good as new. */
export async function withdraw(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  key: string,
): Promise<void> {
  const reservation = await reservationOf(ctx, scope, key);
  if (reservation?.state !== "reserved") return;
  await giveBack(ctx, reservation);
  await ctx.db.delete("budget_reservations", reservation._id);
}

async function close(
  ctx: MutationCtx,
  { _id }: Reservation,
  ended: Pick<Reservation, "state" | "actual" | "endedAtMs">,
): Promise<void> {
  await ctx.db.patch("budget_reservations", _id, { ...ended, retryAtMs: undefined });
}

async function giveBack(ctx: MutationCtx, { reserved: held, holds }: Reservation): Promise<void> {
  for (const hold of holds) await settleHold(ctx, hold, { held, used: NOTHING });
}

async function noteExpired(
  ctx: MutationCtx,
  { tenantId, agentId, userId, keyId, key, reserved: amount, holds, period }: Reservation,
  nowMs: number,
): Promise<void> {
  for (const { policyId } of holds) {
    await ctx.db.insert("budget_events", {
      tenantId,
      policyId,
      kind: "expired",
      period,
      agentId,
      ...(userId !== undefined && { userId }),
      ...(keyId !== undefined && { keyId }),
      reservationKey: key,
      amount,
      at: nowMs,
    });
  }
}
