/**
 * Calls of a skill by itself, in no conversation: written down before they are made, settled at their end. A worker
 * that vanishes in between leaves a row behind, and the sweeper books what its model may have cost.
 */
import { v, type Infer } from "convex/values";
import { MINUTE_MS, SECOND_MS } from "../../../src/core/limits";
import { internal } from "../../_generated/api";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { beginningOf } from "../../lib/texts";
import { toUsd, toUsdText } from "../../lib/usd";
import { vCallFacts, vUsageReport, type OpenRecord } from "../../validators";
import { actorOf, scopeOfCall, scopeOfRun, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import * as Agents from "../agents/agents";
import * as Costs from "../costs/attempts";
import { eventOf } from "../costs/ledger";
import { tokenTotals } from "../costs/storedUsage";
import * as Sessions from "../sessions";
import { CALL_LIFETIME_MS, vWork, workOf } from "./callWork";
import { find, usableOrFail } from "./installed";

const record = Activity.recorderOf("agent_skills", { noun: "skills" });

/** Of a tenant at once: each holds a worker, and its caller. */
export const CALLS_MAX = 20;
/** By then one of them is likely to have ended. */
const ROOM_AFTER_MS = 5 * SECOND_MS;
const ERROR_LENGTH_MAX = 500;
/** Each may fall under some hundred budgets, and what settles one reads counts here, too: see `budgets/sweep.ts`. */
const LOST_PER_BATCH = 8;
/** How long one waits that could not be settled: somebody must look first. */
const POSTPONED_MS = 10 * MINUTE_MS;

export const vBegunCall = v.object({
  callId: v.union(v.id("skill_calls"), v.null()), // null: nothing is under way
  version: v.string(),
  work: vWork,
});
export type BegunCall = Infer<typeof vBegunCall>;

/** How a call ended. */
export const vCallReport = v.object({
  error: v.union(v.string(), v.null()), // for the tenant's people
  usage: v.union(vUsageReport, v.null()),
  facts: vCallFacts,
  wasAborted: v.boolean(),
  firstChunkAtMs: v.optional(v.number()),
  endedAtMs: v.number(),
});
export type CallReport = Infer<typeof vCallReport>;

/** What a call cost. */
export const vCallCost = v.object({
  cost: v.number(),
  costUsd: v.string(),
  tokensUsed: v.number(),
});

/**
 * Writes down that a skill is about to be called.
 *
 * @throws not_found - The agent does not exist or does not have the skill, or it is gone.
 * @throws conflict - The agent takes no work, or the skill is not to be used.
 * @throws invalid_argument - A parameter is missing, unknown or not as it has to be.
 * @throws limit_reached - The tenant has `CALLS_MAX` under way.
 */
export async function begin(
  ctx: MutationCtx,
  scope: CallerScope,
  {
    agentId,
    skillId,
    parameters,
    nowMs,
  }: { agentId: Id<"agents">; skillId: string; parameters: OpenRecord; nowMs: number },
): Promise<BegunCall> {
  const agent = await Agents.getOrFail(ctx, scope, agentId);
  await Sessions.requireTakesMessages(ctx, agent);
  const usable = await usableOrFail(ctx, scope, { agent, skillId });
  const { row } = usable;
  const work = await workOf(ctx, scope, { agent, usable, parameters, nowMs });
  const begun = { version: row.version, work };
  if (work.kind === "unavailable") return { callId: null, ...begun };
  await requireRoom(ctx, scope);
  const callId = await ctx.db.insert("skill_calls", {
    tenantId: scope.tenantId,
    agentId,
    ...actorOf(scope),
    installationId: row._id,
    ...(work.kind === "prompt" && { attempt: work.attempt }),
    startedAtMs: nowMs,
    expiresAtMs: nowMs + CALL_LIFETIME_MS,
  });
  const after = { agentId, skillId, version: row.version };
  await record(ctx, scope, { action: "execute", id: row._id, after, nowMs });
  return { callId, ...begun };
}

/** Settles a call. Safe to repeat: what is settled is gone. */
export async function end(
  ctx: MutationCtx,
  { callId, report, nowMs }: { callId: Id<"skill_calls">; report: CallReport; nowMs: number },
): Promise<Infer<typeof vCallCost>> {
  const nothing = { cost: 0, costUsd: "0", tokensUsed: 0 };
  const found = await scopeOfCall(ctx, callId);
  if (found === null) return nothing;
  const { scope, call } = found;
  await ctx.db.delete("skill_calls", callId);
  await note(ctx, call, { error: report.error, nowMs });
  const { attempt } = call;
  if (attempt === undefined) return nothing;
  const status = report.wasAborted ? "aborted" : report.error === null ? "ok" : "error";
  const { usage, facts, endedAtMs } = report;
  await book(ctx, scope, { call, billed: { status, report: usage, facts, endedAtMs }, nowMs });
  const event = await eventOf(ctx, scope, attempt.attemptId);
  if (event === null) return nothing;
  const { totalCostPico } = event;
  const tokensUsed = tokenTotals(event.usage).totalTokens;
  return { cost: toUsd(totalCostPico), costUsd: toUsdText(totalCostPico), tokensUsed };
}

/** Settles calls whose workers are gone: each in a transaction of its own, so that none stops the others. True: there are more. */
export async function sweep(ctx: MutationCtx, nowMs: number): Promise<boolean> {
  const lost = await ctx.db
    .query("skill_calls")
    .withIndex("by_expiry", (q) => q.lte("expiresAtMs", nowMs))
    .take(LOST_PER_BATCH);
  for (const { _id: callId, tenantId } of lost) {
    try {
      await ctx.runMutation(internal.jobs.skillCalls.settleLost, { callId });
    } catch (error) {
      console.error(`tenant ${tenantId}: lost call ${callId} could not be settled:`, error);
      await ctx.db.patch("skill_calls", callId, { expiresAtMs: nowMs + POSTPONED_MS });
    }
  }
  return lost.length === LOST_PER_BATCH;
}

/** Settles one whose worker is gone by now. */
export async function settleLost(
  ctx: MutationCtx,
  callId: Id<"skill_calls">,
  nowMs: number,
): Promise<void> {
  const found = await scopeOfCall(ctx, callId);
  if (found === null || found.call.expiresAtMs > nowMs) return;
  const { scope, call } = found;
  await ctx.db.delete("skill_calls", callId);
  await note(ctx, call, { error: "The call's worker was lost.", nowMs });
  if (call.attempt === undefined) return;
  const report = Costs.estimateLost(call.attempt, "");
  const billed = { status: "lost", report, facts: {}, endedAtMs: undefined } as const;
  await book(ctx, scope, { call, billed, nowMs });
}

async function requireRoom(ctx: QueryCtx, { tenantId }: CallerScope): Promise<void> {
  const underWay = await ctx.db
    .query("skill_calls")
    .withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
    .take(CALLS_MAX);
  if (underWay.length === CALLS_MAX) {
    const of = { what: "calls of skills at once", limit: CALLS_MAX };
    fail({ kind: "limit_reached", ...of, retryAfterMs: ROOM_AFTER_MS });
  }
}

/** A use of a skill by a run, and why it failed, if it did. */
export const vUse = v.object({ skillId: v.string(), error: v.union(v.string(), v.null()) });

/** Counts what a run has used. */
export async function noteUses(
  ctx: MutationCtx,
  { runId, uses, nowMs }: { runId: Id<"runs">; uses: readonly Infer<typeof vUse>[]; nowMs: number },
): Promise<void> {
  const found = await scopeOfRun(ctx, runId);
  if (found === null) return;
  const { scope, run } = found;
  for (const { skillId, error } of uses) {
    const row = await find(ctx, scope, { agentId: run.agentId, skillId });
    if (row !== null) await note(ctx, { installationId: row._id }, { error, nowMs });
  }
}

/** Counts a use, and keeps its error for whoever looks after the installation. */
async function note(
  ctx: MutationCtx,
  { installationId }: Pick<Doc<"skill_calls">, "installationId">,
  { error, nowMs }: { error: string | null; nowMs: number },
): Promise<void> {
  const row = await ctx.db.get("agent_skills", installationId);
  if (row === null) return; // uninstalled meanwhile
  const lastError = error === null ? undefined : beginningOf(error, ERROR_LENGTH_MAX);
  // Disabled meanwhile, it stays so.
  const status = row.status === "disabled" ? row.status : error === null ? "installed" : "error";
  const useCount = row.useCount + 1;
  await ctx.db.patch("agent_skills", row._id, { useCount, lastUsedAt: nowMs, lastError, status });
}

async function book(
  ctx: MutationCtx,
  scope: TenantScope,
  {
    call: { agentId, userId, keyId, attempt, startedAtMs },
    billed,
    nowMs,
  }: {
    call: Doc<"skill_calls">;
    billed: Pick<Costs.BilledAttempt, "status" | "report" | "facts" | "endedAtMs">;
    nowMs: number;
  },
): Promise<void> {
  if (attempt === undefined) return;
  const called = { ...attempt, kind: "primary", startedAtMs } as const;
  await Costs.recordAt(ctx, scope, {
    billed: { ...billed, attempt: called },
    place: { agentId, ...omitUndefined({ userId, keyId }) },
    nowMs,
  });
}
