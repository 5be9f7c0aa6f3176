/**
 * Whether the counters of budgets say what the roll-ups say, and hold what calls under way may still cost, no more and
 * no less. All of a policy is compared in one snapshot.
 */
import { periodAt } from "../../../src/core/periods";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { Spending } from "../../validators";
import type { TenantScope } from "../access";
import type { Difference } from "../costs/check";
import { timeZoneOf } from "../periods";
import { spentIn, type CountedWindow } from "./spent";

type Of = Pick<TenantScope, "tenantId">;

const POLICIES_PER_PAGE = 10;
/** More than a counter ever has. */
const SHARDS_MAX = 1_000;
/** Calls of one tenant that are under way at once. */
const OPEN_MAX = 4_000;

/** A page of the tenant's budgets, in their periods of now, where they differ. */
export async function differencesOfBudgets(
  ctx: QueryCtx,
  of: Of,
  { cursor, nowMs }: { cursor: string | null; nowMs: number },
): Promise<{ differences: Difference[]; cursor: string; isDone: boolean }> {
  const { page, continueCursor, isDone } = await ctx.db
    .query("budget_policies")
    .withIndex("by_subject", (q) => q.eq("tenantId", of.tenantId))
    .paginate({ cursor, numItems: POLICIES_PER_PAGE });
  const timeZone = await timeZoneOf(ctx, of);
  const held = await heldByCounter(ctx, of);
  const differences: Difference[] = [];
  for (const policy of page) {
    const { window } = policy;
    if (policy.status !== "active" || window === "message") continue;
    const period = periodAt(window, timeZone, nowMs);
    differences.push(...(await differencesOfPolicy(ctx, { policy, window, period, held })));
  }
  return { differences, cursor: continueCursor, isDone };
}

type Held = ReadonlyMap<Id<"budget_counters">, Spending>;

/** What open reservations hold, by counter. */
async function heldByCounter(ctx: QueryCtx, { tenantId }: Of): Promise<Held> {
  const open = await ctx.db
    .query("budget_reservations")
    .withIndex("by_state", (q) => q.eq("tenantId", tenantId).eq("state", "reserved"))
    .take(OPEN_MAX);
  const held = new Map<Id<"budget_counters">, Spending>();
  for (const { holds, reserved } of open) {
    for (const { counterId } of holds) held.set(counterId, plus(held.get(counterId), reserved));
  }
  return held;
}

async function differencesOfPolicy(
  ctx: QueryCtx,
  {
    policy,
    window,
    period,
    held,
  }: { policy: Doc<"budget_policies">; window: CountedWindow; period: string; held: Held },
): Promise<Difference[]> {
  const { tenantId, _id: policyId } = policy;
  const counter = await ctx.db
    .query("budget_counters")
    .withIndex("by_policy", (q) =>
      q.eq("tenantId", tenantId).eq("policyId", policyId).eq("period", period),
    )
    .unique();
  const shards =
    counter === null
      ? []
      : await ctx.db
          .query("budget_shards")
          .withIndex("by_counter", (q) => q.eq("tenantId", tenantId).eq("counterId", counter._id))
          .take(SHARDS_MAX);
  const spent = await spentIn(ctx, policy, { subject: policy, window, period });
  const counted = shards.reduce<Spending>(
    (sum, { used }) => plus(sum, used),
    counter?.settled ?? NOTHING,
  );
  const reserved = shards.reduce<Spending>((sum, shard) => plus(sum, shard.reserved), NOTHING);
  const open = counter === null ? NOTHING : (held.get(counter._id) ?? NOTHING);
  const of = `budget/${policyId}`;
  return [
    ...compare({ what: "roll-up and counter", of, period }, { expected: spent, found: counted }),
    ...compare({ what: "reservations and holds", of, period }, { expected: open, found: reserved }),
  ];
}

const NOTHING: Spending = { tokens: 0, pico: 0n };

function plus(a: Spending = NOTHING, b: Spending): Spending {
  return { tokens: a.tokens + b.tokens, pico: a.pico + b.pico };
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
