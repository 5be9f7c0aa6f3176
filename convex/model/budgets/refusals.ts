/** Refusals: what is said and kept of calls that do not fit into a budget. */
import type { Limits, Spending } from "../../../src/budgets/amounts";
import type { Whole } from "../../../src/budgets/escrow";
import { formatUsd } from "../../../src/core/money";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { TenantScope } from "../access";
import type { Asked } from "./admission";
import type { Called, CountedPolicy } from "./matching";
import { noteRefusal } from "./pauses";
import { noteExceeded } from "./told";

export type Refusal =
  | { kind: "price_unknown"; policy: CountedPolicy; called: Called }
  | ({
      kind: "budget_exceeded";
      policy: CountedPolicy;
      period: string;
      endsAtMs: number | null;
      limit: Limits;
      requested: Spending;
      /** Receivers know already that calls do not fit any more. */
      wasTold: boolean;
    } & Whole);

/** Keeps the refusal for those who look after the budget, and does what its action says. */
export async function noteRefused(
  ctx: MutationCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  { refusal, asked: { key, called, nowMs } }: { refusal: Refusal; asked: Asked },
): Promise<void> {
  const { _id: policyId, action, degradeTo, limit } = refusal.policy;
  const { agentId, userId, keyId } = called;
  const stood =
    refusal.kind === "price_unknown"
      ? { period: "", limit }
      : {
          period: refusal.period,
          limit: refusal.limit,
          settled: refusal.spent,
          reserved: refusal.reserved,
          amount: refusal.requested,
        };
  await ctx.db.insert("budget_events", {
    tenantId,
    policyId,
    kind: action === "degrade" ? "degraded" : "refused",
    ...stood,
    agentId,
    ...omitUndefined({ userId, keyId, model: action === "degrade" ? degradeTo : undefined }),
    reservationKey: key,
    at: nowMs,
  });
  if (refusal.kind === "price_unknown") return;
  const { policy, period, endsAtMs, limit: raised, wasTold } = refusal;
  if (action !== "degrade") await noteExceeded(ctx, { policyId, agentId, period, wasTold });
  await noteRefusal(ctx, policy, { policyId, agentId, period, endsAtMs, limit: raised });
}

/** For the tenant: which budget it is, where it stands, and what can be done. */
export function sentenceOf(refusal: Refusal): string {
  const { policy } = refusal;
  if (refusal.kind === "price_unknown") {
    const { provider, model } = refusal.called;
    return `${provider}/${model} has no price, and the budget "${policy.name}" bounds what is spent: name a model with a price, or give the tenant's own price for it.`;
  }
  const { limit, spent, reserved, requested, endsAtMs } = refusal;
  const isOfCost =
    limit.pico !== undefined && spent.pico + reserved.pico + requested.pico > limit.pico;
  const say = (amount: Limits) =>
    isOfCost ? `${formatUsd(amount.pico ?? 0n)} USD` : `${amount.tokens ?? 0} tokens`;
  const until =
    endsAtMs === null
      ? "It lasts until it is raised."
      : `It is whole again at ${new Date(endsAtMs).toISOString()}.`;
  return `The budget "${policy.name}" does not allow the call: of ${say(limit)}, ${say(spent)} are spent and ${say(reserved)} held for calls under way, and this one may come to ${say(requested)}. ${until}`;
}
