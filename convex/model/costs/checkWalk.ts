/** Which older hours of a tenant's are compared next: a walk over all of them that begins again at its end. */
import { HOUR_MS } from "../../../src/core/limits";
import { orderOf } from "../../../src/core/periodRange";
import { hourIn } from "../../../src/core/periods";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { timeZoneOf } from "../periods";

type Of = Pick<TenantScope, "tenantId">;
export type Span = { fromMs: number; toMs: number };

/** At each pass of the checker, of which there is one in an hour: so it has been everywhere in an eighth of the time. */
const HOURS_PER_PASS = 8;
const MARK = "ledgerCheckedUntilMs";

/** The hours behind those of the last time in which there is something, or the first of all; null: there are none. */
export async function olderSpan(
  ctx: QueryCtx,
  of: Of,
  { beforeMs }: { beforeMs: number },
): Promise<Span | null> {
  const mark = await markRow(ctx, of);
  const behind = await nextBooked(ctx, of, mark === null ? 0 : Number(mark.value));
  const isBehind = behind !== null && behind < beforeMs;
  const fromMs = isBehind ? behind : await nextBooked(ctx, of, 0);
  if (fromMs === null || fromMs >= beforeMs) return null;
  return { fromMs, toMs: Math.min(beforeMs, fromMs + HOURS_PER_PASS * HOUR_MS) };
}

/** The walk goes on behind it, whatever is found in it: it is looked at again the next time round. */
export async function noteChecked(
  ctx: MutationCtx,
  of: Of,
  { toMs, nowMs }: { toMs: number; nowMs: number },
): Promise<void> {
  const row = await markRow(ctx, of);
  const stored = { value: String(toMs), updatedAt: nowMs };
  if (row !== null) await ctx.db.patch("system_configs", row._id, stored);
  else {
    const { tenantId } = of;
    await ctx.db.insert("system_configs", { tenantId, name: MARK, ...stored });
  }
}

/** From a moment on, the first at which something was booked or, by its roll-ups, should have been. */
async function nextBooked(ctx: QueryCtx, of: Of, fromMs: number): Promise<number | null> {
  const { tenantId } = of;
  const event = await ctx.db
    .query("cost_events")
    .withIndex("by_tenant_and_timestamp", (q) =>
      q.eq("tenantId", tenantId).gte("timestamp", fromMs),
    )
    .first();
  const hour = hourIn(await timeZoneOf(ctx, of), fromMs);
  const rollup = await ctx.db
    .query("rollups")
    .withIndex("by_key", (q) =>
      q
        .eq("tenantId", tenantId)
        .eq("dimension", "tenant")
        .eq("key", "")
        .eq("unit", "hour")
        .gte("period", hour),
    )
    .first();
  const moments = [event?.timestamp, rollup && orderOf(rollup.period)];
  const known = moments.filter((atMs) => typeof atMs === "number");
  // The tenant may have moved to another zone since: it goes on, not back.
  return known.length === 0 ? null : Math.max(fromMs, Math.min(...known));
}

async function markRow(ctx: QueryCtx, { tenantId }: Of) {
  return await ctx.db
    .query("system_configs")
    .withIndex("by_name", (q) => q.eq("tenantId", tenantId).eq("name", MARK))
    .unique();
}
