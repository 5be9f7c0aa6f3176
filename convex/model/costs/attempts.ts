/**
 * What each upstream attempt cost.
 *
 * An attempt is billed by its provider whatever became of the run that asked for it, so recording is
 * not fenced by the lease: it happens once per `attemptId`, whoever reports it first. An attempt whose
 * worker vanished is booked with all that was held for it, and without that with an estimate; should its true
 * usage still arrive, an adjustment row books the difference.
 */
import { tokensAbout } from "../../../src/pricing/estimate";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import type { Attempt, AttemptStatus, StoredCallFacts, StoredUsageReport } from "../../validators";
import type { TenantScope } from "../access";
import { release, reservationOf, type Reservation } from "../budgets/reservations";
import { hourFor } from "../periods";
import { adjustTo, adjustmentsOf } from "./adjust";
import { book, eventOf, type CostEvent } from "./ledger";
import { priced, type PricedPart } from "./pricing";

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
  scope: Pick<TenantScope, "tenantId">,
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
  scope: Pick<TenantScope, "tenantId">,
  { billed, place, nowMs }: { billed: Over; place: Place; nowMs: number },
): Promise<void> {
  const { attemptId } = billed.attempt;
  const period = await hourFor(ctx, scope, billed.attempt.startedAtMs);
  const held = await heldFor(ctx, scope, billed);
  const told = held === null ? billed : { ...billed, report: toWholeReport(held) };
  const truth = {
    ...toEvent(told),
    ...((held && amountsHeld(held)) ?? (await priced(ctx, scope, toPriced(told)))),
  };
  const event: CostEvent = { tenantId: scope.tenantId, ...place, period, ...truth };
  const booked = await eventOf(ctx, scope, attemptId);
  if (booked === null) {
    if (billed.report === null) await release(ctx, scope, { key: attemptId, nowMs });
    else await book(ctx, scope, { event, nowMs });
    return;
  }
  if (booked.status !== "lost" || billed.status === "lost") return;
  // Once only; and what a person has put right by the provider's bill is truer still.
  if ((await adjustmentsOf(ctx, booked)).length > 0) return;
  await adjustTo(ctx, scope, { booked, truth, nowMs });
}

/** Books an attempt of which nothing is known but what was held for it. */
export async function recordLost(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { attempt, place, nowMs }: { attempt: Called; place: Place; nowMs: number },
): Promise<void> {
  const nothing = { report: NOTHING_USED, facts: {}, endedAtMs: undefined } as const;
  await recordAt(ctx, scope, { billed: { attempt, status: "lost", ...nothing }, place, nowMs });
}

/** What was held for an attempt that was lost; null where nothing was. */
async function heldFor(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { status, attempt: { attemptId } }: Over,
): Promise<Reservation | null> {
  if (status !== "lost") return null;
  const reservation = await reservationOf(ctx, scope, attemptId);
  return reservation?.state === "reserved" ? reservation : null;
}

/** All that was held, as what was used: nobody can say that it was less. */
function toWholeReport({ reserved, outputTokens }: Reservation): BookedReport {
  const tokens = { inputFresh: reserved.tokens - outputTokens, output: outputTokens };
  return {
    usage: { tokens, reasoningTokens: 0, toolUnits: {} },
    source: "unknown",
    reconciliation: "unknown",
    notes: ["nobody knows what was used: all that was held for the call is booked"],
  };
}

/**
 * What was held at the dearest prices that the call could have had, or as a caller said; null where no cost was: its
 * tokens have theirs.
 */
function amountsHeld(held: Reservation): PricedPart | null {
  const { pico } = held.reserved;
  if (pico === 0n && held.isStated !== true) return null;
  const { reconciliation, notes } = toWholeReport(held);
  return {
    lines: [],
    fees: [],
    modifiers: [],
    tierApplied: { serviceTier: "standard", longContextTokens: null },
    unpriced: [],
    inputCostPico: pico,
    outputCostPico: 0n,
    feesPico: 0n,
    totalCostPico: pico,
    currency: "usd",
    priceVersion: null,
    reconciliation,
    notes,
  };
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

/** As a worker hands it over, or as it is booked where none could. */
type BookedReport = Omit<StoredUsageReport, "source"> & { source: CostEvent["usageSource"] };

type Over = Omit<BilledAttempt, "run" | "step" | "attempt" | "report"> & {
  attempt: Called;
  report: BookedReport | null;
};

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
