/**
 * Agents that a budget has paused: since a call of theirs was refused, until its window ends or it allows more. The
 * pause is a row beside the agent's status; who changes that by hand takes the row away.
 */
import { v, type Infer } from "convex/values";
import { withGranted } from "../../../src/budgets/amounts";
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { vLimits } from "../../validators";
import * as Activity from "../activity";
import { emit } from "../webhooks/emit";
import { counterOf } from "./standing";

const record = Activity.recorderOf("agents");
const SYSTEM = "budgets";

/** Resumed in one transaction; a tenant may have a thousand agents. */
const BATCH = 50;

/** A call of the agent's that was refused: by what, and as it stood. */
export const vRefused = v.object({
  policyId: v.id("budget_policies"),
  agentId: v.id("agents"),
  period: v.string(),
  endsAtMs: v.union(v.number(), v.null()),
  limit: vLimits, // with what was granted on top of it
});
export type Refused = Infer<typeof vRefused>;

/** Has the agent paused, if that is what the policy does: not on the way of the call, which others may meet. */
export async function noteRefusal(
  ctx: MutationCtx,
  { action }: Pick<Doc<"budget_policies">, "action">,
  refused: Refused,
): Promise<void> {
  if (action === "pause") await ctx.scheduler.runAfter(0, internal.jobs.budgets.pause, refused);
}

/** Pauses the agent, unless the refusal does not hold any more: the period is over, or the budget another one. */
export async function pause(ctx: MutationCtx, refused: Refused, nowMs: number): Promise<void> {
  const { policyId, agentId, period, endsAtMs } = refused;
  const policy = await ctx.db.get("budget_policies", policyId);
  const agent = await ctx.db.get("agents", agentId);
  if (policy?.action !== "pause" || policy.status !== "active") return;
  if (agent?.status !== "active" || agent.tenantId !== policy.tenantId) return;
  if (endsAtMs !== null && endsAtMs <= nowMs) return;
  const counter = await counterOf(ctx, policy, period);
  const limit = counter === null ? policy.limit : withGranted(policy.limit, counter.increase);
  if (limit.tokens !== refused.limit.tokens || limit.pico !== refused.limit.pico) return;

  await setStatus(ctx, agent, { status: "paused", nowMs });
  const { tenantId } = policy;
  const until = { resumesAtMs: endsAtMs };
  await ctx.db.insert("budget_pauses", {
    tenantId,
    agentId,
    policyId,
    period,
    ...until,
    at: nowMs,
  });
  const event = { kind: "paused", policyId, period, agentId, limit, at: nowMs } as const;
  await ctx.db.insert("budget_events", { tenantId, ...event });
  const data = { policyId, name: policy.name, period, agentId, ...until };
  await emit(ctx, policy, { event: { type: "budget.paused", data }, nowMs });
  if (endsAtMs !== null) {
    await ctx.scheduler.runAt(endsAtMs, internal.jobs.budgets.resumeDue, {});
  }
}

/** Resumes those whose window has ended. */
export async function resumeDue(ctx: MutationCtx, nowMs: number): Promise<{ hasMore: boolean }> {
  const due = await ctx.db
    .query("budget_pauses")
    .withIndex("by_end", (q) => q.gte("resumesAtMs", 0).lte("resumesAtMs", nowMs))
    .take(BATCH);
  for (const pause of due) await resume(ctx, pause, nowMs);
  return { hasMore: due.length === BATCH };
}

/** Resumes those that a policy has paused. */
export async function resumeOf(
  ctx: MutationCtx,
  of: Pick<Doc<"budget_pauses">, "tenantId" | "policyId">,
  nowMs: number,
): Promise<{ hasMore: boolean }> {
  const paused = await ctx.db
    .query("budget_pauses")
    .withIndex("by_policy", (q) => q.eq("tenantId", of.tenantId).eq("policyId", of.policyId))
    .take(BATCH);
  for (const pause of paused) await resume(ctx, pause, nowMs);
  return { hasMore: paused.length === BATCH };
}

/** Called when a policy allows more or other things than before: whoever it has paused may try again. */
export async function noteLimitChange(
  ctx: MutationCtx,
  { _id: policyId, tenantId, action }: Pick<Doc<"budget_policies">, "_id" | "tenantId" | "action">,
): Promise<void> {
  if (action !== "pause") return;
  await ctx.scheduler.runAfter(0, internal.jobs.budgets.resumeOf, { tenantId, policyId });
}

/** Forgets that a budget has paused the agent: somebody else says now what it is. */
export async function forget(
  ctx: MutationCtx,
  agent: Pick<Doc<"agents">, "_id" | "tenantId">,
): Promise<void> {
  const pause = await pauseOf(ctx, agent);
  if (pause !== null) await ctx.db.delete("budget_pauses", pause._id);
}

/** By which budget the agent is paused and until when, with a sentence for the tenant; null if by none. */
export async function reasonOf(
  ctx: QueryCtx,
  agent: Doc<"agents">,
): Promise<{ reason: string; policyId: Id<"budget_policies"> } | null> {
  const pause = agent.status === "paused" ? await pauseOf(ctx, agent) : null;
  const policy = pause === null ? null : await ctx.db.get("budget_policies", pause.policyId);
  if (pause === null || policy === null) return null;
  const { resumesAtMs } = pause;
  const until = resumesAtMs === null ? "" : ` until ${new Date(resumesAtMs).toISOString()}, or`;
  const reason = `The agent is paused by the budget "${policy.name}"${until} until that is raised`;
  return { reason, policyId: policy._id };
}

async function pauseOf(
  ctx: QueryCtx,
  { _id, tenantId }: Pick<Doc<"agents">, "_id" | "tenantId">,
): Promise<Doc<"budget_pauses"> | null> {
  return await ctx.db
    .query("budget_pauses")
    .withIndex("by_agent", (q) => q.eq("tenantId", tenantId).eq("agentId", _id))
    .unique();
}

async function resume(
  ctx: MutationCtx,
  { _id, tenantId, agentId, policyId, period }: Doc<"budget_pauses">,
  nowMs: number,
): Promise<void> {
  await ctx.db.delete("budget_pauses", _id);
  const agent = await ctx.db.get("agents", agentId);
  if (agent?.status !== "paused") return;
  await setStatus(ctx, agent, { status: "active", nowMs });
  const event = { kind: "resumed", policyId, period, agentId, at: nowMs } as const;
  await ctx.db.insert("budget_events", { tenantId, ...event });
}

/** Moves a living agent to the other status; its settings, and so its versions, are what they are. */
async function setStatus(
  ctx: MutationCtx,
  { _id: id, tenantId, status: before }: Doc<"agents">,
  { status, nowMs }: { status: "active" | "paused"; nowMs: number },
): Promise<void> {
  await ctx.db.patch("agents", id, { status, updatedAt: nowMs });
  const tenant = await ctx.db.get("tenants", tenantId);
  if (tenant !== null) {
    const agentCounts = { ...tenant.agentCounts };
    agentCounts[before] -= 1;
    agentCounts[status] += 1;
    await ctx.db.patch("tenants", tenantId, { agentCounts });
  }
  const action = status === "paused" ? "pause" : "resume";
  const change = { before: { status: before }, after: { status } };
  await record(ctx, { tenantId, system: SYSTEM }, { action, id, ...change, nowMs });
}
