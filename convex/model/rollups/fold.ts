/** Adds tallies to the roll-ups that they are part of. One transaction at a time does, over all tenants. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { periodOf } from "../../../src/core/periods";
import { keysOf, NO_SUMS, plus, UNITS, type SumId, type Sums } from "./sums";

/**
 * Each may be of 8 dimensions and 4 units. In a burst most are of the same few rows, and many are folded at once; of
 * rows, at most these are read and written.
 */
const BATCH_TALLIES = 1_000;
const BATCH_ROLLUPS = 2_048;
const SUMS_PER_TALLY = 8 * UNITS.length;

/**
 * Younger ones may come beside others that are being written, and the fold would have to give way to them.
 * A mutation takes no longer than a second.
 */
export const SETTLED_MS = 2_000;

/** Tallies that lie there for as long show that nobody folds. */
const IDLE_MS = 30_000;

type Change = SumId & { tenantId: Id<"tenants">; delta: Sums };

/**
 * Folds some tallies, the oldest first.
 *
 * @param beforeMs - Only those from before this moment.
 * @returns How many were folded, whether there may be more, and whose sums have moved.
 */
export async function fold(
  ctx: MutationCtx,
  beforeMs: number,
): Promise<{
  foldedCount: number;
  hasMore: boolean;
  moved: Omit<Change, "delta" | "unit" | "period">[];
}> {
  const oldest = await ctx.db
    .query("tallies")
    .withIndex("by_fold_time", (q) => q.lt("atMs", beforeMs))
    .take(BATCH_TALLIES);
  const { changes, foldedCount } = changesBy(oldest);
  const folded = oldest.slice(0, foldedCount);
  await Promise.all(changes.map((change) => addToRollup(ctx, change)));
  await Promise.all(folded.map(({ _id }) => ctx.db.delete("tallies", _id)));
  const moved = changes.flatMap(({ tenantId, dimension, key, unit }) =>
    unit === "total" ? [{ tenantId, dimension, key }] : [],
  );
  const hasMore = foldedCount < oldest.length || oldest.length === BATCH_TALLIES;
  return { foldedCount, hasMore, moved };
}

/** Whether tallies have lain there for so long that nobody can be folding. */
export async function isIdle(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const forgotten = await ctx.db
    .query("tallies")
    .withIndex("by_fold_time", (q) => q.lt("atMs", nowMs - IDLE_MS))
    .first();
  return forgotten !== null;
}

/** What the tallies add to each sum that they are part of: of as many, in order, as change few enough sums. */
function changesBy(tallies: readonly Doc<"tallies">[]): { changes: Change[]; foldedCount: number } {
  const changes = new Map<string, Change>();
  let foldedCount = 0;
  for (const tally of tallies) {
    if (changes.size + SUMS_PER_TALLY > BATCH_ROLLUPS) break;
    addTally(changes, tally);
    foldedCount++;
  }
  return { changes: [...changes.values()], foldedCount };
}

function addTally(
  changes: Map<string, Change>,
  { tenantId, atMs, period: hour, sums, ...place }: Doc<"tallies">,
): void {
  for (const [dimension, key] of keysOf(place)) {
    for (const unit of UNITS) {
      const id = { tenantId, dimension, key, unit, period: periodOf(unit, hour) };
      const name = JSON.stringify(Object.values(id));
      const { delta } = changes.get(name) ?? { delta: { ...NO_SUMS, lastActiveAt: 0 } };
      const lastActiveAt = Math.max(delta.lastActiveAt, atMs);
      changes.set(name, { ...id, delta: { ...plus(delta, sums), lastActiveAt } });
    }
  }
}

async function addToRollup(ctx: MutationCtx, { delta, ...id }: Change): Promise<void> {
  const row = await ctx.db
    .query("rollups")
    .withIndex("by_key", (q) =>
      q
        .eq("tenantId", id.tenantId)
        .eq("dimension", id.dimension)
        .eq("key", id.key)
        .eq("unit", id.unit)
        .eq("period", id.period),
    )
    .unique();
  if (row === null) {
    await ctx.db.insert("rollups", { ...id, ...delta });
    return;
  }
  const lastActiveAt = Math.max(row.lastActiveAt, delta.lastActiveAt);
  await ctx.db.patch("rollups", row._id, { ...plus(row, delta), lastActiveAt });
}
