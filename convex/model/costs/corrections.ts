/** Corrections by people who know better than what was booked: from the provider's bill, or its support. */
import { v, type Infer } from "convex/values";
import { MODEL_LENGTH_MAX } from "../../../src/core/limits";
import { COUNT_MAX, TOOL_COUNT_MAX } from "../../../src/pricing/usage";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { toCallPico, toUsdText, vUsdInput } from "../../lib/usd";
import { vTokenCounts, vToolUnits } from "../../validators";
import type { CallerScope, TenantScope } from "../access";
import * as Activity from "../activity";
import { find } from "../budgets/managed";
import {
  adjustmentsOf,
  adjustTo,
  ADJUSTMENTS_MAX,
  standingOf,
  type Standing,
  type Truth,
} from "./adjust";
import { tokenTotals, toUsage } from "./storedUsage";
import { priced } from "./pricing";

const record = Activity.recorderOf("cost_events", { noun: "costs" });

const REASON_LENGTH_MAX = 500;
/** In place of a version of prices: the amount is the bill's. */
const BILLED_VERSION = "billed";

export const vCorrection = v.object({
  id: v.id("cost_events"),
  reason: v.string(),
  tokens: v.optional(vTokenCounts),
  toolUnits: v.optional(vToolUnits),
  reasoningTokens: v.optional(v.number()),
  servedModel: v.optional(v.string()),
  totalCost: v.optional(vUsdInput),
});
type Correction = Infer<typeof vCorrection>;

export const vCorrected = v.object({
  id: v.union(v.id("cost_events"), v.null()), // of the adjustment; null: nothing was wrong
  differenceUsd: v.string(),
  totalCostUsd: v.string(), // what the attempt comes to now
});

/**
 * Makes of what stands for an attempt what is true of it, by an adjustment that counts in the attempt's own period. Says
 * the whole truth, not what to add: saying it twice adds nothing.
 *
 * @throws not_found - The event does not exist, was drawn into a summary, or is another tenant's.
 * @throws invalid_argument - It is no attempt; neither or both of usage and amount are given; a count or amount is none.
 * @throws limit_reached - The attempt has `ADJUSTMENTS_MAX` adjustments.
 * @throws conflict - Fewer tokens would count against the plan: its tenant does not lift that itself, operators may.
 */
export async function correct(
  ctx: MutationCtx,
  by: CallerScope | Activity.SystemActor,
  { correction, nowMs }: { correction: Correction; nowMs: number },
): Promise<Infer<typeof vCorrected>> {
  const { id } = correction;
  const booked = await ctx.db.get("cost_events", id);
  if (booked?.tenantId !== by.tenantId) {
    return fail({ kind: "not_found", entity: "cost_event", id });
  }
  if (booked.kind !== "attempt") {
    const reason = `is ${booked.kind === "summary" ? "a" : "an"} ${booked.kind}: name an attempt`;
    fail({ kind: "invalid_argument", field: "id", reason });
  }
  const earlier = await adjustmentsOf(ctx, booked);
  if (earlier.length === ADJUSTMENTS_MAX) {
    fail({ kind: "limit_reached", what: "adjustments of an attempt", limit: ADJUSTMENTS_MAX });
  }
  const reason = checkedText("reason", correction.reason, REASON_LENGTH_MAX);
  const standing = standingOf([booked, ...earlier]);
  const stated = await truthOf(ctx, by, { booked, standing, correction });
  if ("actor" in by) await requireNoFewer(ctx, by, { booked, standing, stated });
  const truth = { ...stated, reason, notes: [...stated.notes, `corrected: ${reason}`] };
  const made = await adjustTo(ctx, by, { booked, truth, nowMs });
  const totalCostUsd = toUsdText(truth.totalCostPico);
  if (made !== null) {
    const before = { totalCost: toUsdText(standing.totalCostPico) };
    const after = { totalCost: totalCostUsd, reason };
    await record(ctx, by, { action: "correct", id, before, after, nowMs });
  }
  const differenceUsd = toUsdText(truth.totalCostPico - standing.totalCostPico);
  return { id: made?.id ?? null, differenceUsd, totalCostUsd };
}

/** What callers have reported themselves is theirs to take back. */
async function requireNoFewer(
  ctx: QueryCtx,
  scope: CallerScope,
  { booked, standing, stated }: { booked: Doc<"cost_events">; standing: Standing; stated: Truth },
): Promise<void> {
  if (booked.usageSource === "reported") return;
  if (tokenTotals(stated.usage).totalTokens >= tokenTotals(standing.usage).totalTokens) return;
  if ((await find(ctx, scope, { source: "plan", key: "" })) === null) return;
  const reason =
    "fewer tokens would count against the plan: the deployment's operators say so " +
    "(jobs/tenants:correctCost); what it came to (totalCost) may be corrected";
  fail({ kind: "conflict", entity: "cost_event", reason });
}

async function truthOf(
  ctx: MutationCtx,
  scope: Pick<TenantScope, "tenantId">,
  {
    booked,
    standing,
    correction,
  }: { booked: Doc<"cost_events">; standing: Standing; correction: Correction },
): Promise<Truth> {
  const { tokens, toolUnits, reasoningTokens, totalCost } = correction;
  const statesUsage = tokens !== undefined || toolUnits !== undefined;
  if (statesUsage === (totalCost !== undefined)) {
    const reason = "give either what was used (tokens, toolUnits) or what it came to";
    return fail({ kind: "invalid_argument", field: "totalCost", reason });
  }
  if (totalCost !== undefined) return billed(standing, toCallPico("totalCost", totalCost));
  const usage = checkedUsage({ tokens: tokens ?? {}, toolUnits: toolUnits ?? {}, reasoningTokens });
  const servedModel =
    correction.servedModel === undefined
      ? booked.servedModel
      : checkedText("servedModel", correction.servedModel, MODEL_LENGTH_MAX);
  const { provider, model, startedAtMs: atMs, reportedCostPico } = booked;
  const report = { usage, reconciliation: "ok" as const, notes: [] };
  const facts = { ...booked, ...omitUndefined({ servedModel }) };
  return {
    ...omitUndefined({ servedModel }),
    usage,
    usageSource: "corrected",
    ...(await priced(ctx, scope, {
      report: { ...report, ...omitUndefined({ reportedCostPico }) },
      facts,
      call: { provider, model, atMs },
    })),
  };
}

/** What it came to, in the parts that were booked: who knows the sum alone knows no better ones. */
function billed(standing: Standing, totalCostPico: bigint): Truth {
  const feesPico = standing.feesPico < totalCostPico ? standing.feesPico : totalCostPico;
  const restPico = totalCostPico - feesPico;
  const bookedPico = standing.inputCostPico + standing.outputCostPico;
  const outputCostPico = bookedPico === 0n ? 0n : (restPico * standing.outputCostPico) / bookedPico;
  return {
    ...standing,
    usageSource: "billed",
    reconciliation: "ok",
    notes: [],
    modifiers: [],
    tierApplied: { serviceTier: "standard", longContextTokens: null },
    unpriced: [],
    inputCostPico: restPico - outputCostPico,
    outputCostPico,
    feesPico,
    totalCostPico,
    priceVersion: BILLED_VERSION,
  };
}

function checkedUsage({
  tokens,
  toolUnits,
  reasoningTokens = 0,
}: {
  tokens: Infer<typeof vTokenCounts>;
  toolUnits: Infer<typeof vToolUnits>;
  reasoningTokens: number | undefined;
}): Doc<"cost_events">["usage"] {
  for (const [name, count] of Object.entries(tokens)) {
    checkedInteger(`tokens.${name}`, count, { min: 0, max: COUNT_MAX });
  }
  for (const [name, count] of Object.entries(toolUnits)) {
    checkedInteger(`toolUnits.${name}`, count, { min: 0, max: TOOL_COUNT_MAX });
  }
  const { output } = toUsage({ tokens, toolUnits, reasoningTokens: 0 }).tokens;
  checkedInteger("reasoningTokens", reasoningTokens, { min: 0, max: output });
  return { tokens, toolUnits, reasoningTokens };
}
