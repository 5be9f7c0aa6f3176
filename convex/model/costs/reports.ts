/** What was spent. Sums are read from the totals, never from the ledger's rows. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { toUsd, toUsdText } from "../../lib/usd";
import type { CostEventView, CostSummary } from "../../views";
import type { TenantScope } from "../access";
import { tokenTotals } from "./ledger";
import { getOrFail } from "../runs/state";
import { read, readAll } from "../rollups/read";
import { periodAt } from "../../../src/core/periods";
import { timeZoneOf } from "../periods";
import { modelOfKey, type Sums } from "../rollups/sums";
import { openTallies } from "../rollups/tallies";

/** Far more than the attempts that one run may make. */
const EVENTS_PER_RUN_MAX = 1_000;

export async function summary(
  ctx: QueryCtx,
  scope: TenantScope,
  nowMs: number,
): Promise<CostSummary> {
  const open = await openTallies(ctx, scope);
  const timeZone = await timeZoneOf(ctx, scope);
  const ofTenant = async (unit: "day" | "month" | "total") => {
    const id = {
      dimension: "tenant",
      key: "",
      unit,
      period: periodAt(unit, timeZone, nowMs),
    } as const;
    return await read(ctx, scope, { ...id, open });
  };
  const monthNow = periodAt("month", timeZone, nowMs);
  const month = { dimension: "model", unit: "month", period: monthNow } as const;
  const [today, thisMonth, total, byModel] = await Promise.all([
    ofTenant("day"),
    ofTenant("month"),
    ofTenant("total"),
    readAll(ctx, scope, { ...month, open }),
  ]);
  const dearestFirst = [...byModel].toSorted(([, a], [, b]) =>
    a.totalCostPico < b.totalCostPico ? 1 : -1,
  );
  return {
    today: toUsd(today.totalCostPico),
    month: toUsd(thisMonth.totalCostPico),
    total: toUsd(total.totalCostPico),
    modelBreakdown: dearestFirst.map(([key, spent]) => ({
      ...modelOfKey(key),
      cost: toUsd(spent.totalCostPico),
      ...toSpend(spent),
    })),
    exact: { today: toSpend(today), month: toSpend(thisMonth), total: toSpend(total) },
  };
}

function toSpend({ totalCostPico, promptTokens, completionTokens, costEvents }: Sums) {
  return { costUsd: toUsdText(totalCostPico), promptTokens, completionTokens, costEvents };
}

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

function toEventView(event: Doc<"cost_events">): CostEventView {
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
