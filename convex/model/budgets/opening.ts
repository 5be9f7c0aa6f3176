/**
 * Opening: what was spent in the present period before a budget was there, or while it was disabled, is carried into its
 * counter. Bookings count in it from the policy's commit on. So what the roll-ups have (R) and the counter has not (U)
 * does not change any more, whatever is booked meanwhile: it is read in one snapshot, by a query that is in nobody's
 * way, and set by a mutation that reads nothing of what bookings write.
 */
import { v, type Infer } from "convex/values";
import { fromStored, NOTHING, plus, toStored } from "../../../src/budgets/amounts";
import { periodAt } from "../../../src/core/periods";
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { vStoredSpending } from "../../validators";
import { timeZoneOf } from "../periods";
import { noteMoved } from "./alerts";
import { counterFor } from "./counting";
import { spentIn } from "./spent";
import { counterOf, sumsOf } from "./standing";

export const vCarry = v.object({
  policyId: v.id("budget_policies"),
  sinceMs: v.number(), // when it began to be opening: other openings of it are not this one's business
  period: v.string(),
  missing: vStoredSpending,
});
export type Carry = Infer<typeof vCarry>;

/** What is missing in the counter; null when the policy is not to be opened. */
export async function missingFor(
  ctx: QueryCtx,
  policyId: Id<"budget_policies">,
): Promise<Carry | null> {
  const policy = await ctx.db.get("budget_policies", policyId);
  if (policy?.status !== "opening" || policy.window === "message") return null;
  const { window, updatedAt: sinceMs } = policy;
  // Later periods have begun since, and everything in them was counted.
  const period = periodAt(window, await timeZoneOf(ctx, policy), sinceMs);
  const booked = await spentIn(ctx, policy, { subject: policy, window, period });
  const counter = await counterOf(ctx, policy, period);
  const { spent: counted } = counter === null ? { spent: NOTHING } : await sumsOf(ctx, counter);
  const missing = { tokens: booked.tokens - counted.tokens, pico: booked.pico - counted.pico };
  return { policyId, sinceMs, period, missing: toStored(missing) };
}

/** Carries it in, and activates the policy: once, however often it is tried. */
export async function carryIn(
  ctx: MutationCtx,
  { policyId, sinceMs, period, missing }: Carry,
): Promise<void> {
  const policy = await ctx.db.get("budget_policies", policyId);
  if (policy?.status !== "opening" || policy.updatedAt !== sinceMs) return;
  const counter = await counterFor(ctx, policy, sinceMs);
  if (counter.period !== period) return; // the tenant's time zone has changed: it is reckoned anew
  const settled = toStored(plus(fromStored(counter.settled), fromStored(missing)));
  // What was free before is less by it.
  await ctx.db.patch("budget_counters", counter._id, { settled, division: undefined });
  await ctx.db.patch("budget_policies", policyId, { status: "active" });
  await noteMoved(ctx, [
    { tenantId: policy.tenantId, dimension: policy.dimension, key: policy.key },
  ]);
}

/** A page of the openings that nobody may have been told of. */
export async function unopened(
  ctx: QueryCtx,
  cursor: string | null,
): Promise<{ policyIds: Id<"budget_policies">[]; cursor: string; isDone: boolean }> {
  const { page, continueCursor, isDone } = await ctx.db
    .query("budget_policies")
    .withIndex("by_opening", (q) => q.eq("status", "opening"))
    .paginate({ cursor, numItems: OPENINGS_PER_PAGE });
  return { policyIds: page.map(({ _id }) => _id), cursor: continueCursor, isDone };
}

const OPENINGS_PER_PAGE = 100;
