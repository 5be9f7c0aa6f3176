/**
 * Whether the counters of budgets say what the roll-ups say, and hold what calls under way may still cost, no more and
 * no less. All of a policy is compared in one snapshot.
 */
import { v, type Infer } from "convex/values";
import { NOTHING, plus } from "../../../src/budgets/amounts";
import { periodAt } from "../../../src/core/periods";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { vSpending, type Spending } from "../../validators";
import type { TenantScope } from "../access";
import type { Difference } from "../costs/check";
import { timeZoneOf } from "../periods";
import { openTallies } from "../rollups/tallies";
import { spentIn, type CountedWindow } from "./spent";
import { counterOf, sumsOf } from "./standing";

type Of = Pick<TenantScope, "tenantId">;

const POLICIES_PER_PAGE = 10;
/** Open reservations that are read in one query, of a kilobyte each. */
const OPEN_PER_PAGE = 4_000;

/** What open reservations hold in a counter. */
export const vHeld = v.object({ counterId: v.id("budget_counters"), reserved: vSpending });
export type HeldIn = Infer<typeof vHeld>;

export const HOLDS = "reservations and holds";

/**
 * A page of the tenant's budgets, in their periods of now, where they differ.
 *
 * @param held - Unless null, what `heldPage` has found: more is open than is read in one query.
 * @returns `isHeldKnown` is false if that is so and nothing was given: then what is held was not compared.
 */
export async function differencesOfBudgets(
  ctx: QueryCtx,
  of: Of,
  { cursor, held: given, nowMs }: { cursor: string | null; held: HeldIn[] | null; nowMs: number },
): Promise<{
  differences: Difference[];
  isHeldKnown: boolean;
  cursor: string;
  isDone: boolean;
}> {
  const held = given === null ? await heldAtOnce(ctx, of) : byCounter(given);
  const open = await openTallies(ctx, of);
  const { page, continueCursor, isDone } = await ctx.db
    .query("budget_policies")
    .withIndex("by_subject", (q) => q.eq("tenantId", of.tenantId))
    .paginate({ cursor, numItems: POLICIES_PER_PAGE });
  const timeZone = await timeZoneOf(ctx, of);
  const differences: Difference[] = [];
  for (const policy of page) {
    const { window } = policy;
    if (policy.status !== "active" || window === "message") continue;
    const at = { window, period: periodAt(window, timeZone, nowMs) };
    differences.push(...(await differencesOfPolicy(ctx, { policy, ...at, held, open })));
  }
  return { differences, isHeldKnown: held !== null, cursor: continueCursor, isDone };
}

/** A page of what open reservations hold. The marks of two readings are the same if nothing has changed between. */
export async function heldPage(
  ctx: QueryCtx,
  { tenantId }: Of,
  cursor: string | null,
): Promise<{ held: HeldIn[]; mark: string; cursor: string; isDone: boolean }> {
  const { page, continueCursor, isDone } = await ctx.db
    .query("budget_reservations")
    .withIndex("by_state", (q) => q.eq("tenantId", tenantId).eq("state", "reserved"))
    .paginate({ cursor, numItems: OPEN_PER_PAGE });
  const mark = `${page.length} ${page.at(-1)?._creationTime ?? ""}`;
  return { held: heldBy(page), mark, cursor: continueCursor, isDone };
}

type Held = ReadonlyMap<Id<"budget_counters">, Spending>;

/** What all open reservations hold, by counter; null when they are too many for one query. */
async function heldAtOnce(ctx: QueryCtx, { tenantId }: Of): Promise<Held | null> {
  const open = await ctx.db
    .query("budget_reservations")
    .withIndex("by_state", (q) => q.eq("tenantId", tenantId).eq("state", "reserved"))
    .take(OPEN_PER_PAGE + 1);
  return open.length > OPEN_PER_PAGE ? null : byCounter(heldBy(open));
}

function heldBy(open: readonly Doc<"budget_reservations">[]): HeldIn[] {
  const all = open.flatMap(({ holds, reserved }) =>
    holds.map(({ counterId }) => ({ counterId, reserved })),
  );
  return [...byCounter(all)].map(([counterId, reserved]) => ({ counterId, reserved }));
}

function byCounter(held: readonly HeldIn[]): Held {
  const sums = new Map<Id<"budget_counters">, Spending>();
  for (const { counterId, reserved } of held) {
    sums.set(counterId, plus(sums.get(counterId) ?? NOTHING, reserved));
  }
  return sums;
}

async function differencesOfPolicy(
  ctx: QueryCtx,
  {
    policy,
    window,
    period,
    held,
    open,
  }: {
    policy: Doc<"budget_policies">;
    window: CountedWindow;
    period: string;
    held: Held | null;
    open: readonly Doc<"tallies">[];
  },
): Promise<Difference[]> {
  const counter = await counterOf(ctx, policy, period);
  const sums = counter === null ? null : await sumsOf(ctx, counter);
  const { spent: counted, reserved } = sums ?? { spent: NOTHING, reserved: NOTHING };
  const spent = await spentIn(ctx, policy, { subject: policy, window, period, open });
  const of = `budget/${policy._id}`;
  const differences = compare(
    { what: "roll-up and counter", of, period },
    { expected: spent, found: counted },
  );
  if (held === null) return differences;
  const expected = counter === null ? NOTHING : (held.get(counter._id) ?? NOTHING);
  return [...differences, ...compare({ what: HOLDS, of, period }, { expected, found: reserved })];
}

function compare(
  named: Pick<Difference, "what" | "of" | "period">,
  { expected, found }: { expected: Spending; found: Spending },
): Difference[] {
  return (["tokens", "pico"] as const)
    .filter((field) => expected[field] !== found[field])
    .map((field) => ({
      ...named,
      field,
      expected: String(expected[field]),
      found: String(found[field]),
    }));
}
