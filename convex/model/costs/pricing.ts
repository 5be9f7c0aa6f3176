/**
 * What a usage comes to for a tenant: the priced part of an event, at the prices that hold for the moment at which the
 * call began. What was booked once is never priced anew by itself.
 */
import { displayUsd, multiply, product } from "../../../src/core/money";
import { costOf, type CallModifiers, type Cost } from "../../../src/pricing/cost";
import type { Price } from "../../../src/pricing/priceBook";
import { minusUsage, type TokenClass, type Usage } from "../../../src/pricing/usage";
import type { QueryCtx } from "../../_generated/server";
import type { StoredCallFacts, StoredUsageReport } from "../../validators";
import type { TenantScope } from "../access";
import type { CostEvent } from "./ledger";
import { toUsage } from "./storedUsage";
import { priceFor, type PricedCall } from "./prices";

/** The classes that count as the model's making; all others, and no fee, count as its input. */
const OUTPUT_CLASSES: ReadonlySet<string> = new Set<TokenClass>([
  "output",
  "audioOutput",
  "imageOutput",
]);

/** Providers that say what a call cost round it to millionths of a USD at the coarsest: less of a difference is none. */
export const REPORTED_ROUNDING_PICO = 1_000_000n;

export type PricedPart = Pick<
  CostEvent,
  | "lines"
  | "fees"
  | "modifiers"
  | "tierApplied"
  | "unpriced"
  | "inputCostPico"
  | "outputCostPico"
  | "feesPico"
  | "totalCostPico"
  | "reportedCostPico"
  | "currency"
  | "priceVersion"
  | "reconciliation"
  | "notes"
>;

export type Used = Pick<
  StoredUsageReport,
  "usage" | "others" | "reportedCostPico" | "reconciliation" | "notes"
>;

/** `used` at its prices. What the provider itself says that it cost stands beside ours, or in its place if we know no price. */
export async function priced(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  { report, facts, call }: { report: Used; facts: StoredCallFacts; call: PricedCall },
): Promise<PricedPart> {
  const { others = [] } = report;
  const ofOthers = others.map(({ model, usage }) => ({ model, usage: toUsage(usage) }));
  const own = ofOthers.reduce((rest, { usage }) => minusUsage(rest, usage), toUsage(report.usage));
  const modifiers: CallModifiers = {
    servedTier: facts.servedTier ?? null,
    requestedTier: facts.requestedTier ?? null,
    speed: facts.servedSpeed ?? null,
    region: facts.servedRegion ?? null,
  };
  const parts = [
    partOf({ model: null, usage: own }, await servedPrice(ctx, scope, { facts, call }), modifiers),
  ];
  for (const other of ofOthers) {
    const price = await priceFor(ctx, scope, { ...call, model: other.model });
    parts.push(partOf(other, price, modifiers));
  }
  return held(inOne(parts, { report, call }), report);
}

/** The served model is what is billed; the one asked for, if that has no price. */
async function servedPrice(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  { facts: { servedModel }, call }: { facts: StoredCallFacts; call: PricedCall },
): Promise<Price | null> {
  const served =
    servedModel === undefined ? null : await priceFor(ctx, scope, { ...call, model: servedModel });
  return served ?? (await priceFor(ctx, scope, call));
}

/** The part of a usage that one model is billed for. Null stands for the model that answered. */
type Part = { model: string | null; usage: Usage; cost: Cost | null };

function partOf(
  { model, usage }: { model: string | null; usage: Usage },
  price: Price | null,
  modifiers: CallModifiers,
): Part {
  return { model, usage, cost: price === null ? null : costOf(usage, price, modifiers) };
}

function inOne(
  parts: readonly Part[],
  { report, call }: { report: Used; call: PricedCall },
): PricedPart {
  const sums = parts.map(({ cost }) => (cost === null ? NO_AMOUNTS : split(cost)));
  const total = (name: keyof typeof NO_AMOUNTS) => sums.reduce((sum, one) => sum + one[name], 0n);
  const versions = new Set(parts.flatMap(({ cost }) => cost?.priceVersion ?? []));
  const [first] = parts;
  return {
    lines: parts.flatMap(({ model, cost }) =>
      (cost?.lines ?? []).map((line) => ({ ...line, ...(model !== null && { model }) })),
    ),
    fees: parts.flatMap(({ cost }) => cost?.fees ?? []),
    modifiers: [...(first?.cost?.modifiers ?? [])],
    tierApplied: first?.cost?.tierApplied ?? { serviceTier: "standard", longContextTokens: null },
    unpriced: [
      ...new Set(
        parts.flatMap(({ usage, cost }): readonly string[] => cost?.unpriced ?? usedClasses(usage)),
      ),
    ],
    inputCostPico: total("inputCostPico"),
    outputCostPico: total("outputCostPico"),
    feesPico: total("feesPico"),
    totalCostPico: total("totalCostPico"),
    currency: "usd",
    priceVersion: versions.size === 0 ? null : [...versions].join(" + "),
    reconciliation: report.reconciliation,
    notes: [
      ...report.notes,
      ...parts.flatMap(({ model, cost }) =>
        cost === null
          ? [`no price is known for ${call.provider}/${model ?? call.model}`]
          : cost.assumed,
      ),
    ],
  };
}

const NO_AMOUNTS = { inputCostPico: 0n, outputCostPico: 0n, feesPico: 0n, totalCostPico: 0n };

/** The cost beside what the provider itself says. */
function held(ours: PricedPart, { reportedCostPico }: Used): PricedPart {
  if (reportedCostPico === undefined) return ours;
  if (ours.unpriced.length > 0) {
    return {
      ...ours,
      ...NO_AMOUNTS,
      lines: [],
      fees: [],
      modifiers: [],
      unpriced: [],
      inputCostPico: reportedCostPico,
      totalCostPico: reportedCostPico,
      reportedCostPico,
      priceVersion: REPORTED_VERSION,
      notes: [
        ...ours.notes,
        "the amount is the provider's own; it does not tell input from output",
      ],
    };
  }
  const offPico = reportedCostPico - ours.totalCostPico;
  if (offPico <= REPORTED_ROUNDING_PICO && -offPico <= REPORTED_ROUNDING_PICO) {
    return { ...ours, reportedCostPico };
  }
  const note = `the provider says ${displayUsd(reportedCostPico)}, our prices ${displayUsd(ours.totalCostPico)}`;
  return { ...ours, reportedCostPico, reconciliation: "mismatch", notes: [...ours.notes, note] };
}

/** In place of a version of prices, where there are none and the provider's word is taken. */
export const REPORTED_VERSION = "reported";

/** The total's three parts. Input is what the others leave, so that the parts always add up. */
function split(cost: Cost): typeof NO_AMOUNTS {
  const outputLines = cost.lines.filter((line) => OUTPUT_CLASSES.has(line.class));
  const outputCostPico = multiply(sumOf(outputLines), product(cost.modifiers));
  const feesPico = sumOf(cost.fees);
  const inputCostPico = cost.totalPico - outputCostPico - feesPico;
  return { inputCostPico, outputCostPico, feesPico, totalCostPico: cost.totalPico };
}

function usedClasses(usage: Usage): string[] {
  return [...Object.entries(usage.tokens), ...Object.entries(usage.toolUnits)]
    .filter(([, used]) => used > 0)
    .map(([name]) => name);
}

function sumOf(rows: readonly { amountPico: bigint }[]): bigint {
  return rows.reduce((sum, { amountPico }) => sum + amountPico, 0n);
}
