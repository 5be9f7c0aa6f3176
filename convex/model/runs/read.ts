/** Runs and their steps as callers see them. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { isWorking, UNFINISHED } from "../../../src/core/runState";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { checkedInteger } from "../../lib/checks";
import { omitUndefined } from "../../lib/objects";
import { totalPicoOf, toUsd, toUsdText } from "../../lib/usd";
import type { RunView, StepView } from "../../views";
import type { TenantScope } from "../access";
import * as Sessions from "../sessions";
import { getOrFail } from "./state";

export type StateKind = Doc<"runs">["state"]["kind"];

export const STEPS_MAX = 200;
const PAGE_SIZE_MAX = 100;

export async function get(ctx: QueryCtx, scope: TenantScope, runId: Id<"runs">): Promise<RunView> {
  return toView(await getOrFail(ctx, scope, runId));
}

/** A session's runs, the newest first. */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { sessionId, paginationOpts }: { sessionId: Id<"sessions">; paginationOpts: PaginationOptions },
): Promise<PaginationResult<RunView>> {
  await Sessions.getOrFail(ctx, scope, sessionId);
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const result = await ctx.db
    .query("runs")
    .withIndex("by_session", (q) => q.eq("tenantId", scope.tenantId).eq("sessionId", sessionId))
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

/** The tenant's runs, the newest first: all, or those in one state. */
export async function listOfTenant(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { state, paginationOpts }: { state?: StateKind | undefined; paginationOpts: PaginationOptions },
): Promise<PaginationResult<RunView>> {
  const numItems = Math.min(paginationOpts.numItems, PAGE_SIZE_MAX);
  const runs = ctx.db.query("runs");
  const chosen =
    state === undefined
      ? runs.withIndex("by_tenant", (q) => q.eq("tenantId", tenantId))
      : runs.withIndex("by_tenant_and_state", (q) =>
          q.eq("tenantId", tenantId).eq("state.kind", state),
        );
  const result = await chosen.order("desc").paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toView) };
}

/** What the tenant's agents are at now, the newest first. */
export async function unfinished(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  limit = PAGE_SIZE_MAX,
): Promise<RunView[]> {
  const countMax = checkedInteger("limit", limit, { min: 1, max: PAGE_SIZE_MAX });
  const byState = await Promise.all(
    UNFINISHED.map((kind) =>
      ctx.db
        .query("runs")
        .withIndex("by_tenant_and_state", (q) => q.eq("tenantId", tenantId).eq("state.kind", kind))
        .order("desc")
        .take(countMax),
    ),
  );
  const newestFirst = byState.flat().toSorted((a, b) => b.createdAt - a.createdAt);
  return newestFirst.slice(0, countMax).map(toView);
}

/** All steps of a run, in order. */
export async function steps(
  ctx: QueryCtx,
  scope: TenantScope,
  runId: Id<"runs">,
): Promise<StepView[]> {
  return await stepsOf(ctx, await getOrFail(ctx, scope, runId));
}

export async function stepsOf(ctx: QueryCtx, run: Doc<"runs">): Promise<StepView[]> {
  const rows = await ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) => q.eq("tenantId", run.tenantId).eq("runId", run._id))
    .take(STEPS_MAX);
  return rows.map(toStepView);
}

export function toView(run: Doc<"runs">): RunView {
  const { _id, tenantId, agentId, sessionId, turn, userMessageId, state, totalTokens } = run;
  const { userId, messageId, model, provider, startedAt } = run;
  const totalPico = totalPicoOf(run);
  return {
    _id,
    tenantId,
    agentId,
    sessionId,
    turn,
    userMessageId,
    totalTokens,
    ...omitUndefined({ userId, messageId, model, provider, startedAt }),
    // The lease's token is its worker's alone.
    state: {
      kind: state.kind,
      cancelRequested: isWorking(state) && state.cancelRequestedAtMs !== null,
      ...("endedAtMs" in state && { endedAt: state.endedAtMs }),
      ...(state.kind === "failed" && {
        reason: state.reason,
        detail: state.detail,
        ...omitUndefined({ refusedById: run.refusedById }),
      }),
    },
    totalCost: toUsd(totalPico),
    totalCostUsd: toUsdText(totalPico),
    createdAt: run.createdAt,
  };
}

export function toStepView(step: Doc<"run_steps">): StepView {
  const {
    _creationTime,
    tenantId: _tenantId,
    totalCostPico: _totalCostPico,
    totalCostCarry: _totalCostCarry,
    attempts,
    ...rest
  } = step;
  const totalPico = totalPicoOf(step);
  return {
    ...rest,
    attempts: attempts.map(
      ({ attemptId, provider = step.provider, model = step.model, ...attempt }) => ({
        attemptId,
        provider,
        model,
        kind: attempt.kind,
        status: attempt.status,
        startedAt: attempt.startedAtMs,
        ...omitUndefined({
          error: attempt.error,
          firstChunkAt: attempt.firstChunkAtMs,
          endedAt: attempt.endedAtMs,
          passedOver: attempt.passedOver?.map(({ untilMs, ...rest }) => ({
            ...rest,
            until: untilMs,
          })),
        }),
      }),
    ),
    totalCost: toUsd(totalPico),
    totalCostUsd: toUsdText(totalPico),
  };
}
