/**
 * Tallies: what one transaction adds to the tenant's sums, as a row of its own that is only inserted. So writers
 * never meet each other, however many they are; `fold` adds the rows up a moment later, and whoever reads a sum in
 * between adds those that are left. A sum is never behind what it counts, which changes in the same transaction.
 */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { assert } from "../../../src/core/assert";
import type { StoredSums } from "../../validators";
import type { TenantScope } from "../access";
import { hourFor } from "../periods";
import { NO_SUMS, plus, type Place } from "./sums";

/**
 * Bounds what a reader adds up: one minute of 130 runs a second, of one tenant. Folding takes the oldest first, and
 * comes every few seconds.
 */
const OPEN_MAX = 8_000;

type NewTally = Omit<Doc<"tallies">, "_id" | "_creationTime">;
type Written = { id: Doc<"tallies">["_id"]; tally: NewTally };

/** What the transaction has written so far: the end of a run counts twice, and is one row. */
const WRITTEN = new WeakMap<MutationCtx, Written>();

type Counted = {
  of: Place;
  delta: Partial<StoredSums>;
  nowMs: number;
  /** The hour that it counts for, if not the present one. */
  period?: string;
};

/** Counts something, in the transaction that writes it. */
export async function add(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { of, delta, nowMs, period }: Counted,
): Promise<void> {
  const tally: NewTally = {
    tenantId: scope.tenantId,
    ...of,
    atMs: nowMs,
    period: period ?? (await hourFor(ctx, scope, nowMs)),
    sums: plus(NO_SUMS, delta),
  };
  const before = WRITTEN.get(ctx);
  const together = before && inOne(before.tally, tally);
  if (before !== undefined && together) {
    await ctx.db.replace("tallies", before.id, together);
    before.tally = together;
    return;
  }
  const id = await ctx.db.insert("tallies", tally);
  WRITTEN.set(ctx, { id, tally });
}

/** Tallies that are in no roll-up yet; unless `countedUntil` is null, those since that moment are not all there. */
export type OpenTallies = { tallies: Doc<"tallies">[]; countedUntil: number | null };

/** As many of the tenant's open tallies as can be added up, the oldest first: for views, which say how far they go. */
export async function recentTallies(
  ctx: QueryCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
): Promise<OpenTallies> {
  const tallies = await ctx.db
    .query("tallies")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .take(OPEN_MAX);
  const last = tallies.length === OPEN_MAX ? tallies.at(-1) : undefined;
  return { tallies, countedUntil: last?.atMs ?? null };
}

/** All of the tenant's open tallies, for those who must not err: the fold is behind, or they have them all. */
export async function openTallies(
  ctx: QueryCtx,
  of: Pick<TenantScope, "tenantId">,
): Promise<Doc<"tallies">[]> {
  const { tallies, countedUntil } = await recentTallies(ctx, of);
  assert(countedUntil === null, "tallies are folded before there are too many to read");
  return tallies;
}

/** Both as one, if they are of the same place and time; at most one of them says which model. */
function inOne(a: NewTally, b: NewTally): NewTally | null {
  const { sums: _a, model: modelOfA, ...placeOfA } = a;
  const { sums: _b, model: modelOfB, ...placeOfB } = b;
  if (modelOfA !== undefined && modelOfB !== undefined) return null;
  if (!isSame(placeOfA, placeOfB)) return null;
  return { ...a, ...b, sums: plus(a.sums, b.sums) };
}

const SAME_IN_ONE = [
  "tenantId",
  "agentId",
  "sessionId",
  "userId",
  "keyId",
  "channel",
  "atMs",
  "period",
] as const;

type PlaceAndTime = Omit<NewTally, "sums" | "model">;

function isSame(a: PlaceAndTime, b: PlaceAndTime): boolean {
  return SAME_IN_ONE.every((name) => a[name] === b[name]);
}
