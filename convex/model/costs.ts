/**
 * The ledger: what each upstream attempt cost, and every sum that the cost is part of.
 *
 * An attempt is billed by its provider whatever became of the run that asked for it, so recording is
 * not fenced by the lease: it happens once per `attemptId`, whoever reports it first. An attempt whose
 * worker vanished is booked with an estimate; should its true usage still arrive, an adjustment row
 * books the difference.
 */
import type { WithoutSystemFields } from "convex/server";
import { multiply, product } from "../../src/core/money";
import { costOf, type Cost } from "../../src/pricing/cost";
import { tokensAbout } from "../../src/pricing/estimate";
import { findPrice } from "../../src/pricing/priceBook";
import {
  totalInputTokens,
  totalOutputTokens,
  usageOf,
  type TokenClass,
  type Usage,
} from "../../src/pricing/usage";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import type {
  Attempt,
  AttemptStatus,
  StoredCallFacts,
  StoredUsageReport,
  TokenTotals,
} from "../validators";
import type { TenantScope } from "./access";
import * as Totals from "./totals";

type CostEvent = WithoutSystemFields<Doc<"cost_events">>;

/** The classes that count as the model's making; all others, and no fee, count as its input. */
const OUTPUT_CLASSES: ReadonlySet<string> = new Set<TokenClass>([
  "output",
  "audioOutput",
  "imageOutput",
]);

/** What an attempt used that no provider took up: it takes back an estimate, and is not booked by itself. */
const NOTHING_USED: StoredUsageReport = {
  usage: { tokens: {}, reasoningTokens: 0, toolUnits: {} },
  source: "provider",
  reconciliation: "ok",
  notes: ["the provider never took the call up"],
};

/** What is known of an attempt that is over. */
export type BilledAttempt = {
  run: Doc<"runs">;
  step: Doc<"run_steps">;
  attempt: Attempt;
  status: AttemptStatus;
  /** Null when the provider never took it up. */
  report: StoredUsageReport | null;
  facts: StoredCallFacts;
  endedAtMs: number | undefined;
};

/**
 * Books an attempt, if it was billed, and adds it to its step, run, message, session and the tenant's totals.
 *
 * Safe to call twice for one attempt: the second call changes nothing, unless the first one was the
 * estimate for a lost worker and this is its own report.
 */
export async function record(
  ctx: MutationCtx,
  scope: TenantScope,
  { billed, nowMs }: { billed: BilledAttempt; nowMs: number },
): Promise<void> {
  const { attemptId } = billed.attempt;
  const event = toEvent(scope, billed, nowMs);
  const booked = await eventOf(ctx, scope, attemptId);
  if (booked === null) {
    if (billed.report !== null) await book(ctx, scope, event);
    return;
  }
  if (booked.status !== "lost" || billed.status === "lost") return;
  const adjustment = difference(event, booked);
  if ((await eventOf(ctx, scope, adjustment.attemptId)) !== null) return;
  await book(ctx, scope, adjustment);
}

/**
 * The report for an attempt whose worker vanished: the prompt that it sent, and what had been flushed
 * of the reply. The provider has charged for about that much; nobody will ever say exactly.
 */
export function estimateLost(attempt: Attempt, deliveredText: string): StoredUsageReport {
  return {
    usage: {
      tokens: {
        // Four characters a token, as `tokensAbout` reckons with bytes.
        inputFresh: Math.ceil(attempt.promptChars / 4),
        output: tokensAbout(deliveredText),
      },
      reasoningTokens: 0,
      toolUnits: {},
    },
    source: "estimated",
    reconciliation: "unknown",
    notes: ["the worker vanished before it could report"],
  };
}

/** Tokens of an event as the seeds count them. */
export function tokenTotals(usage: StoredUsageReport["usage"]): TokenTotals {
  const full = toUsage(usage);
  const promptTokens = totalInputTokens(full);
  const completionTokens = totalOutputTokens(full);
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}

async function eventOf(
  ctx: MutationCtx,
  scope: TenantScope,
  attemptId: string,
): Promise<Doc<"cost_events"> | null> {
  return await ctx.db
    .query("cost_events")
    .withIndex("by_attempt", (q) => q.eq("tenantId", scope.tenantId).eq("attemptId", attemptId))
    .unique();
}

/** Inserts the event and adds it to everything that sums it, so that no sum ever differs from the ledger. */
async function book(ctx: MutationCtx, scope: TenantScope, event: CostEvent): Promise<void> {
  await ctx.db.insert("cost_events", event);
  const tokens = tokenTotals(event.usage);
  const { totalTokens } = tokens;
  const costPico = event.totalCostPico;

  const step = event.stepId === undefined ? null : await ctx.db.get("run_steps", event.stepId);
  if (step !== null) {
    await ctx.db.patch("run_steps", step._id, {
      totalCostPico: step.totalCostPico + costPico,
      totalTokens: step.totalTokens + totalTokens,
    });
  }
  const run = event.runId === undefined ? null : await ctx.db.get("runs", event.runId);
  if (run !== null) {
    await ctx.db.patch("runs", run._id, {
      totalCostPico: run.totalCostPico + costPico,
      totalTokens: run.totalTokens + totalTokens,
    });
  }
  const session =
    event.sessionId === undefined ? null : await ctx.db.get("sessions", event.sessionId);
  if (session !== null) {
    await ctx.db.patch("sessions", session._id, {
      totalCostPico: session.totalCostPico + costPico,
      totalTokens: session.totalTokens + totalTokens,
    });
  }
  const message =
    event.messageId === undefined ? null : await ctx.db.get("messages", event.messageId);
  if (message !== null) {
    await ctx.db.patch("messages", message._id, {
      costPico: (message.costPico ?? 0n) + costPico,
      usage: addTokens(message.usage, tokens),
    });
  }
  await Totals.add(ctx, scope, {
    of: { agentId: event.agentId, model: { provider: event.provider, model: event.model } },
    delta: {
      costEvents: 1,
      promptTokens: tokens.promptTokens,
      completionTokens: tokens.completionTokens,
      inputCostPico: event.inputCostPico,
      outputCostPico: event.outputCostPico,
      feesPico: event.feesPico,
      totalCostPico: costPico,
    },
    nowMs: event.timestamp,
  });
}

function toEvent(
  scope: TenantScope,
  { run, step, attempt, status, facts, endedAtMs, ...billed }: BilledAttempt,
  nowMs: number,
): CostEvent {
  const report = billed.report ?? NOTHING_USED;
  return {
    tenantId: scope.tenantId,
    attemptId: attempt.attemptId,
    kind: "attempt",
    agentId: run.agentId,
    sessionId: run.sessionId,
    messageId: attempt.messageId,
    runId: run._id,
    stepId: step._id,
    ...(run.channel === undefined ? {} : { channel: run.channel }),
    attemptKind: attempt.kind,
    status,
    provider: step.provider,
    model: step.model,
    ...facts,
    usage: report.usage,
    usageSource: report.source,
    reconciliation: report.reconciliation,
    ...(report.raw === undefined ? {} : { rawUsage: report.raw }),
    ...priceOf(report, facts, { step, startedAtMs: attempt.startedAtMs }),
    startedAtMs: attempt.startedAtMs,
    ...(attempt.firstChunkAtMs === undefined ? {} : { firstChunkAtMs: attempt.firstChunkAtMs }),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    timestamp: nowMs,
  };
}

/** The priced part of an event. The served model is what is billed; the one asked for, if that has no price. */
function priceOf(
  report: StoredUsageReport,
  facts: StoredCallFacts,
  { step, startedAtMs }: { step: Doc<"run_steps">; startedAtMs: number },
) {
  const usage = toUsage(report.usage);
  const { provider } = step;
  const at = { provider, atMs: startedAtMs };
  const price =
    findPrice({ ...at, model: facts.servedModel ?? step.model }) ??
    findPrice({ ...at, model: step.model });
  if (price === null) {
    return {
      lines: [],
      fees: [],
      modifiers: [],
      tierApplied: { serviceTier: "standard", longContextTokens: null },
      unpriced: usedClasses(usage),
      inputCostPico: 0n,
      outputCostPico: 0n,
      feesPico: 0n,
      totalCostPico: 0n,
      currency: "usd" as const,
      priceVersion: null,
      notes: [...report.notes, `no price is known for ${provider}/${step.model}`],
    };
  }
  const cost = costOf(usage, price, {
    servedTier: facts.servedTier ?? null,
    requestedTier: null,
    speed: facts.servedSpeed ?? null,
    region: facts.servedRegion ?? null,
  });
  return {
    lines: [...cost.lines],
    fees: [...cost.fees],
    modifiers: [...cost.modifiers],
    tierApplied: cost.tierApplied,
    unpriced: [...cost.unpriced],
    ...split(cost),
    totalCostPico: cost.totalPico,
    currency: "usd" as const,
    priceVersion: cost.priceVersion,
    notes: [...report.notes, ...cost.assumed],
  };
}

/** The total's three parts. Input is what the others leave, so that the parts always add up. */
function split(cost: Cost): { inputCostPico: bigint; outputCostPico: bigint; feesPico: bigint } {
  const outputLines = cost.lines.filter((line) => OUTPUT_CLASSES.has(line.class));
  const outputCostPico = multiply(sumOf(outputLines), product(cost.modifiers));
  const feesPico = sumOf(cost.fees);
  return { inputCostPico: cost.totalPico - outputCostPico - feesPico, outputCostPico, feesPico };
}

/** The row that, added to `booked`, makes `truth`. */
function difference(truth: CostEvent, booked: Doc<"cost_events">): CostEvent {
  const truthUsage = toUsage(truth.usage);
  const bookedUsage = toUsage(booked.usage);
  return {
    ...truth,
    attemptId: `${truth.attemptId}/adjusted`,
    kind: "adjustment",
    usage: {
      tokens: subtract(truthUsage.tokens, bookedUsage.tokens),
      reasoningTokens: truthUsage.reasoningTokens - bookedUsage.reasoningTokens,
      toolUnits: subtract(truthUsage.toolUnits, bookedUsage.toolUnits),
    },
    lines: [
      ...truth.lines,
      ...booked.lines.map((line) => ({
        ...line,
        tokens: -line.tokens,
        amountPico: -line.amountPico,
      })),
    ],
    fees: [
      ...truth.fees,
      ...booked.fees.map((fee) => ({ ...fee, count: -fee.count, amountPico: -fee.amountPico })),
    ],
    inputCostPico: truth.inputCostPico - booked.inputCostPico,
    outputCostPico: truth.outputCostPico - booked.outputCostPico,
    feesPico: truth.feesPico - booked.feesPico,
    totalCostPico: truth.totalCostPico - booked.totalCostPico,
  };
}

/** With the zeros that are not stored. */
function toUsage(stored: StoredUsageReport["usage"]): Usage {
  const { tokens, toolUnits, reasoningTokens } = stored;
  return usageOf(tokens, { toolUnits, reasoningTokens });
}

function usedClasses(usage: Usage): string[] {
  return [...Object.entries(usage.tokens), ...Object.entries(usage.toolUnits)]
    .filter(([, used]) => used > 0)
    .map(([name]) => name);
}

function subtract<Key extends string>(
  a: Readonly<Record<Key, number>>,
  b: Readonly<Record<Key, number>>,
): Record<Key, number> {
  const keys = Object.keys(a) as Key[];
  return Object.fromEntries(keys.map((key) => [key, a[key] - b[key]])) as Record<Key, number>;
}

function addTokens(a: TokenTotals | undefined, b: TokenTotals): TokenTotals {
  return {
    promptTokens: (a?.promptTokens ?? 0) + b.promptTokens,
    completionTokens: (a?.completionTokens ?? 0) + b.completionTokens,
    totalTokens: (a?.totalTokens ?? 0) + b.totalTokens,
  };
}

function sumOf(rows: readonly { amountPico: bigint }[]): bigint {
  return rows.reduce((sum, { amountPico }) => sum + amountPico, 0n);
}
