/** Policies: what bounds whose spending, over how long, and who may change that. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { v, type Infer } from "convex/values";
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { toPico, toUsdText, vUsdInput } from "../../lib/usd";
import {
  vBudgetAction,
  vBudgetDimension,
  vBudgetWindow,
  vModelName,
  type BudgetSource,
  type Limits,
} from "../../validators";
import type { BudgetView } from "../../views/budgets";
import { requireOwned, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import { modelKey } from "../rollups/sums";
import { noteMoved } from "./alerts";
import { noteLimitChange } from "./pauses";
import type { Subject } from "./spent";
import { toView } from "./standing";
import { checkedSubject, ofSubject, POLICIES_PER_SUBJECT_MAX } from "./subjects";

const record = Activity.recorderOf("budget_policies", { noun: "budgets" });

const NAME_LENGTH_MAX = 120;
const MODEL_LENGTH_MAX = 200;
const ALERTS_MAX = 10;
export const ALERT_PERCENTS_DEFAULT = [50, 75, 90, 100];
export type Policy = Doc<"budget_policies">;
type Fields = Omit<Policy, "_id" | "_creationTime" | "tenantId" | "createdAt" | "updatedAt">;

/** What a caller may say of a budget. Amounts are USD. */
export const vNewBudget = v.object({
  name: v.string(),
  dimension: vBudgetDimension,
  key: v.optional(v.string()), // absent: the tenant's
  window: vBudgetWindow,
  limit: v.optional(vUsdInput),
  limitTokens: v.optional(v.number()),
  action: v.optional(vBudgetAction), // absent: block
  degradeTo: v.optional(vModelName),
  alertPercents: v.optional(v.array(v.number())), // absent: 50, 75, 90, 100
});
export type NewBudget = Infer<typeof vNewBudget>;

/** What is absent stays as it is; null takes it away. */
export const vBudgetChanges = v.object({
  name: v.optional(v.string()),
  limit: v.optional(v.union(vUsdInput, v.null())),
  limitTokens: v.optional(v.union(v.number(), v.null())),
  action: v.optional(vBudgetAction),
  degradeTo: v.optional(v.union(vModelName, v.null())),
  alertPercents: v.optional(v.array(v.number())),
  enabled: v.optional(v.boolean()),
});
export type BudgetChanges = Infer<typeof vBudgetChanges>;

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

/** Adds a policy whose fields are right, and has what was spent carried in, unless nothing can have been. */
export async function insert(
  ctx: MutationCtx,
  by: Activity.By,
  { fields, nowMs }: { fields: Fields; nowMs: number },
): Promise<Id<"budget_policies">> {
  const { tenantId } = by;
  const others = await ofSubject(ctx, by, fields);
  if (others.length === POLICIES_PER_SUBJECT_MAX) {
    fail({
      kind: "limit_reached",
      what: "budgets of one subject",
      limit: POLICIES_PER_SUBJECT_MAX,
    });
  }
  const times = { createdAt: nowMs, updatedAt: nowMs };
  const id = await ctx.db.insert("budget_policies", { ...fields, tenantId, ...times });
  if (isManual(fields))
    await record(ctx, by, { action: "create", id, after: toldOf(fields), nowMs });
  if (fields.status === "opening") await open(ctx, id);
  return id;
}

/** Makes a policy what the fields say, unless it is that already. */
export async function replace(
  ctx: MutationCtx,
  by: Activity.By,
  { policy, fields, nowMs }: { policy: Policy; fields: Fields; nowMs: number },
): Promise<void> {
  const { _id: id, tenantId, createdAt } = policy;
  const change = { before: toldOf(policy), after: toldOf(fields) };
  await ctx.db.replace("budget_policies", id, { ...fields, tenantId, createdAt, updatedAt: nowMs });
  if (isManual(fields)) await record(ctx, by, { action: "update", id, ...change, nowMs });
  await noteLimitChange(ctx, policy);
  if (fields.status === "opening") await open(ctx, id);
  else await noteMoved(ctx, [{ tenantId, dimension: fields.dimension, key: fields.key }]);
}

/** Takes a policy away; what hangs on it goes in the background. */
export async function destroy(
  ctx: MutationCtx,
  by: Activity.By,
  { policy, nowMs }: { policy: Policy; nowMs: number },
): Promise<void> {
  await ctx.db.delete("budget_policies", policy._id);
  const before = toldOf(policy);
  if (isManual(policy)) await record(ctx, by, { action: "remove", id: policy._id, before, nowMs });
  await noteLimitChange(ctx, policy);
  const { _id: policyId, tenantId } = policy;
  await ctx.scheduler.runAfter(0, internal.jobs.budgets.clear, { tenantId, policyId });
}

async function open(ctx: MutationCtx, policyId: Id<"budget_policies">): Promise<void> {
  await ctx.scheduler.runAfter(0, internal.jobs.budgets.open, { policyId });
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

function limitsOf({ limit, limitTokens }: NewBudget): Limits {
  return omitUndefined({
    pico: limit === undefined ? undefined : toPico("limit", limit),
    tokens: limitTokens,
  });
}

function changedLimits(before: Limits, { limit, limitTokens }: BudgetChanges): Limits {
  return omitUndefined({
    pico: limit === undefined ? before.pico : limit === null ? undefined : toPico("limit", limit),
    tokens: limitTokens === undefined ? before.tokens : (limitTokens ?? undefined),
  });
}

function statusWhen(enabled: boolean, before: Policy["status"]): Policy["status"] {
  if (!enabled) return "disabled";
  return before === "disabled" ? "opening" : before;
}

/** @throws invalid_argument - Something is out of bounds, or does not go with the rest. */
function checked({ degradeTo, ...fields }: Checking): Fields {
  const { limit, action, dimension } = fields;
  if (limit.tokens === undefined && limit.pico === undefined) {
    refuse("limit", "give limit (USD), limitTokens, or both");
  }
  if (limit.tokens !== undefined) {
    checkedInteger("limitTokens", limit.tokens, { min: 0, max: Number.MAX_SAFE_INTEGER });
  }
  if (action === "pause" && dimension !== "tenant" && dimension !== "agent") {
    refuse("action", 'only a budget of an agent or the tenant pauses agents: use "block"');
  }
  return {
    ...fields,
    name: checkedText("name", fields.name, NAME_LENGTH_MAX),
    alertPercents: checkedPercents(fields.alertPercents),
    ...omitUndefined({ degradeTo: checkedModel(fields, degradeTo) }),
  };
}

type Checking = Omit<Fields, "degradeTo"> & { degradeTo?: Fields["degradeTo"] | undefined };

/** The model that is called in place of one that does not fit, where that is what happens. */
function checkedModel(
  { action, ...subject }: Pick<Fields, "action" | "dimension" | "key">,
  model: Fields["degradeTo"],
): Fields["degradeTo"] {
  if (action === "degrade" && model === undefined) {
    const example = '{provider: "anthropic", model: "claude-haiku-4-5"}';
    refuse("degradeTo", `name the model that is called instead, as ${example}`);
  }
  if (action !== "degrade" && model !== undefined) {
    refuse("degradeTo", 'goes with the action "degrade" only: leave it out, or give null');
  }
  if (model === undefined) return undefined;
  checkedText("degradeTo", model.model, MODEL_LENGTH_MAX);
  if (isOf(subject, model)) {
    refuse("degradeTo", "is what the budget bounds: name a model that does not count for it");
  }
  return model;
}

/** Whether the model's calls count for the subject. */
function isOf(
  { dimension, key }: Subject,
  { provider, model }: { provider: string; model: string },
) {
  if (dimension === "provider") return key === provider;
  return dimension === "model" && key === modelKey({ provider, model });
}

function checkedPercents(percents: readonly number[]): number[] {
  if (percents.length > ALERTS_MAX) refuse("alertPercents", `at most ${ALERTS_MAX} are allowed`);
  const bounds = { min: 1, max: 100 };
  const whole = percents.map((percent) => checkedInteger("alertPercents", percent, bounds));
  return [...new Set(whole)].toSorted((a, b) => a - b);
}

/** Of a managed one the log has the row of its setting. */
function isManual({ source }: Pick<Fields, "source">): boolean {
  return source === "manual";
}

/** What the log tells of a policy. */
function toldOf(fields: Fields) {
  const { name, dimension, key, window, limit, action, degradeTo, alertPercents, status } = fields;
  return {
    name,
    dimension,
    key,
    window,
    limit: limit.pico === undefined ? undefined : toUsdText(limit.pico),
    limitTokens: limit.tokens,
    action,
    degradeTo,
    alertPercents,
    status,
  };
}

function refuse(field: string, reason: string): never {
  return fail({ kind: "invalid_argument", field, reason });
}
