/** Counters as administration needs them: there, whether or not anything was counted yet. */
import type { WithoutSystemFields } from "convex/server";
import { NOTHING } from "../../../src/budgets/amounts";
import { assert } from "../../../src/core/assert";
import { periodAt, periodEndMs } from "../../../src/core/periods";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { timeZoneOf } from "../periods";
import { counterOf } from "./standing";

type Policy = Doc<"budget_policies">;

/** The policy's counter of the period that a moment is in. */
export async function counterFor(
  ctx: MutationCtx,
  policy: Policy,
  atMs: number,
): Promise<Doc<"budget_counters">> {
  const { window } = policy;
  assert(window !== "message", "what a message may cost is counted by its run");
  const period = periodAt(window, await timeZoneOf(ctx, policy), atMs);
  return (
    (await counterOf(ctx, policy, period)) ?? (await insertCounter(ctx, policy, { period, atMs }))
  );
}

/** The counter of a period that `atMs` is in, as it is before anything was counted. */
export async function newCounter(
  ctx: QueryCtx,
  policy: Policy,
  { period, atMs }: { period: string; atMs: number },
): Promise<WithoutSystemFields<Doc<"budget_counters">>> {
  const { tenantId, _id: policyId, window } = policy;
  assert(window !== "message", "what a message may cost is counted by its run");
  return {
    tenantId,
    policyId,
    period,
    endsAtMs: periodEndMs(window, await timeZoneOf(ctx, policy), atMs),
    settled: NOTHING,
    increase: NOTHING,
    alertedPercent: 0,
  };
}

/** Adds the counter of a period that `atMs` is in. */
export async function insertCounter(
  ctx: MutationCtx,
  policy: Policy,
  of: { period: string; atMs: number },
): Promise<Doc<"budget_counters">> {
  const id = await ctx.db.insert("budget_counters", await newCounter(ctx, policy, of));
  const counter = await ctx.db.get("budget_counters", id);
  assert(counter !== null, "what was just inserted is there");
  return counter;
}
