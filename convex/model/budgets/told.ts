/** What receivers of webhooks are told of a budget, and that calls do not fit into it any more. */
import { withGranted, type Limits } from "../../../src/budgets/amounts";
import { v, type Infer } from "convex/values";
import { internal } from "../../_generated/api";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { toUsdText } from "../../lib/usd";
import { emit } from "../webhooks/emit";
import { counterOf } from "./standing";

/** Which budget it is, in which period, and what it allows. */
export function toldOf(
  { _id: policyId, name }: Pick<Doc<"budget_policies">, "_id" | "name">,
  { period, limit: { pico, tokens } }: { period: string; limit: Limits },
) {
  return {
    policyId,
    name,
    period,
    ...(pico !== undefined && { limitUsd: toUsdText(pico) }),
    ...(tokens !== undefined && { limitTokens: tokens }),
  };
}

/** A call that was refused: whose, and by what. */
export const vExceeded = v.object({
  policyId: v.id("budget_policies"),
  agentId: v.id("agents"),
  period: v.string(),
});
type Exceeded = Infer<typeof vExceeded>;

/** Has receivers told, if nobody did in the period: not on the way of the call, which others may meet. */
export async function noteExceeded(
  ctx: MutationCtx,
  { wasTold, ...exceeded }: Exceeded & { wasTold: boolean },
): Promise<void> {
  if (!wasTold) await ctx.scheduler.runAfter(0, internal.jobs.budgets.tellExceeded, exceeded);
}

/** Tells receivers, once in a period; the mark in the counter says so to those who come after. */
export async function tellExceeded(
  ctx: MutationCtx,
  { policyId, agentId, period }: Exceeded,
  nowMs: number,
): Promise<void> {
  const policy = await ctx.db.get("budget_policies", policyId);
  const counter = policy === null ? null : await counterOf(ctx, policy, period);
  if (policy === null || counter === null || counter.exceededAtMs !== undefined) return;
  await ctx.db.patch("budget_counters", counter._id, { exceededAtMs: nowMs });
  const limit = withGranted(policy.limit, counter.increase);
  const data = { ...toldOf(policy, { period, limit }), agentId, resetsAtMs: counter.endsAtMs };
  await emit(ctx, policy, { event: { type: "budget.exceeded", data }, nowMs });
}
