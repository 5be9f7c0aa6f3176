/** The ledger for spreadsheets and programs: some periods of it, page by page, as lines of CSV or of JSON. */
import { v, type Infer } from "convex/values";
import { csvLine, type Cell } from "../../../src/core/csv";
import { unitOf } from "../../../src/core/periodRange";
import { DAY_MS } from "../../../src/core/limits";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { toUsdText } from "../../lib/usd";
import type { TenantScope } from "../access";
import { unpricedIn } from "./ledger";
import { tokenTotals } from "./storedUsage";
import { eventsOf, spanOf } from "./ledgerRows";
import { periodNamed } from "./namedPeriod";

/** Rows are some kilobytes each, lines some hundred bytes. */
const PAGE_EVENTS = 500;
const PAGE_BYTES = 4 * 1024 * 1024;

export const vFormat = v.union(v.literal("csv"), v.literal("ndjson"));
export type Format = Infer<typeof vFormat>;

/** What is exported. */
export const vExtent = v.object({
  from: v.string(),
  to: v.string(),
  cutOffMs: v.number(), // rows that were booked later are left out
});
export type Extent = Infer<typeof vExtent>;

/**
 * What an export is of that begins now: what is booked by now.
 *
 * @param period - As for `queries.costs.byAgent`; or `from` and `to`, the first and the last of some months or days.
 * @throws invalid_argument - There is no such period, not one or the other is given, or it is an hour of a day that
 *   retention has drawn together.
 */
export async function begin(
  ctx: QueryCtx,
  scope: TenantScope,
  { period, from, to }: { period?: string; from?: string; to?: string },
): Promise<Extent> {
  // Rows of this very millisecond are there already: times have fractions.
  const cutOffMs = Date.now() + 1;
  if (period !== undefined && from === undefined && to === undefined) {
    const named = await periodNamed(ctx, scope, { period, nowMs: cutOffMs });
    if (named.unit === "hour") await requireHours(ctx, scope, named.period);
    return { ...spanOf(named.period), cutOffMs };
  }
  if (period !== undefined || from === undefined || to === undefined) {
    const reason = "give a period, or else from and to";
    return fail({ kind: "invalid_argument", field: "period", reason });
  }
  for (const [field, value] of Object.entries({ from, to })) {
    const unit = unitOf(value);
    if (unit === "month" || unit === "day") continue;
    fail({ kind: "invalid_argument", field, reason: "must be one such as 2026-11 or 2026-11-20" });
  }
  const span = spanOf(from, to);
  if (span.from > span.to) {
    fail({ kind: "invalid_argument", field: "to", reason: "must not be before from" });
  }
  return { ...span, cutOffMs };
}

/** Of a day that was drawn together nobody knows any more what was in which hour. */
async function requireHours(ctx: QueryCtx, { tenantId }: TenantScope, hour: string): Promise<void> {
  const day = hour.slice(0, "2026-11-20".length);
  const dayMs = Date.parse(day);
  const summary = await ctx.db
    .query("cost_events")
    .withIndex("by_kind", (q) =>
      q
        .eq("tenantId", tenantId)
        .eq("kind", "summary")
        .gte("timestamp", dayMs)
        .lt("timestamp", dayMs + DAY_MS),
    )
    .first();
  if (summary === null) return;
  const reason = `retention has drawn that day together: export ${day} as a whole`;
  fail({ kind: "invalid_argument", field: "period", reason });
}

export const vCostExportPage = v.object({
  text: v.string(),
  summarised: v.number(), // how many events the summaries in it stand for
  cursor: v.string(),
  isDone: v.boolean(),
});
export type CostExportPage = Infer<typeof vCostExportPage>;

type Ask = { extent: Extent; format: Format; cursor: string | null };

/** Lines in the order of what they count for; those of CSV begin with the names of the columns. */
export async function page(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { extent, format, cursor }: Ask,
): Promise<CostExportPage> {
  const of = { dimension: "tenant", key: "", span: extent } as const;
  const result = await eventsOf(ctx, tenantId, of).paginate({
    cursor,
    numItems: PAGE_EVENTS,
    maximumBytesRead: PAGE_BYTES,
  });
  const events = result.page.filter((event) => event._creationTime <= extent.cutOffMs);
  const head = format === "csv" && cursor === null ? csvLine(Object.keys(COLUMNS)) : "";
  return {
    text: head + events.map(format === "csv" ? csvOf : jsonOf).join(""),
    summarised: events.reduce((sum, { eventCount = 0 }) => sum + eventCount, 0),
    cursor: result.continueCursor,
    isDone: result.isDone,
  };
}

/** How many events summaries of the extent's days stand for by now: more than in its pages, if retention came in between. */
export async function summarised(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  { extent: { from, to }, cursor }: Pick<Ask, "extent" | "cursor">,
): Promise<{ count: number; cursor: string; isDone: boolean }> {
  const fromDay = from.slice(0, "2026-11-20".length);
  const fromMs = fromDay === "" ? 0 : Date.parse(fromDay);
  const result = await ctx.db
    .query("cost_events")
    .withIndex("by_kind", (q) =>
      q
        .eq("tenantId", tenantId)
        .eq("kind", "summary")
        .gte("timestamp", fromMs)
        .lt("timestamp", endMsOf(to)),
    )
    .paginate({ cursor, numItems: PAGE_EVENTS });
  const count = result.page.reduce((sum, { eventCount = 0 }) => sum + eventCount, 0);
  return { count, cursor: result.continueCursor, isDone: result.isDone };
}

/** When the last day of a span ends, as summaries have their days. */
function endMsOf(to: string): number {
  const last = to.replace("~", "");
  if (last === "") return Infinity;
  if (unitOf(last) !== "month") return Date.parse(last.slice(0, "2026-11-20".length)) + DAY_MS;
  const date = new Date(`${last}-01T00:00:00Z`);
  return date.setUTCMonth(date.getUTCMonth() + 1);
}

type Row = Doc<"cost_events">;

/** As sums count them: the columns of all lines add up to the roll-up of the same period. */
const COLUMNS: Readonly<Record<string, (row: Row) => Cell>> = {
  time: ({ timestamp }) => new Date(timestamp).toISOString(),
  period: ({ period }) => period,
  kind: ({ kind }) => kind,
  costEvents: ({ eventCount = 1 }) => eventCount,
  attemptId: ({ attemptId }) => attemptId,
  adjusts: ({ adjusts }) => adjusts,
  reason: ({ reason }) => reason,
  agentId: ({ agentId }) => agentId,
  sessionId: ({ sessionId }) => sessionId,
  messageId: ({ messageId }) => messageId,
  runId: ({ runId }) => runId,
  userId: ({ userId }) => userId,
  keyId: ({ keyId }) => keyId,
  channel: ({ channel }) => channel,
  endpoint: ({ endpoint }) => endpoint,
  provider: ({ provider }) => provider,
  model: ({ model }) => model,
  servedModel: ({ servedModel }) => servedModel,
  attemptKind: ({ attemptKind }) => attemptKind,
  status: ({ status }) => status,
  usageSource: ({ usageSource }) => usageSource,
  reconciliation: ({ reconciliation }) => reconciliation,
  promptTokens: ({ usage }) => tokenTotals(usage).promptTokens,
  completionTokens: ({ usage }) => tokenTotals(usage).completionTokens,
  inputCostUsd: ({ inputCostPico }) => toUsdText(inputCostPico),
  outputCostUsd: ({ outputCostPico }) => toUsdText(outputCostPico),
  feesUsd: ({ feesPico }) => toUsdText(feesPico),
  totalCostUsd: ({ totalCostPico }) => toUsdText(totalCostPico),
  totalCostPico: ({ totalCostPico }) => totalCostPico.toString(),
  reportedCostUsd: ({ reportedCostPico }) =>
    reportedCostPico === undefined ? undefined : toUsdText(reportedCostPico),
  unpricedEvents: (row) => unpricedIn(row),
  unpriced: ({ unpriced }) => unpriced.join(" "),
  priceVersion: ({ priceVersion }) => priceVersion ?? undefined,
};

function csvOf(row: Row): string {
  return csvLine(Object.values(COLUMNS).map((cell) => cell(row)));
}

/** With what a line of CSV has no place for. */
function jsonOf(row: Row): string {
  const cells = Object.entries(COLUMNS).map(([name, cell]) => [name, cell(row)]);
  const { unpriced, lines, fees, modifiers, tierApplied, notes } = row;
  const whole = {
    ...Object.fromEntries(cells),
    unpriced,
    lines,
    fees,
    modifiers,
    tierApplied,
    notes,
  };
  return `${JSON.stringify(whole, (_name, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  )}\n`;
}
