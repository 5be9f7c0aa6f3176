/** Counters and their shards, as rows: the rules are those of `src/budgets/escrow.ts`. */
import type { WithoutSystemFields } from "convex/server";
import {
  isOver,
  newShard,
  settle,
  shardOf,
  SHARDS_MAX,
  type Division,
  type Redivided,
  type Shard,
} from "../../../src/budgets/escrow";
import { fromStored, NOTHING, toStored, type Spending } from "../../../src/budgets/amounts";
import { periodOf } from "../../../src/core/periods";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import type { Hold } from "../../validators";
import { insertCounter, newCounter } from "./counting";
import type { CountedPolicy } from "./matching";
import { counterOf } from "./standing";

type CounterRow = Doc<"budget_counters">;
type Counter = Pick<CounterRow, "_id" | "tenantId">;
/** A counter as it stands; without an id: nothing was counted yet, and nobody has written it. */
export type CounterSeen = WithoutSystemFields<CounterRow> & { _id: CounterRow["_id"] | null };
type ShardRow = Doc<"budget_shards">;

/** The moment that something counts for, and the hour that this is in for the tenant. */
export type Moment = { atMs: number; hour: string };

/** The policy's counter of the period that the hour is in. */
export async function counterAt(
  ctx: MutationCtx,
  policy: CountedPolicy,
  { atMs, hour }: Moment,
): Promise<CounterRow> {
  const period = periodOf(policy.window, hour);
  return (
    (await counterOf(ctx, policy, period)) ?? (await insertCounter(ctx, policy, { period, atMs }))
  );
}

/** The same for whoever only looks. */
export async function counterSeen(
  ctx: QueryCtx,
  policy: CountedPolicy,
  { atMs, hour }: Moment,
): Promise<CounterSeen> {
  const period = periodOf(policy.window, hour);
  const counter = await counterOf(ctx, policy, period);
  if (counter === null) return { ...(await newCounter(ctx, policy, { period, atMs })), _id: null };
  return { ...counter, settled: fromStored(counter.settled) };
}

export function divisionOf({ division }: Pick<CounterRow, "division">): Division | null {
  return division ?? null;
}

/** The shard with its row, if it has one yet. */
export type Found = { number: number; shard: Shard; id: Id<"budget_shards"> | null };

/** The shard that a writer uses now. */
export async function shardFor(
  ctx: QueryCtx,
  counter: CounterSeen,
  spreadBy: string,
): Promise<Found> {
  const { tenantId, _id: counterId } = counter;
  const division = divisionOf(counter);
  const number = shardOf(spreadBy, division);
  if (counterId === null) return { number, shard: newShard(division), id: null };
  const row = await ctx.db
    .query("budget_shards")
    .withIndex("by_counter", (q) =>
      q.eq("tenantId", tenantId).eq("counterId", counterId).eq("shard", number),
    )
    .unique();
  return row === null
    ? { number, shard: newShard(division), id: null }
    : { number, shard: shardIn(row), id: row._id };
}

/** The row with what it stands for. */
function shardIn(row: ShardRow): ShardRow {
  return { ...row, used: fromStored(row.used) };
}

export async function writeShard(
  ctx: MutationCtx,
  { _id: counterId, tenantId }: Counter,
  { number, shard: { share, reserved, used: all }, id }: Found,
): Promise<Id<"budget_shards">> {
  const used = toStored(all);
  if (id === null) {
    const place = { tenantId, counterId, shard: number };
    return await ctx.db.insert("budget_shards", { ...place, share, reserved, used });
  }
  await ctx.db.patch("budget_shards", id, { share, reserved, used });
  return id;
}

export async function shardsOf(
  ctx: QueryCtx,
  { _id, tenantId }: Pick<CounterSeen, "_id" | "tenantId">,
): Promise<ShardRow[]> {
  if (_id === null) return [];
  const rows = await ctx.db
    .query("budget_shards")
    .withIndex("by_counter", (q) => q.eq("tenantId", tenantId).eq("counterId", _id))
    .take(SHARDS_MAX);
  return rows.map(shardIn);
}

/** Writes the counter as it was divided anew. */
export async function writeDivision(
  ctx: MutationCtx,
  counter: Counter,
  { before, after }: { before: readonly ShardRow[]; after: Redivided },
): Promise<void> {
  const { settled: all, division } = after.counter;
  const settled = toStored(all);
  await ctx.db.patch("budget_counters", counter._id, { settled, division: division ?? undefined });
  const rows = new Map(before.map((row) => [row.shard, row._id]));
  for (const number of after.emptied) {
    const id = rows.get(number);
    if (id !== undefined) await ctx.db.delete("budget_shards", id);
  }
  for (const { shard: number, ...shard } of after.shards) {
    await writeShard(ctx, counter, { number, shard, id: rows.get(number) ?? null });
  }
}

/** Counts what was used, where nothing was held for it. */
export async function count(
  ctx: MutationCtx,
  policy: CountedPolicy,
  { moment, spreadBy, used }: { moment: Moment; spreadBy: string; used: Spending },
): Promise<void> {
  await countIn(ctx, await counterAt(ctx, policy, moment), { spreadBy, used });
}

async function countIn(
  ctx: MutationCtx,
  counter: CounterRow,
  { spreadBy, used }: { spreadBy: string; used: Spending },
): Promise<void> {
  const found = await shardFor(ctx, counter, spreadBy);
  const shard = settle(found.shard, { held: NOTHING, used });
  await writeShard(ctx, counter, { ...found, shard });
  if (isOver(shard)) await undivide(ctx, counter);
}

/**
 * Gives back what was held in the shard, and counts there what was used. A shard in which nothing was held may be gone,
 * drawn together with others: then it is counted in the one of now. A budget that is gone counts nothing.
 */
export async function settleHold(
  ctx: MutationCtx,
  { shardId, counterId }: Hold,
  { held, used }: { held: Spending; used: Spending },
): Promise<void> {
  const row = await ctx.db.get("budget_shards", shardId);
  if (row === null) {
    const counter = await ctx.db.get("budget_counters", counterId);
    if (counter !== null) await countIn(ctx, counter, { spreadBy: shardId, used });
    return;
  }
  const shard = settle(shardIn(row), { held, used });
  const { reserved, used: all } = shard;
  await ctx.db.patch("budget_shards", shardId, { reserved, used: toStored(all) });
  if (!isOver(shard)) return;
  const counter = await ctx.db.get("budget_counters", counterId);
  if (counter !== null) await undivide(ctx, counter);
}

/** The shards may not admit by themselves any more: whoever asks next draws them together. */
async function undivide(ctx: MutationCtx, { _id, division }: CounterRow): Promise<void> {
  if (division !== undefined) await ctx.db.patch("budget_counters", _id, { division: undefined });
}
