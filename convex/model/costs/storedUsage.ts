/** What calls used as rows have it, which is without its zeros. */
import {
  minusUsage,
  plusUsage,
  totalInputTokens,
  totalOutputTokens,
  usageOf,
  type Usage,
} from "../../../src/pricing/usage";
import type { StoredUsageReport, TokenTotals } from "../../validators";

export type StoredUsage = StoredUsageReport["usage"];

/** With the zeros that are not stored. */
export function toUsage({ tokens, toolUnits, reasoningTokens }: StoredUsage): Usage {
  return usageOf(tokens, { toolUnits, reasoningTokens });
}

export function toStoredUsage({ tokens, toolUnits, reasoningTokens }: Usage): StoredUsage {
  return { tokens: nonZero(tokens), toolUnits: nonZero(toolUnits), reasoningTokens };
}

/** Tokens as the seeds count them. */
export function tokenTotals(usage: StoredUsage): TokenTotals {
  const full = toUsage(usage);
  const promptTokens = totalInputTokens(full);
  const completionTokens = totalOutputTokens(full);
  return { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens };
}

/** The sum of two usages, class by class. */
export function plusStored(a: StoredUsage, b: StoredUsage): StoredUsage {
  return toStoredUsage(plusUsage(toUsage(a), toUsage(b)));
}

/** `a` without `b`, class by class; it may be negative. */
export function minusStored(a: StoredUsage, b: StoredUsage): StoredUsage {
  return toStoredUsage(minusUsage(toUsage(a), toUsage(b)));
}

function nonZero<Key extends string>(
  counts: Readonly<Record<Key, number>>,
): { [Name in Key]?: number } {
  const used = Object.entries(counts).filter(([, value]) => value !== 0);
  return Object.fromEntries(used) as { [Name in Key]?: number };
}
