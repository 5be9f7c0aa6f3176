/**
 * What each upstream attempt cost.
 *
 * An attempt is billed by its provider whatever became of the run that asked for it, so recording is
 * not fenced by the lease: it happens once per `attemptId`, whoever reports it first. An attempt whose
 * worker vanished is booked with an estimate; should its true usage still arrive, an adjustment row
 * books the difference.
 */
import { tokensAbout } from "../../../src/pricing/estimate";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { Attempt, AttemptStatus, StoredCallFacts, StoredUsageReport } from "../../validators";
import type { TenantScope } from "../access";
import { hourFor } from "../periods";
import { adjustTo, adjustmentsOf } from "./adjust";
import { book, eventOf, type CostEvent } from "./ledger";
import { priced } from "./pricing";

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
  { billed, place, nowMs }: { billed: Over; place: Place; nowMs: number },
): Promise<void> {
  const { attemptId } = billed.attempt;
  const period = await hourFor(ctx, scope, billed.attempt.startedAtMs);
  const event: CostEvent = {
    tenantId: scope.tenantId,
    ...place,
    period,
    ...toEvent(billed),
    ...(await priced(ctx, scope, toPriced(billed))),
  };
  const booked = await eventOf(ctx, scope, attemptId);
  if (booked === null) {
    if (billed.report !== null) await book(ctx, scope, { event, nowMs });
    return;
  }
  if (booked.status !== "lost" || billed.status === "lost") return;
  // Once only; and what a person has put right by the provider's bill is truer still.
  if ((await adjustmentsOf(ctx, booked)).length > 0) return;
  await adjustTo(ctx, scope, { booked, truth: event, nowMs });
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

type Over = Omit<BilledAttempt, "run" | "step" | "attempt"> & { attempt: Called };

function toPriced({ attempt, report, facts }: Over) {
  const { provider, model, startedAtMs: atMs } = attempt;
  return { report: report ?? NOTHING_USED, facts, call: { provider, model, atMs } };
}

function toEvent({ attempt, status, facts, endedAtMs, ...billed }: Over) {
  const { usage, source, raw, others } = billed.report ?? NOTHING_USED;
  const { provider, model, startedAtMs, firstChunkAtMs } = attempt;
  return {
    attemptId: attempt.attemptId,
    kind: "attempt" as const,
    attemptKind: attempt.kind,
    status,
    provider,
    model,
    ...facts,
    usage,
    usageSource: source,
    startedAtMs,
    timestamp: startedAtMs,
    ...omitUndefined({ otherUsage: others, rawUsage: raw, firstChunkAtMs, endedAtMs }),
  };
}
