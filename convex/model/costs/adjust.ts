/**
 * Adjustments: rows that, added to what was booked for an attempt, make what is true of it. No row is ever changed.
 * Several may follow one another, and each counts in the period of its attempt.
 */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { book, type CostEvent } from "./ledger";
import { minusStored, plusStored } from "./storedUsage";

/** Of one attempt. Each is an answer to something that happened once; more are a loop. */
export const ADJUSTMENTS_MAX = 100;

/** What of an event is true or not: all the rest is of its attempt. */
export type Truth = Pick<
  CostEvent,
  | "usage"
  | "usageSource"
  | "reconciliation"
  | "notes"
  | "lines"
  | "fees"
  | "modifiers"
  | "tierApplied"
  | "unpriced"
  | "inputCostPico"
  | "outputCostPico"
  | "feesPico"
  | "totalCostPico"
  | "priceVersion"
> &
  Partial<CostEvent>;

/** The sums that an attempt's rows come to. */
export type Standing = Pick<
  CostEvent,
  "usage" | "lines" | "fees" | "inputCostPico" | "outputCostPico" | "feesPico" | "totalCostPico"
>;

/** The adjustments of an attempt, in the order in which they were made. */
export async function adjustmentsOf(
  ctx: QueryCtx,
  { tenantId, attemptId }: Pick<CostEvent, "tenantId" | "attemptId">,
): Promise<Doc<"cost_events">[]> {
  return await ctx.db
    .query("cost_events")
    .withIndex("by_adjusted", (q) => q.eq("tenantId", tenantId).eq("adjusts", attemptId))
    .take(ADJUSTMENTS_MAX);
}

/** What the rows come to, taken together. */
export function standingOf(rows: readonly Doc<"cost_events">[]): Standing {
  return rows.reduce<Standing>(
    (sum, row) => ({
      usage: plusStored(sum.usage, row.usage),
      lines: [...sum.lines, ...row.lines],
      fees: [...sum.fees, ...row.fees],
      inputCostPico: sum.inputCostPico + row.inputCostPico,
      outputCostPico: sum.outputCostPico + row.outputCostPico,
      feesPico: sum.feesPico + row.feesPico,
      totalCostPico: sum.totalCostPico + row.totalCostPico,
    }),
    NOTHING,
  );
}

const NOTHING: Standing = {
  usage: { tokens: {}, reasoningTokens: 0, toolUnits: {} },
  lines: [],
  fees: [],
  inputCostPico: 0n,
  outputCostPico: 0n,
  feesPico: 0n,
  totalCostPico: 0n,
};

/**
 * Books what is missing from what stands to the truth.
 *
 * @returns The adjustment, or null when nothing is missing.
 */
export async function adjustTo(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  { booked, truth, nowMs }: { booked: Doc<"cost_events">; truth: Truth; nowMs: number },
): Promise<{ id: Id<"cost_events">; event: CostEvent } | null> {
  const earlier = await adjustmentsOf(ctx, booked);
  if (earlier.length === ADJUSTMENTS_MAX) return null;
  const standing = standingOf([booked, ...earlier]);
  const latest = earlier.at(-1) ?? booked;
  const event = {
    ...adjustment(booked, { truth, standing, number: earlier.length + 1 }),
    unpricedChange: Number(truth.unpriced.length > 0) - Number(latest.unpriced.length > 0),
  };
  if (isNothing(event)) return null;
  return { id: await book(ctx, scope, { event, nowMs }), event };
}

function adjustment(
  booked: Doc<"cost_events">,
  { truth, standing, number }: { truth: Truth; standing: Standing; number: number },
): CostEvent {
  const { _id, _creationTime, otherUsage: _otherUsage, rawUsage: _rawUsage, ...attempt } = booked;
  return {
    ...attempt,
    ...truth,
    attemptId: `adjusted/${number}/${booked.attemptId}`,
    adjusts: booked.attemptId,
    kind: "adjustment",
    timestamp: booked.timestamp,
    period: booked.period,
    usage: minusStored(truth.usage, standing.usage),
    lines: netLines(truth.lines, standing.lines),
    fees: netFees(truth.fees, standing.fees),
    inputCostPico: truth.inputCostPico - standing.inputCostPico,
    outputCostPico: truth.outputCostPico - standing.outputCostPico,
    feesPico: truth.feesPico - standing.feesPico,
    totalCostPico: truth.totalCostPico - standing.totalCostPico,
  };
}

function isNothing({ usage, ...event }: CostEvent): boolean {
  const counts = [
    ...Object.values(usage.tokens),
    ...Object.values(usage.toolUnits),
    usage.reasoningTokens,
  ];
  const amounts = [event.inputCostPico, event.outputCostPico, event.feesPico];
  if (event.unpricedChange !== 0) return false;
  return counts.every((count) => count === 0) && amounts.every((amount) => amount === 0n);
}

type Line = CostEvent["lines"][number];
type Fee = CostEvent["fees"][number];

/** The lines that were not there, and those that were, taken back; one for each class and price. */
function netLines(truth: readonly Line[], standing: readonly Line[]): Line[] {
  const net = new Map<string, Line>();
  const add = (line: Line, sign: 1 | -1) => {
    const key = `${line.class} ${line.model ?? ""} ${line.unitPico}`;
    const before = net.get(key) ?? { ...line, tokens: 0, amountPico: 0n };
    const tokens = before.tokens + sign * line.tokens;
    net.set(key, { ...before, tokens, amountPico: BigInt(tokens) * line.unitPico });
  };
  for (const line of truth) add(line, 1);
  for (const line of standing) add(line, -1);
  return [...net.values()].filter(({ tokens }) => tokens !== 0);
}

function netFees(truth: readonly Fee[], standing: readonly Fee[]): Fee[] {
  const toLine = ({ unit, count, ...fee }: Fee): Line => ({ class: unit, tokens: count, ...fee });
  return netLines(truth.map(toLine), standing.map(toLine)).map(
    ({ class: unit, tokens: count, unitPico, amountPico }) => ({
      unit,
      count,
      unitPico,
      amountPico,
    }),
  );
}
