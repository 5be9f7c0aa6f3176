/** The ledger's rows as they are shown: what each call cost, line by line. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { toUsd, toUsdText } from "../../lib/usd";
import type { CostEventView } from "../../views";
import type { TenantScope } from "../access";
import { getOrFail } from "../runs/state";
import { tokenTotals } from "./ledger";

/** Far more than the attempts that one run may make. */
const EVENTS_PER_RUN_MAX = 1_000;

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

export function toEventView(event: Doc<"cost_events">): CostEventView {
  const { _id, attemptId, kind, agentId, sessionId, messageId, runId, attemptKind, status } = event;
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
    ...omitUndefined({ sessionId, messageId, runId, servedModel }),
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
