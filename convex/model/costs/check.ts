/**
 * Whether the ledger and what is summed beside it say the same.
 *
 * Each function here compares within one snapshot, or hands out a page of what is compared; `jobs/checks.ts` walks them.
 * The ledger is the truth: a roll-up that differs from it is the one that is wrong.
 */
import { v, type Infer } from "convex/values";
import { assert } from "../../../src/core/assert";
import { HOUR_MS } from "../../../src/core/limits";
import { orderOf } from "../../../src/core/periodRange";
import { hourIn, periodOf } from "../../../src/core/periods";
import type { QueryCtx } from "../../_generated/server";
import { vDimension, vWideSums, type StoredSums } from "../../validators";
import type { TenantScope } from "../access";
import { timeZoneOf } from "../periods";
import { read } from "../rollups/read";
import { fromWide, keysOf, NO_SUMS, plus, toWide, type Dimension } from "../rollups/sums";
import { openTallies } from "../rollups/tallies";
import { countedOf } from "./ledger";

type Of = Pick<TenantScope, "tenantId">;

/** Events of some kilobytes each. */
const EVENTS_PER_PAGE = 500;
/** Of a tenant that are listed in one query. */
export const HOURS_MAX = 24 * 7;
/** Two figures that should be one. */
export const vDifference = v.object({
  what: v.string(), // which figures: "events and roll-up", "days and month", …
  of: v.string(), // a dimension and key, such as "agent/…", or a budget
  period: v.string(),
  field: v.string(),
  expected: v.string(),
  found: v.string(),
});
export type Difference = Infer<typeof vDifference>;

/** The sums of a key, as the ledger has them. */
export const vKeySums = v.object({ dimension: vDimension, key: v.string(), sums: vWideSums });
export type KeySums = Infer<typeof vKeySums>;

/** What of the sums comes from the ledger alone. */
const OF_EVENTS = [
  "costEvents",
  "unpricedEvents",
  "promptTokens",
  "completionTokens",
  "inputCostPico",
  "outputCostPico",
  "feesPico",
  "totalCostPico",
] as const satisfies readonly (keyof StoredSums)[];

/** Of a day that retention has drawn together, these sums are left in the ledger. */
export const SUMMARISED_DIMENSIONS: readonly Dimension[] = ["tenant", "agent", "model", "provider"];

/** A page of the events of an hour, or of a day of which retention has drawn some together, by all that they count for. */
export async function sumsOfEvents(
  ctx: QueryCtx,
  { tenantId }: Of,
  { unit, period, cursor }: { unit: "hour" | "day"; period: string; cursor: string | null },
): Promise<{ sums: KeySums[]; cursor: string; isDone: boolean }> {
  const { fromMs, toMs } = spanOf(unit, period);
  const { page, continueCursor, isDone } = await ctx.db
    .query("cost_events")
    .withIndex("by_tenant_and_timestamp", (q) =>
      q.eq("tenantId", tenantId).gte("timestamp", fromMs).lt("timestamp", toMs),
    )
    .paginate({ cursor, numItems: EVENTS_PER_PAGE });
  const byName = new Map<string, KeySums>();
  for (const event of page) {
    if (periodOf(unit, event.period) !== period) continue; // of another zone, or a summary's
    const { of, delta } = countedOf(event);
    for (const [dimension, key] of keysOf(of)) {
      const name = `${dimension} ${key}`;
      const sums = plus(fromWide(byName.get(name)?.sums ?? NO_SUMS), delta);
      byName.set(name, { dimension, key, sums: toWide(sums) });
    }
  }
  return { sums: [...byName.values()], cursor: continueCursor, isDone };
}

/**
 * The hours between two moments in which something was booked or summed, by whichever of the two says so.
 *
 * @throws Error - It is more than `HOURS_MAX` hours.
 */
export async function hoursBetween(
  ctx: QueryCtx,
  { tenantId }: Of,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<string[]> {
  assert(toMs - fromMs <= HOURS_MAX * HOUR_MS, `${HOURS_MAX} hours at most are looked at together`);
  const timeZone = await timeZoneOf(ctx, { tenantId });
  const summed = await ctx.db
    .query("rollups")
    .withIndex("by_key", (q) =>
      q
        .eq("tenantId", tenantId)
        .eq("dimension", "tenant")
        .eq("key", "")
        .eq("unit", "hour")
        .gte("period", hourIn(timeZone, fromMs))
        .lte("period", `${hourIn(timeZone, toMs)}~`),
    )
    .take(2 * HOURS_MAX);
  const hours = new Set(summed.map(({ period }) => period));
  for (let hourMs = fromMs - (fromMs % HOUR_MS); hourMs < toMs; hourMs += HOUR_MS) {
    const booked = () =>
      ctx.db.query("cost_events").withIndex("by_tenant_and_timestamp", (q) =>
        q
          .eq("tenantId", tenantId)
          .gte("timestamp", hourMs)
          .lt("timestamp", hourMs + HOUR_MS),
      );
    // In zones that are half an hour off, an hour of UTC is part of two.
    for (const order of ["asc", "desc"] as const) {
      const outer = await booked().order(order).first();
      if (outer === null) break;
      hours.add(outer.period);
    }
  }
  return [...hours];
}

/** Whether retention has drawn events of the day together: its hours are not in the ledger any more. */
export async function isSummarised(ctx: QueryCtx, { tenantId }: Of, day: string): Promise<boolean> {
  const summary = await ctx.db
    .query("cost_events")
    .withIndex("by_kind", (q) =>
      q.eq("tenantId", tenantId).eq("kind", "summary").eq("timestamp", Date.parse(day)),
    )
    .first();
  return summary !== null;
}

/** Where the roll-ups, with what is not folded into them yet, differ from sums of the ledger. */
export async function differencesFrom(
  ctx: QueryCtx,
  of: Of,
  { unit, period, expected }: { unit: "hour" | "day"; period: string; expected: KeySums[] },
): Promise<Difference[]> {
  const open = await openTallies(ctx, of);
  const found = await Promise.all(
    expected.map(async ({ dimension, key, sums }) => {
      const rollup = await read(ctx, of, { dimension, key, unit, period, open });
      const named = { what: "events and roll-up", of: `${dimension}/${key}`, period };
      return compare(named, { expected: fromWide(sums), found: rollup });
    }),
  );
  return found.flat();
}

/** What the tenant's roll-up says of a period now: while this changes, nothing else can be compared with pages. */
export async function markOf(
  ctx: QueryCtx,
  of: Of,
  { unit, period }: { unit: "hour" | "day"; period: string },
): Promise<string> {
  const sums = await read(ctx, of, { dimension: "tenant", key: "", unit, period });
  return OF_EVENTS.map((field) => sums[field]).join(" ");
}

/** A page of the keys of a dimension that have costs in a period. */
export async function keysCounted(
  ctx: QueryCtx,
  { tenantId }: Of,
  at: { dimension: Dimension; unit: "hour" | "day"; period: string; cursor: string | null },
): Promise<{ keys: string[]; cursor: string; isDone: boolean }> {
  const { dimension, unit, period, cursor } = at;
  const { page, continueCursor, isDone } = await ctx.db
    .query("rollups")
    .withIndex("by_cost", (q) =>
      q.eq("tenantId", tenantId).eq("dimension", dimension).eq("unit", unit).eq("period", period),
    )
    .paginate({ cursor, numItems: EVENTS_PER_PAGE });
  const counted = page.filter((row) => {
    const sums = fromWide(row);
    return OF_EVENTS.some((field) => BigInt(sums[field]) !== 0n);
  });
  return { keys: counted.map(({ key }) => key), cursor: continueCursor, isDone };
}

export type Named = Pick<Difference, "what" | "of" | "period">;
type Both = { expected: StoredSums; found: StoredSums };

export function compare(named: Named, { expected, found }: Both): Difference[] {
  return OF_EVENTS.filter((field) => expected[field] !== found[field]).map((field) => ({
    ...named,
    field,
    expected: String(expected[field]),
    found: String(found[field]),
  }));
}

/** Moments that count for the period; of a day, also some that count for its neighbours. */
function spanOf(unit: "hour" | "day", period: string): { fromMs: number; toMs: number } {
  if (unit === "hour") {
    const fromMs = orderOf(period);
    return { fromMs, toMs: fromMs + HOUR_MS };
  }
  const utcMs = Date.parse(period);
  return { fromMs: utcMs - OFFSET_MS_MAX, toMs: utcMs + 24 * HOUR_MS + OFFSET_MS_MAX };
}

/** No zone is as far from UTC. */
const OFFSET_MS_MAX = 15 * HOUR_MS;
