/** Policies: what bounds whose spending, over how long, and who may change that. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import type { BudgetSource } from "../../validators";
import type { BudgetView } from "../../views/budgets";
import { requireOwned, type CallerScope, type TenantScope } from "../access";
import type * as Activity from "../activity";
import {
  ALERT_PERCENTS_DEFAULT,
  changedLimits,
  checked,
  limitsOf,
  refuse,
  type BudgetChanges,
  type NewBudget,
  type Policy,
} from "./policyFields";
import { destroy, insert, replace } from "./policyRows";
import type { Subject } from "./spent";
import { toView } from "./standing";
import { checkedSubject, ofSubject } from "./subjects";

/**
 * Makes a budget of people's. What its subject has spent in the present period counts, as soon as it is carried in.
 *
 * @throws not_found - The subject does not exist or is another tenant's.
 * @throws invalid_argument - A text, number or amount is out of bounds, or things do not go together.
 * @throws limit_reached - The subject has `POLICIES_PER_SUBJECT_MAX` budgets.
 */
export async function create(
  ctx: MutationCtx,
  scope: CallerScope,
  { budget, nowMs }: { budget: NewBudget; nowMs: number },
): Promise<Id<"budget_policies">> {
  const { window, action = "block", alertPercents = ALERT_PERCENTS_DEFAULT } = budget;
  const told = { dimension: budget.dimension, key: budget.key ?? "" };
  const subject = await checkedSubject(ctx, scope, told);
  if (window === "message") {
    refuse("window", "an agent's maxCostPerMessage bounds what a message costs: set that instead");
  }
  const fields = checked({
    ...subject,
    name: budget.name,
    window,
    limit: limitsOf(budget),
    action,
    alertPercents,
    source: "manual",
    status: "opening",
    createdBy: scope.actor.userId,
    ...omitUndefined({ degradeTo: budget.degradeTo }),
  });
  return await insert(ctx, scope, { fields, nowMs });
}

/**
 * Changes a budget of people's; its subject and window are what it is. What it forgives, it forgives at once: whoever
 * was paused by it goes on.
 *
 * @throws not_found, invalid_argument - As `create`.
 * @throws conflict - It is kept by a setting.
 */
export async function update(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    policyId,
    changes,
    nowMs,
  }: { policyId: Id<"budget_policies">; changes: BudgetChanges; nowMs: number },
): Promise<void> {
  const policy = await getOwn(ctx, scope, policyId);
  const { limit: _limit, limitTokens: _limitTokens, enabled, degradeTo, ...rest } = changes;
  const { _id, _creationTime, tenantId: _tenantId, createdAt: _createdAt, ...before } = policy;
  const fields = checked({
    ...before,
    ...omitUndefined(rest),
    limit: changedLimits(before.limit, changes),
    status: enabled === undefined ? before.status : statusWhen(enabled, before.status),
    degradeTo: degradeTo === undefined ? before.degradeTo : (degradeTo ?? undefined),
  });
  await replace(ctx, scope, { policy, fields, nowMs });
}

/**
 * Takes a budget of people's away, with what was counted for it. What became known of it stays for as long as any.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - It is kept by a setting.
 */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { policyId, nowMs }: { policyId: Id<"budget_policies">; nowMs: number },
): Promise<void> {
  const policy = await getOwn(ctx, scope, policyId);
  await destroy(ctx, scope, { policy, nowMs });
}

/** How many are shown at once: each with its counter and up to 256 shards of it. */
const PAGE_SIZE_MAX = 50;

/** The budgets as they stand, by subject; those of one, if it is given. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  {
    subject,
    paginationOpts,
    nowMs,
  }: { subject: Subject | null; paginationOpts: PaginationOptions; nowMs: number },
): Promise<PaginationResult<BudgetView>> {
  const { tenantId } = scope;
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const of = subject === null ? null : await checkedSubject(ctx, scope, subject);
  const result = await ctx.db
    .query("budget_policies")
    .withIndex("by_subject", (q) => {
      const all = q.eq("tenantId", tenantId);
      return of === null ? all : all.eq("dimension", of.dimension).eq("key", of.key);
    })
    .paginate({ ...paginationOpts, numItems });
  const page = await Promise.all(
    result.page.map(async (policy) => await toView(ctx, policy, nowMs)),
  );
  return { ...result, page };
}

/** @throws not_found - It does not exist or is another tenant's. */
export async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  policyId: Id<"budget_policies">,
): Promise<Policy> {
  const policy = await ctx.db.get("budget_policies", policyId);
  return requireOwned(scope, policy, { entity: "budget", id: policyId });
}

/** Takes all budgets of a subject away that is gone. */
export async function removeOf(
  ctx: MutationCtx,
  by: Activity.By,
  { subject, nowMs }: { subject: Subject; nowMs: number },
): Promise<void> {
  for (const policy of await ofSubject(ctx, by, subject)) {
    await destroy(ctx, by, { policy, nowMs });
  }
}

/** Where a managed policy is changed instead. */
const SETTINGS: Readonly<Record<Exclude<BudgetSource, "manual">, string>> = {
  plan:
    "the plan's maxMonthlyTokens: the deployment's operators change it (jobs/tenants:setPlan), " +
    "or grant more for a month (jobs/tenants:increasePlan)",
  tenant: "the tenant's monthlyBudget: change it with tenants.update",
  agent: "the agent's monthlyBudget: change it with agents.update",
  agent_message: "the agent's maxCostPerMessage: change it with agents.update",
};

async function getOwn(
  ctx: QueryCtx,
  scope: TenantScope,
  policyId: Id<"budget_policies">,
): Promise<Policy> {
  const policy = await getOrFail(ctx, scope, policyId);
  if (policy.source !== "manual") failAsKept(policy.source);
  return policy;
}

export function failAsKept(source: Exclude<BudgetSource, "manual">): never {
  const reason = `the budget is kept by ${SETTINGS[source]}`;
  return fail({ kind: "conflict", entity: "budget", reason });
}

function statusWhen(enabled: boolean, before: Policy["status"]): Policy["status"] {
  if (!enabled) return "disabled";
  return before === "disabled" ? "opening" : before;
}
