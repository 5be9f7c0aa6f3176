/** The ledger's rows as they are shown: what each call cost, line by line. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { toUsd, toUsdText } from "../../lib/usd";
import type { CostEventView } from "../../views";
import type { CostEventDetail } from "../../views/costs";
import { requireOwned, type TenantScope } from "../access";
import type { Dimension } from "../rollups/sums";
import { getOrFail } from "../runs/state";
import { adjustmentsOf, standingOf } from "./adjust";
import { tokenTotals } from "./storedUsage";
import { eventsOf, spanOf } from "./ledgerRows";
import { periodNamed } from "./namedPeriod";

/** Far more than the attempts that one run may make. */
const EVENTS_PER_RUN_MAX = 1_000;
/** Of a list. */
const PAGE_MAX = 100;

/** What each upstream request of a run cost, in the order in which they began. */
export async function eventsOfRun(
  ctx: QueryCtx,
  scope: TenantScope,
  runId: Id<"runs">,
): Promise<CostEventView[]> {
  await getOrFail(ctx, scope, runId);
  const events = await ctx.db
    .query("cost_events")
    .withIndex("by_run", (q) => q.eq("tenantId", scope.tenantId).eq("runId", runId))
    .take(EVENTS_PER_RUN_MAX);
  return events.map(toEventView);
}

type Asked = {
  dimension: Dimension | undefined;
  key: string | undefined;
  period: string | undefined;
  nowMs: number;
  paginationOpts: PaginationOptions;
};

/**
 * A page of what a sum is of, the latest first: calls, adjustments, and what retention has drawn together.
 *
 * @throws invalid_argument - There is no such period, or one of dimension and key is given without the other.
 */
export async function listPage(
  ctx: QueryCtx,
  scope: TenantScope,
  { dimension = "tenant", key, period: named = "total", nowMs, paginationOpts }: Asked,
): Promise<PaginationResult<CostEventView>> {
  if ((dimension === "tenant") !== (key === undefined)) {
    const reason = "is needed for all dimensions but the tenant, which has none";
    fail({ kind: "invalid_argument", field: "key", reason });
  }
  const { period } = await periodNamed(ctx, scope, { period: named, nowMs });
  const numItems = Math.min(paginationOpts.numItems, PAGE_MAX);
  const result = await eventsOf(ctx, scope.tenantId, {
    dimension,
    key: key ?? "",
    span: spanOf(period),
  })
    .order("desc")
    .paginate({ ...paginationOpts, numItems });
  return { ...result, page: result.page.map(toEventView) };
}

/**
 * All that is known of one row, and what it came to with its adjustments.
 *
 * @throws not_found - The event does not exist, was drawn into a summary, or is another tenant's.
 */
export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  eventId: Id<"cost_events">,
): Promise<CostEventDetail> {
  const row = await ctx.db.get("cost_events", eventId);
  const event = requireOwned(scope, row, { entity: "cost_event", id: eventId });
  const adjustments = event.kind === "attempt" ? await adjustmentsOf(ctx, event) : [];
  const { totalCostPico } = standingOf([event, ...adjustments]);
  const { endpoint, stepId, rawUsage } = event;
  const { requestedTier, servedTier, servedSpeed, servedRegion } = event;
  const { providerRequestId, providerMessageId, firstChunkAtMs, endedAtMs } = event;
  return {
    ...toEventView(event),
    usage: event.usage,
    modifiers: event.modifiers.map(({ name, num, den }) => ({
      name,
      factor: `${num}/${den}`,
    })),
    tierApplied: event.tierApplied,
    feesUsd: toUsdText(event.feesPico),
    startedAt: event.startedAtMs,
    ...omitUndefined({ endpoint, stepId, rawUsage }),
    ...omitUndefined({ requestedTier, servedTier, servedSpeed, servedRegion }),
    ...omitUndefined({ providerRequestId, providerMessageId }),
    ...omitUndefined({ firstChunkAt: firstChunkAtMs, endedAt: endedAtMs }),
    adjustments: adjustments.map(toEventView),
    standing: {
      totalCost: toUsd(totalCostPico),
      totalCostUsd: toUsdText(totalCostPico),
      totalCostPico: totalCostPico.toString(),
    },
  };
}

export function toEventView(event: Doc<"cost_events">): CostEventView {
  const { _id, attemptId, kind, agentId, sessionId, messageId, runId, attemptKind, status } = event;
  const { userId, keyId, channel, eventCount, unpriced, period } = event;
  const { provider, model, servedModel, currency, usageSource, priceVersion, timestamp } = event;
  return {
    _id,
    attemptId,
    kind,
    agentId,
    attemptKind,
    status,
    provider,
    model,
    currency,
    usageSource,
    priceVersion,
    timestamp,
    unpriced,
    period,
    ...omitUndefined({ sessionId, messageId, runId, servedModel }),
    ...omitUndefined({ userId, keyId, channel, eventCount }),
    ...tokenTotals(event.usage),
    inputCost: toUsd(event.inputCostPico),
    outputCost: toUsd(event.outputCostPico),
    totalCost: toUsd(event.totalCostPico),
    totalCostUsd: toUsdText(event.totalCostPico),
    totalCostPico: event.totalCostPico.toString(),
    reconciliation: event.reconciliation,
    notes: event.notes,
    ...omitUndefined({
      reportedCostUsd:
        event.reportedCostPico === undefined ? undefined : toUsdText(event.reportedCostPico),
      adjusts: event.adjusts,
      reason: event.reason,
    }),
    lines: event.lines.map(({ class: name, model: other, tokens, ...line }) => ({
      class: name,
      tokens,
      ...priced(line),
      ...omitUndefined({ model: other }),
    })),
    fees: event.fees.map((fee) => ({ unit: fee.unit, count: fee.count, ...priced(fee) })),
  };
}

function priced({ unitPico, amountPico }: { unitPico: bigint; amountPico: bigint }) {
  return { unitUsd: toUsdText(unitPico), amountUsd: toUsdText(amountPico) };
}
