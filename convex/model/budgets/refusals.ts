/** Refusals: what is said and kept of calls that do not fit into a budget. */
import { toStored, type Limits, type Spending } from "../../../src/budgets/amounts";
import type { Whole } from "../../../src/budgets/escrow";
import { formatUsd } from "../../../src/core/money";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { TenantScope } from "../access";
import type { Asked } from "./admission";
import { counterAt, type Moment } from "./counters";
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
  { refusal, asked, moment }: { refusal: Refusal; asked: Asked; moment: Moment },
): Promise<void> {
  const event = { tenantId, kind: "refused", ...said(refusal, asked) } as const;
  await ctx.db.insert("budget_events", event);
  if (refusal.kind === "price_unknown" || asked.isOptional === true) return;
  const { policy, period, endsAtMs, limit, wasTold } = refusal;
  const { _id: policyId } = policy;
  const { agentId } = asked.called;
  await counterAt(ctx, policy, moment); // the mark of having told is kept there
  await noteExceeded(ctx, { policyId, agentId, period, wasTold });
  await noteRefusal(ctx, policy, { policyId, agentId, period, endsAtMs, limit });
}

/** Keeps which budgets have sent a call to a cheaper model: once it goes on with that, and is held for it. */
export async function noteDegraded(
  ctx: MutationCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  asked: Pick<Asked, "key" | "called" | "nowMs" | "degraded">,
): Promise<void> {
  for (const refusal of asked.degraded ?? []) {
    const model = omitUndefined({ model: refusal.policy.degradeTo });
    const event = { tenantId, kind: "degraded", ...said(refusal, asked), ...model } as const;
    await ctx.db.insert("budget_events", event);
  }
}

/** Of which call, and where the budget stood. */
function said(refusal: Refusal, { key, called, nowMs }: Pick<Asked, "key" | "called" | "nowMs">) {
  const { agentId, userId, keyId } = called;
  const { _id: policyId, limit } = refusal.policy;
  const stood =
    refusal.kind === "price_unknown"
      ? { period: "", limit }
      : {
          period: refusal.period,
          limit: refusal.limit,
          settled: toStored(refusal.spent),
          reserved: refusal.reserved,
          amount: refusal.requested,
        };
  const whose = { agentId, ...omitUndefined({ userId, keyId }) };
  return { policyId, ...stood, ...whose, reservationKey: key, at: nowMs };
}

/** What a run that cannot go on without the call fails with. */
export function failureOf(refusal: Refusal) {
  return {
    reason: refusal.kind,
    detail: sentenceOf(refusal),
    refusedById: refusal.policy._id,
  };
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
