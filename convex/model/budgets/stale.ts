/** Open reservations that nothing stands for any more: their call is over, or nobody has ended them in time. */
import type { QueryCtx } from "../../_generated/server";
import { MINUTE_MS } from "../../../src/core/limits";
import type { TenantScope } from "../access";
import type { Difference } from "../costs/check";
import { attemptOf } from "../runs/attempts";
import type { Reservation } from "./reservations";

type Of = Pick<TenantScope, "tenantId">;

/** Each takes a read of its run, and one of its step. */
const PER_PAGE = 200;
/** The sweep comes each minute; what it could not book it tries again after ten. */
const LATE_MS = 5 * MINUTE_MS;
/** Far more than a tenant may have under way. */
const SKILL_CALLS_MAX = 1_000;

/** A page of the tenant's open reservations, where they should not be open. */
export async function staleReservations(
  ctx: QueryCtx,
  of: Of,
  { cursor, nowMs }: { cursor: string | null; nowMs: number },
): Promise<{ differences: Difference[]; cursor: string; isDone: boolean }> {
  const { page, continueCursor, isDone } = await ctx.db
    .query("budget_reservations")
    .withIndex("by_state", (q) => q.eq("tenantId", of.tenantId).eq("state", "reserved"))
    .paginate({ cursor, numItems: PER_PAGE });
  const skillCalls = await skillCallsOf(ctx, of);
  const differences: Difference[] = [];
  for (const reservation of page) {
    const { key, period, expiresAtMs } = reservation;
    const named = { what: "reservation and its call", of: `reservation/${key}`, period };
    if (nowMs > expiresAtMs + LATE_MS) {
      const since = `open since its end at ${new Date(expiresAtMs).toISOString()}`;
      differences.push({ ...named, field: "expiresAtMs", expected: "booked", found: since });
    } else if (!(await isCallUnderWay(ctx, reservation, skillCalls))) {
      differences.push({ ...named, field: "call", expected: "under way", found: "over" });
    }
  }
  return { differences, cursor: continueCursor, isDone };
}

/** The attempts of skills that are called by themselves, while they are under way. */
async function skillCallsOf(ctx: QueryCtx, { tenantId }: Of): Promise<ReadonlySet<string>> {
  const calls = await ctx.db
    .query("skill_calls")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .take(SKILL_CALLS_MAX);
  return new Set(calls.flatMap(({ attempt }) => attempt?.attemptId ?? []));
}

/** Of spenders outside, and of embeddings, nothing is known but that they may take until the end. */
async function isCallUnderWay(
  ctx: QueryCtx,
  { tenantId, key }: Reservation,
  skillCalls: ReadonlySet<string>,
): Promise<boolean> {
  const [first = ""] = key.split("/");
  if (first === "external" || first === "embedding") return true;
  if (first === "skill") return skillCalls.has(key);
  return (await attemptOf(ctx, { tenantId }, key))?.attempt.status === "running";
}
