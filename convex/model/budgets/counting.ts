/** Counters as administration needs them: there, whether or not anything was counted yet. */
import { assert } from "../../../src/core/assert";
import { periodAt, periodEndMs } from "../../../src/core/periods";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { timeZoneOf } from "../periods";
import type { Policy } from "./policies";
import { counterOf, NOTHING } from "./standing";

/** The policy's counter of the period that a moment is in. */
export async function counterFor(
  ctx: MutationCtx,
  policy: Policy,
  atMs: number,
): Promise<Doc<"budget_counters">> {
  const { tenantId, _id: policyId, window } = policy;
  assert(window !== "message", "what a message may cost is counted by its run");
  const timeZone = await timeZoneOf(ctx, policy);
  const period = periodAt(window, timeZone, atMs);
  const before = await counterOf(ctx, policy, period);
  if (before !== null) return before;
  const fields = {
    tenantId,
    policyId,
    period,
    endsAtMs: periodEndMs(window, timeZone, atMs),
    settled: NOTHING,
    increase: NOTHING,
    shardCount: 1,
    alertedPercent: 0,
  };
  const id = await ctx.db.insert("budget_counters", fields);
  const counter = await ctx.db.get("budget_counters", id);
  assert(counter !== null, "what was just inserted is there");
  return counter;
}
