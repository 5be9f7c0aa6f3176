/** Which budgets a call falls under. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { keysOf } from "../rollups/sums";
import type { CountedWindow, Subject } from "./spent";
import { ofSubject } from "./subjects";

/** Whose call it is, and of which model. */
export type Called = {
  agentId: Id<"agents">;
  userId?: Id<"users">;
  keyId?: Id<"api_keys">;
  provider: Doc<"cost_events">["provider"];
  model: string;
};

/** A budget that counts by periods; what a message may cost is counted by its run. */
export type CountedPolicy = Doc<"budget_policies"> & { window: CountedWindow };

/** With no more policies than these a tenant's are read in one go; otherwise those of each subject. */
const READ_AT_ONCE_MAX = 12;

/** All that count the call, whether or not they bound it. */
export async function policiesFor(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  called: Called,
): Promise<CountedPolicy[]> {
  const subjects = subjectsOf(called);
  const some = await ctx.db
    .query("budget_policies")
    .withIndex("by_subject", (q) => q.eq("tenantId", scope.tenantId))
    .take(READ_AT_ONCE_MAX);
  const all =
    some.length < READ_AT_ONCE_MAX
      ? some.filter((policy) => subjects.some((subject) => isOf(policy, subject)))
      : (await Promise.all(subjects.map((subject) => ofSubject(ctx, scope, subject)))).flat();
  return all.filter(isCounted);
}

/** Of the 4,096 ranges that a transaction may read, those that bookings may. */
export const RANGES_MAX = 3_500;

/** What a call's own rows, prices and sums take, and what each budget does: its counter, a shard, and both as rows. */
const RANGES_OF_CALL = 25;
const RANGES_OF_POLICY = 4;

/** How many ranges are read to book something for the call. */
export async function rangesOfBooking(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  called: Called,
): Promise<number> {
  const policies = await policiesFor(ctx, scope, called);
  return RANGES_OF_CALL + policies.length * RANGES_OF_POLICY;
}

function subjectsOf({ provider, model, ...whose }: Called): Subject[] {
  const keys = keysOf({ ...whose, model: { provider, model } });
  return keys.flatMap(([dimension, key]) =>
    dimension === "session" || dimension === "channel" ? [] : [{ dimension, key }],
  );
}

function isOf(policy: Subject, { dimension, key }: Subject): boolean {
  return policy.dimension === dimension && policy.key === key;
}

function isCounted(policy: Doc<"budget_policies">): policy is CountedPolicy {
  return policy.status !== "disabled" && policy.window !== "message";
}
