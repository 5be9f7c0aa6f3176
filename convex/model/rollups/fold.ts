/**
 * Adds tallies to the roll-ups that they are part of. One transaction at a time does, over all tenants; each tenant's
 * are folded in one of their own within it, so that what cannot be folded stops nobody else.
 */
import { MINUTE_MS } from "../../../src/core/limits";
import { periodOf } from "../../../src/core/periods";
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fromWide, keysOf, NO_SUMS, plus, toWide, UNITS, type SumId, type Sums } from "./sums";

/**
 * Each may be of 8 dimensions and 4 units. In a burst most are of the same few rows, and many are folded at once. Of the
 * 4,096 ranges that a transaction may read, a tally takes one, and a roll-up that is there already two: its place in the
 * index, and itself; what a part reads that fails counts as well. And its second is to suffice on a busy machine.
 */
const BATCH_TALLIES = 500;
const BATCH_ROLLUPS = 800;
const SUMS_PER_TALLY = 8 * UNITS.length;
/** Each is a call of its own, of a millisecond or some. */
const BATCH_TENANTS = 32;

/**
 * Younger ones may come beside others that are being written, and the fold would have to give way to them.
 * A mutation takes no longer than a second.
 */
export const SETTLED_MS = 2_000;

/** How long tallies wait that could not be folded: somebody must look first. */
const POSTPONED_MS = 10 * MINUTE_MS;

type Tally = Doc<"tallies">;
type Change = SumId & { tenantId: Id<"tenants">; delta: Sums };
/** Whose sums have moved. */
type Moved = Pick<Change, "tenantId" | "dimension" | "key">;
type Folded = { foldedCount: number; sumCount: number; moved: Moved[] };
/** Only tallies from before `beforeMs` are folded. */
type When = { beforeMs: number; nowMs: number };

/**
 * Folds some tallies, the oldest first.
 *
 * @returns How many are done with for now, whether there may be more, and whose sums have moved.
 */
export async function fold(
  ctx: MutationCtx,
  when: When,
): Promise<{ doneCount: number; hasMore: boolean; moved: Moved[] }> {
  const waiting = await due(ctx, when);
  const moved: Moved[] = [];
  let doneCount = 0;
  let room = BATCH_ROLLUPS;
  for (const [tenantId, tallies] of byTenant(waiting).slice(0, BATCH_TENANTS)) {
    if (room < SUMS_PER_TALLY) break;
    try {
      const some = { tallyIds: tallies.map(({ _id }) => _id), sumsMax: room };
      const folded: Folded = await ctx.runMutation(internal.jobs.rollups.foldOfTenant, some);
      doneCount += folded.foldedCount;
      room -= folded.sumCount;
      moved.push(...folded.moved);
    } catch (error) {
      console.error(`the tallies of tenant ${tenantId} could not be folded:`, error);
      await postpone(ctx, tallies, when.nowMs);
      doneCount += tallies.length;
      break; // what it has read counts for this transaction
    }
  }
  const hasMore = doneCount < waiting.length || waiting.length >= BATCH_TALLIES;
  return { doneCount, hasMore, moved };
}

/** Folds tallies of one tenant: as many, in order, as change few enough sums. */
export async function foldOfTenant(
  ctx: MutationCtx,
  { tallyIds, sumsMax }: { tallyIds: readonly Id<"tallies">[]; sumsMax: number },
): Promise<Folded> {
  const found = await Promise.all(tallyIds.map(async (id) => await ctx.db.get("tallies", id)));
  const tallies = found.filter((tally) => tally !== null);
  const { changes, foldedCount } = changesBy(tallies, sumsMax);
  const folded = tallies.slice(0, foldedCount);
  await Promise.all(changes.map((change) => addToRollup(ctx, change)));
  await Promise.all(folded.map(({ _id }) => ctx.db.delete("tallies", _id)));
  const moved = changes.flatMap(({ tenantId, dimension, key, unit }) =>
    unit === "total" ? [{ tenantId, dimension, key }] : [],
  );
  return { foldedCount, sumCount: changes.length, moved };
}

/** Whether there is something to fold. */
export async function isAnythingDue(ctx: QueryCtx, when: When): Promise<boolean> {
  return (await due(ctx, when, 1)).length > 0;
}

/** Tallies to fold, the oldest first; those that are to be tried again come last. */
async function due(
  ctx: QueryCtx,
  { beforeMs, nowMs }: When,
  countMax = BATCH_TALLIES,
): Promise<Tally[]> {
  const fresh = await ctx.db
    .query("tallies")
    .withIndex("by_fold_time", (q) => q.eq("retryAtMs", undefined).lt("atMs", beforeMs))
    .take(countMax);
  if (fresh.length === countMax) return fresh;
  const again = await ctx.db
    .query("tallies")
    .withIndex("by_fold_time", (q) => q.gt("retryAtMs", 0).lte("retryAtMs", nowMs))
    .take(countMax - fresh.length);
  return [...fresh, ...again];
}

function byTenant(tallies: readonly Tally[]): [Id<"tenants">, Tally[]][] {
  const byId = new Map<Id<"tenants">, Tally[]>();
  for (const tally of tallies) {
    const { tenantId } = tally;
    const theirs = byId.get(tenantId);
    if (theirs === undefined) byId.set(tenantId, [tally]);
    else theirs.push(tally);
  }
  return [...byId];
}

/** Moves what could not be folded out of the way of the others. */
async function postpone(ctx: MutationCtx, tallies: readonly Tally[], nowMs: number): Promise<void> {
  const retryAtMs = nowMs + POSTPONED_MS;
  await Promise.all(tallies.map(({ _id }) => ctx.db.patch("tallies", _id, { retryAtMs })));
}

/** What the tallies add to each sum that they are part of: of as many, in order, as change few enough sums. */
function changesBy(
  tallies: readonly Tally[],
  sumsMax: number,
): { changes: Change[]; foldedCount: number } {
  const changes = new Map<string, Change>();
  let foldedCount = 0;
  for (const tally of tallies) {
    if (changes.size + SUMS_PER_TALLY > sumsMax) break;
    addTally(changes, tally);
    foldedCount++;
  }
  return { changes: [...changes.values()], foldedCount };
}

function addTally(
  changes: Map<string, Change>,
  { tenantId, atMs, period: hour, sums, ...place }: Tally,
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

async function addToRollup(
  ctx: MutationCtx,
  { delta: { lastActiveAt, ...delta }, ...id }: Change,
): Promise<void> {
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
    await ctx.db.insert("rollups", { ...id, ...toWide(delta), lastActiveAt });
    return;
  }
  await ctx.db.patch("rollups", row._id, {
    carries: undefined,
    ...toWide(plus(fromWide(row), delta)),
    lastActiveAt: Math.max(row.lastActiveAt, lastActiveAt),
  });
}
