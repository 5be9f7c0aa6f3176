/** One-time increases: more for the present period, with a reason; what comes after it is as before. */
import { v, type Infer } from "convex/values";
import { plus, withGranted } from "../../../src/budgets/amounts";
import { AMOUNT_PICO_MAX } from "../../../src/core/money";
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { toPico, toUsdText, vUsdInput } from "../../lib/usd";
import type { Spending } from "../../validators";
import { actorOf, type CallerScope } from "../access";
import * as Activity from "../activity";
import { counterFor } from "./counting";
import { find } from "./managed";
import { noteLimitChange } from "./pauses";
import { failAsKept, getOrFail } from "./policies";
import type { Policy } from "./policyFields";

const record = Activity.recorderOf("budget_policies", { noun: "budgets" });

const REASON_LENGTH_MAX = 500;

/** How much more of what the budget bounds. The amount is USD. */
export const vIncrease = v.object({
  amount: v.optional(vUsdInput),
  amountTokens: v.optional(v.number()),
  reason: v.string(),
});
export type Increase = Infer<typeof vIncrease>;

/**
 * Grants more for the present period, of any budget but the plan's, managed ones too. Whoever was paused by it goes on.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws invalid_argument - Nothing is granted, or of what the budget does not bound; the reason is blank; or
 *   the limit would come to more than an amount can be.
 * @throws conflict - It is disabled, or the plan's: its tenant does not lift that itself.
 */
export async function increase(
  ctx: MutationCtx,
  scope: CallerScope,
  { policyId, more, nowMs }: { policyId: Id<"budget_policies">; more: Increase; nowMs: number },
): Promise<void> {
  const policy = await getOrFail(ctx, scope, policyId);
  if (policy.source === "plan") failAsKept(policy.source);
  await grant(ctx, scope, { policy, more, nowMs });
}

/** The same of a tenant's plan, which the deployment's operators alone do. */
export async function increasePlan(
  ctx: MutationCtx,
  by: Activity.SystemActor,
  { more, nowMs }: { more: Increase; nowMs: number },
): Promise<void> {
  const policy = await find(ctx, by, { source: "plan", key: "" });
  if (policy === null) fail({ kind: "not_found", entity: "budget", id: "plan" });
  else await grant(ctx, by, { policy, more, nowMs });
}

async function grant(
  ctx: MutationCtx,
  by: CallerScope | Activity.SystemActor,
  { policy, more, nowMs }: { policy: Policy; more: Increase; nowMs: number },
): Promise<void> {
  const { _id: policyId, tenantId } = policy;
  const amount = checkedAmount(policy, more);
  const reason = checkedText("reason", more.reason, REASON_LENGTH_MAX);
  if (policy.status === "disabled") {
    fail({ kind: "conflict", entity: "budget", reason: "the budget is disabled: enable it first" });
  }
  const counter = await counterFor(ctx, policy, nowMs);
  const increased = plus(counter.increase, amount);
  requireStorable(policy, increased);
  await ctx.db.patch("budget_counters", counter._id, { increase: increased });
  const { period } = counter;
  await ctx.db.insert("budget_events", {
    tenantId,
    policyId,
    kind: "increased",
    period,
    ...("actor" in by && actorOf(by)),
    limit: withGranted(policy.limit, increased),
    amount,
    reason,
    at: nowMs,
  });
  const after = { period, amount: toUsdText(amount.pico), amountTokens: amount.tokens, reason };
  await record(ctx, by, { action: "increase", id: policyId, after, nowMs });
  await noteLimitChange(ctx, policy);
}

function checkedAmount(policy: Policy, { amount, amountTokens }: Increase): Spending {
  const { limit, window } = policy;
  if (window === "message") {
    refuse("policyId", "a message has no period to increase: change the agent's maxCostPerMessage");
  }
  const given = omitUndefined({
    pico: amount === undefined ? undefined : toPico("amount", amount),
    tokens:
      amountTokens === undefined
        ? undefined
        : checkedInteger("amountTokens", amountTokens, { min: 1, max: Number.MAX_SAFE_INTEGER }),
  });
  if (given.pico !== undefined && limit.pico === undefined) {
    refuse("amount", "the budget bounds tokens: give amountTokens");
  }
  if (given.tokens !== undefined && limit.tokens === undefined) {
    refuse("amountTokens", "the budget bounds costs: give amount, in USD");
  }
  const { pico = 0n, tokens = 0 } = given;
  if (pico === 0n && tokens === 0) {
    refuse(limit.pico === undefined ? "amountTokens" : "amount", "say how much is granted");
  }
  return { pico, tokens };
}

/** @throws invalid_argument - The limit would be more than any amount can be. */
function requireStorable({ limit }: Policy, { pico }: Spending): void {
  if ((limit.pico ?? 0n) + pico <= AMOUNT_PICO_MAX) return;
  const max = toUsdText(AMOUNT_PICO_MAX);
  refuse(
    "amount",
    `with it, more than ${max} USD would be allowed, and no limit is higher than that`,
  );
}

function refuse(field: string, reason: string): never {
  return fail({ kind: "invalid_argument", field, reason });
}
