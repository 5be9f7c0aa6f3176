/** Rows of policies, whoever keeps them: with the log's row of each change, and what follows from it. */
import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { toUsdText } from "../../lib/usd";
import * as Activity from "../activity";
import { noteMoved } from "./alerts";
import { noteLimitChange } from "./pauses";
import type { Fields, Policy } from "./policyFields";
import { ofSubject, POLICIES_PER_SUBJECT_MAX } from "./subjects";

const record = Activity.recorderOf("budget_policies", { noun: "budgets" });

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
