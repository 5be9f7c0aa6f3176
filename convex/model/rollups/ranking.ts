/** The keys of a dimension in a period, the dearest first: exact, whatever is folded and however many they are. */
import type { IndexRange, IndexRangeBuilder, NamedIndex, NamedTableInfo } from "convex/server";
import { widen } from "../../../src/core/money";
import type { DataModel, Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { openSums, readFolded, together, type Of } from "./read";
import { sumsOfRow, type SumId, type Sums } from "./sums";
import type { OpenTallies } from "./tallies";

/** Each takes a read of its own; by then the fold is far behind. */
const MOVED_MAX = 1_000;

export type Ranked = { key: string; sums: Sums };
type At = Omit<SumId, "key">;

/** Where a key stands: among equals the one that was counted last comes first. */
type Place = { costPico: bigint; createdAt: number | null; key: string };
type Standing = Ranked & Place;

type Ask = At & { open: OpenTallies; cursor: string | null; count: number };

type Ranking = {
  ranked: Ranked[];
  /** Where the next page begins; null at the end. */
  cursor: string | null;
  /** Unless null, what was counted since this moment is not all in it. */
  countedUntil: number | null;
};

/**
 * A page of the keys, the dearest first.
 *
 * @throws invalid_argument - The cursor is none of a ranking.
 */
export async function rank(
  ctx: QueryCtx,
  scope: Of,
  { open, cursor, count, ...at }: Ask,
): Promise<Ranking> {
  const after = cursor === null ? null : placeOf(cursor);
  const { sums, countedUntil } = sumsWithin(open, at);
  const moved = await Promise.all(
    [...sums].map(async ([key, more]): Promise<Standing> => {
      const row = await readFolded(ctx, scope, { ...at, key });
      return standing(key, together(row, more), row?.createdAt ?? null);
    }),
  );
  const waiting = moved
    .filter((one) => after === null || compare(after, one) < 0)
    .toSorted(compare);
  const page: Standing[] = [];
  const takeWaiting = (before: Place | null) => {
    while (page.length <= count) {
      const next = waiting[0];
      if (next === undefined || (before !== null && compare(before, next) < 0)) return;
      page.push(next);
      waiting.shift();
    }
  };
  for await (const row of foldedAfter(ctx, scope, { ...at, after })) {
    if (sums.has(row.key)) continue; // stands elsewhere by now
    const next = standing(row.key, sumsOfRow(row), row._creationTime);
    takeWaiting(next);
    page.push(next);
    if (page.length > count) break;
  }
  takeWaiting(null);
  const [ranked, last] = [page.slice(0, count), page[count - 1]];
  const isDone = page.length <= count || last === undefined;
  return { ranked, cursor: isDone ? null : cursorOf(last), countedUntil };
}

/** What the open tallies add, of as many keys as can be read one by one; the oldest first. */
function sumsWithin(open: OpenTallies, at: At) {
  const sums = openSums(open.tallies, at);
  if (sums.size <= MOVED_MAX) return { sums, countedUntil: open.countedUntil };
  const half = open.tallies.slice(0, Math.floor(open.tallies.length / 2));
  const countedUntil = open.tallies[half.length]?.atMs ?? null;
  return sumsWithin({ tallies: half, countedUntil }, at);
}

/** The cheapest keys, in no order and as far as they are folded, each with all that is counted of it. */
export async function cheapest(
  ctx: QueryCtx,
  scope: Of,
  { open, count, ...at }: Omit<Ask, "cursor">,
): Promise<Ranked[]> {
  const rows = await ctx.db
    .query("rollups")
    .withIndex("by_cost", (q) => inPeriod(q, scope, at))
    .take(count);
  const sums = openSums(open.tallies, at);
  return rows.map((row) => ({ key: row.key, sums: together(sumsOfRow(row), sums.get(row.key)) }));
}

async function* foldedAfter(
  ctx: QueryCtx,
  scope: Of,
  { after, ...at }: At & { after: Place | null },
): AsyncGenerator<Doc<"rollups">> {
  const rows = (range: (q: InPeriod) => IndexRange) =>
    ctx.db
      .query("rollups")
      .withIndex("by_cost", (q) => range(inPeriod(q, scope, at)))
      .order("desc");
  if (after === null) {
    yield* rows((q) => q);
    return;
  }
  const { costPico, createdAt } = after;
  const { carry, rest } = widen(costPico);
  yield* rows((q) => {
    const equal = q.eq("carries.totalCostPico", carry).eq("totalCostPico", rest);
    return createdAt === null ? equal : equal.lt("_creationTime", createdAt);
  });
  yield* rows((q) => q.eq("carries.totalCostPico", carry).lt("totalCostPico", rest));
  if (carry !== undefined) yield* rows((q) => q.lt("carries.totalCostPico", carry));
}

type ByCost = IndexRangeBuilder<
  Doc<"rollups">,
  NamedIndex<NamedTableInfo<DataModel, "rollups">, "by_cost">
>;
type InPeriod = ReturnType<typeof inPeriod>;

function inPeriod(q: ByCost, { tenantId }: Of, { dimension, unit, period }: At) {
  return q
    .eq("tenantId", tenantId)
    .eq("dimension", dimension)
    .eq("unit", unit)
    .eq("period", period);
}

function standing(key: string, sums: Sums, createdAt: number | null): Standing {
  return { key, sums, costPico: sums.totalCostPico, createdAt };
}

/** As the index has them, and what is in no row yet before what is. */
function compare(a: Place, b: Place): number {
  if (a.costPico !== b.costPico) return a.costPico > b.costPico ? -1 : 1;
  const [createdA, createdB] = [a.createdAt ?? Infinity, b.createdAt ?? Infinity];
  if (createdA !== createdB) return createdA > createdB ? -1 : 1;
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}

function cursorOf({ costPico, createdAt, key }: Place): string {
  return JSON.stringify([costPico.toString(), createdAt, key]);
}

function placeOf(cursor: string): Place {
  const [costPico, createdAt, key] = parsed(cursor);
  const isOne =
    typeof costPico === "string" &&
    /^-?\d{1,30}$/.test(costPico) &&
    (createdAt === null || typeof createdAt === "number") &&
    typeof key === "string";
  if (isOne) return { costPico: BigInt(costPico), createdAt, key };
  const reason = "is none of this ranking";
  return fail({ kind: "invalid_argument", field: "paginationOpts.cursor", reason });
}

function parsed(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(cursor);
    return Array.isArray(value) ? value : [];
  } catch {
    return []; // told by the caller, with the other ways to be no cursor
  }
}
