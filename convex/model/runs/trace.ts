/** A run with all that happened in it, in one bounded read: for people who look into it, and for tracing systems. */
import { isTerminal } from "../../../src/core/runState";
import type { SpanUsage, TracedRun, TracedStep } from "../../../src/tracing/otlp";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { toUsd, toUsdText } from "../../lib/usd";
import type { StoredUsageReport } from "../../validators";
import type { TraceView } from "../../views/traces";
import type { TenantScope } from "../access";
import { plusStored, tokenTotals } from "../costs/storedUsage";
import { STEPS_MAX, toStepView, toView } from "./read";
import { getOrFail } from "./state";

/** More than a run's steps may have attempts, each with an adjustment. */
const EVENTS_MAX = 1_000;

type Usage = StoredUsageReport["usage"];
/** What attempts cost. */
type Spent = { costPico: bigint; usage: Usage };
const NOTHING: Spent = { costPico: 0n, usage: { tokens: {}, reasoningTokens: 0, toolUnits: {} } };

type Trace = {
  steps: Doc<"run_steps">[];
  spentOn: ReadonlyMap<string, Spent>;
};

/** @throws not_found - The run does not exist or is another tenant's. */
export async function view(
  ctx: QueryCtx,
  scope: TenantScope,
  runId: Id<"runs">,
): Promise<TraceView> {
  const run = await getOrFail(ctx, scope, runId);
  const { steps, spentOn } = await read(ctx, run);
  const attempts = steps.flatMap((step) => step.attempts);
  return {
    run: toView(run),
    steps: steps.map((step) => ({
      ...toStepView(step),
      ...omitUndefined({ durationMs: step.endedAt && step.endedAt - step.startedAt }),
      spent: step.attempts.map(({ attemptId }) => ({
        attemptId,
        ...toAmounts(spentOn.get(attemptId) ?? NOTHING),
      })),
    })),
    totals: {
      ...toAmounts(sumOf(spentOn.values())),
      modelCalls: steps.filter(({ kind }) => kind === "model_call").length,
      toolCalls: steps.filter(({ kind }) => kind === "tool_call").length,
      attempts: attempts.length,
      waitedMs: (run.startedAt ?? run.createdAt) - run.createdAt,
      ...omitUndefined({ durationMs: durationOf(run) }),
    },
  };
}

/** The run as a tracing system is told of it; null while it goes on. */
export async function traced(ctx: QueryCtx, run: Doc<"runs">): Promise<TracedRun | null> {
  const { state } = run;
  if (!isTerminal(state)) return null;
  const { steps, spentOn } = await read(ctx, run);
  const agent = await ctx.db.get("agents", run.agentId);
  return {
    id: run._id,
    tenantId: run.tenantId,
    agentId: run.agentId,
    agentName: agent?.name ?? "",
    sessionId: run.sessionId,
    turn: run.turn,
    provider: run.provider ?? null,
    model: run.model ?? null,
    state: state.kind,
    reason: state.kind === "failed" ? state.reason : null,
    usage: toSpanUsage(sumOf(spentOn.values())),
    startedAtMs: run.startedAt ?? run.createdAt,
    endedAtMs: state.endedAtMs,
    steps: steps.map((step) => toTraced(step, { spentOn, endedAtMs: state.endedAtMs })),
  };
}

async function read(ctx: QueryCtx, { tenantId, _id: runId }: Doc<"runs">): Promise<Trace> {
  const steps = await ctx.db
    .query("run_steps")
    .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", runId))
    .take(STEPS_MAX);
  const events = await ctx.db
    .query("cost_events")
    .withIndex("by_run", (q) => q.eq("tenantId", tenantId).eq("runId", runId))
    .take(EVENTS_MAX);
  const spentOn = new Map<string, Spent>();
  for (const { adjusts, totalCostPico: costPico, usage, ...event } of events) {
    const attemptId = adjusts ?? event.attemptId;
    spentOn.set(attemptId, sumOf([spentOn.get(attemptId) ?? NOTHING, { costPico, usage }]));
  }
  return { steps, spentOn };
}

function toTraced(
  step: Doc<"run_steps">,
  { spentOn, endedAtMs }: Pick<Trace, "spentOn"> & { endedAtMs: number },
): TracedStep {
  const { attempts } = step;
  return {
    id: step._id,
    parentId: step.parentStepId ?? null,
    kind: step.kind === "compaction" ? "model_call" : step.kind,
    status: step.status,
    provider: step.provider,
    model: step.model,
    toolName: step.toolCall?.name ?? null,
    toolCallId: step.toolCall?.toolCallId ?? null,
    finishReason: step.finishReason ?? null,
    attempts: attempts.map((attempt) => ({
      kind: attempt.kind,
      status: attempt.status,
      failureClass: attempt.error?.failureClass ?? null,
      httpStatus: attempt.error?.status ?? null,
      firstChunkAtMs: attempt.firstChunkAtMs ?? null,
      startedAtMs: attempt.startedAtMs,
      endedAtMs: attempt.endedAtMs ?? null,
    })),
    usage: toSpanUsage(sumOf(attempts.map(({ attemptId }) => spentOn.get(attemptId) ?? NOTHING))),
    startedAtMs: step.startedAt,
    endedAtMs: step.endedAt ?? endedAtMs,
  };
}

function sumOf(all: Iterable<Spent>): Spent {
  return [...all].reduce(
    (sum, { costPico, usage }) => ({
      costPico: sum.costPico + costPico,
      usage: plusStored(sum.usage, usage),
    }),
    NOTHING,
  );
}

function toAmounts({ costPico, usage }: Spent) {
  return { ...tokenTotals(usage), totalCost: toUsd(costPico), totalCostUsd: toUsdText(costPico) };
}

function toSpanUsage({ costPico, usage }: Spent): SpanUsage {
  const { promptTokens, completionTokens } = tokenTotals(usage);
  const { cacheRead = 0, audioCacheRead = 0, cacheWrite5m = 0, cacheWrite30m = 0 } = usage.tokens;
  const { cacheWrite1h = 0, cacheWrite12h = 0, cacheWriteUnknown = 0 } = usage.tokens;
  return {
    inputTokens: promptTokens,
    outputTokens: completionTokens,
    cacheReadTokens: cacheRead + audioCacheRead,
    cacheWriteTokens:
      cacheWrite5m + cacheWrite30m + cacheWrite1h + cacheWrite12h + cacheWriteUnknown,
    reasoningTokens: usage.reasoningTokens,
    costUsd: toUsdText(costPico),
  };
}

function durationOf(run: Doc<"runs">): number | undefined {
  return isTerminal(run.state) ? run.state.endedAtMs - (run.startedAt ?? run.createdAt) : undefined;
}
