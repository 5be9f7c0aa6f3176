/**
 * What each upstream attempt cost.
 *
 * An attempt is billed by its provider whatever became of the run that asked for it, so recording is
 * not fenced by the lease: it happens once per `attemptId`, whoever reports it first. An attempt whose
 * worker vanished is booked with an estimate; should its true usage still arrive, an adjustment row
 * books the difference.
 */
import { multiply, product } from "../../../src/core/money";
import { costOf, type Cost } from "../../../src/pricing/cost";
import { tokensAbout } from "../../../src/pricing/estimate";
import { findPrice } from "../../../src/pricing/priceBook";
import type { TokenClass, Usage } from "../../../src/pricing/usage";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { Attempt, AttemptStatus, StoredCallFacts, StoredUsageReport } from "../../validators";
import type { TenantScope } from "../access";
import { hourFor } from "../periods";
import { book, eventOf, toUsage, type CostEvent } from "./ledger";

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
  const { run, step, attempt } = billed;
  const { provider = step.provider, model = step.model } = attempt;
  await recordAt(ctx, scope, {
    billed: { ...billed, attempt: { ...attempt, provider, model } },
    place: {
      agentId: run.agentId,
      sessionId: run.sessionId,
      messageId: attempt.messageId,
      runId: run._id,
      stepId: step._id,
      ...omitUndefined({ userId: run.userId, keyId: run.keyId, channel: run.channel }),
    },
    nowMs,
  });
}

/** Where an event belongs. */
export type Place = Pick<
  CostEvent,
  "agentId" | "sessionId" | "messageId" | "userId" | "keyId" | "runId" | "stepId" | "channel"
>;

type Called = Pick<Doc<"run_steps">, "provider" | "model"> &
  Pick<Attempt, "attemptId" | "kind" | "startedAtMs" | "firstChunkAtMs">;

/** As `record`, for an attempt that may be no run's. */
export async function recordAt(
  ctx: MutationCtx,
  scope: TenantScope,
  {
    billed,
    place,
    nowMs,
  }: {
    billed: Omit<BilledAttempt, "run" | "step" | "attempt"> & { attempt: Called };
    place: Place;
    nowMs: number;
  },
): Promise<void> {
  const { attemptId } = billed.attempt;
  const period = await hourFor(ctx, scope, billed.attempt.startedAtMs);
  const event = { tenantId: scope.tenantId, ...place, period, ...toEvent(billed) };
  const booked = await eventOf(ctx, scope, attemptId);
  if (booked === null) {
    if (billed.report !== null) await book(ctx, scope, { event, nowMs });
    return;
  }
  if (booked.status !== "lost" || billed.status === "lost") return;
  const adjustment = difference(event, booked);
  if ((await eventOf(ctx, scope, adjustment.attemptId)) !== null) return;
  await book(ctx, scope, { event: adjustment, nowMs });
}

/**
 * The report for an attempt whose worker vanished: the prompt that it sent, and what had been flushed
 * of the reply. The provider has charged for about that much; nobody will ever say exactly.
 */
export function estimateLost(
  attempt: Pick<Attempt, "promptChars">,
  deliveredText: string,
): StoredUsageReport {
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

function toEvent({
  attempt,
  status,
  facts,
  endedAtMs,
  ...billed
}: Omit<BilledAttempt, "run" | "step" | "attempt"> & { attempt: Called }): Omit<
  CostEvent,
  "tenantId" | "period" | keyof Place
> {
  const report = billed.report ?? NOTHING_USED;
  const called = { provider: attempt.provider, model: attempt.model };
  return {
    attemptId: attempt.attemptId,
    kind: "attempt",
    attemptKind: attempt.kind,
    status,
    ...called,
    ...facts,
    usage: report.usage,
    usageSource: report.source,
    reconciliation: report.reconciliation,
    ...(report.raw === undefined ? {} : { rawUsage: report.raw }),
    ...priceOf(report, facts, { ...called, startedAtMs: attempt.startedAtMs }),
    startedAtMs: attempt.startedAtMs,
    ...(attempt.firstChunkAtMs === undefined ? {} : { firstChunkAtMs: attempt.firstChunkAtMs }),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    timestamp: attempt.startedAtMs,
  };
}

/** The priced part of an event. The served model is what is billed; the one asked for, if that has no price. */
function priceOf(
  report: StoredUsageReport,
  facts: StoredCallFacts,
  {
    provider,
    model,
    startedAtMs,
  }: Pick<Doc<"run_steps">, "provider" | "model"> & Pick<Attempt, "startedAtMs">,
) {
  const usage = toUsage(report.usage);
  const at = { provider, atMs: startedAtMs };
  const price =
    findPrice({ ...at, model: facts.servedModel ?? model }) ?? findPrice({ ...at, model });
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
      notes: [...report.notes, `no price is known for ${provider}/${model}`],
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
    timestamp: booked.timestamp,
    period: booked.period,
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

function sumOf(rows: readonly { amountPico: bigint }[]): bigint {
  return rows.reduce((sum, { amountPico }) => sum + amountPico, 0n);
}
