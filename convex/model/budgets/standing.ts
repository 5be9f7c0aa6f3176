/** Where a budget stands in a period: what it allows, what of it is spent, and what is held for calls under way. */
import { fromStored, NOTHING, plus, withGranted } from "../../../src/budgets/amounts";
import { SHARDS_MAX } from "../../../src/budgets/escrow";
import { periodAt, periodEndMs } from "../../../src/core/periods";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { toUsd, toUsdText } from "../../lib/usd";
import type { Limits, Spending } from "../../validators";
import type { BudgetView } from "../../views/budgets";
import { timeZoneOf } from "../periods";
import type { Policy } from "./policyFields";

export type Standing = Readonly<{
  period: string;
  endsAtMs: number | null;
  limit: Limits; // with what was granted on top of it
  increase: Spending;
  spent: Spending;
  reserved: Spending;
}>;

/** The policy's standing at a moment. What a message may cost is counted by its run, and stands at nothing here. */
export async function standingAt(ctx: QueryCtx, policy: Policy, atMs: number): Promise<Standing> {
  const { window, limit } = policy;
  const none = { limit, increase: NOTHING, spent: NOTHING, reserved: NOTHING };
  if (window === "message") return { period: "", endsAtMs: null, ...none };
  const timeZone = await timeZoneOf(ctx, policy);
  const period = periodAt(window, timeZone, atMs);
  const endsAtMs = periodEndMs(window, timeZone, atMs);
  const counter = await counterOf(ctx, policy, period);
  if (counter === null) return { period, endsAtMs, ...none };
  const { increase } = counter;
  const sums = await sumsOf(ctx, counter);
  return { period, endsAtMs, limit: withGranted(limit, increase), increase, ...sums };
}

/** The policy's counter of a period; null until something is counted. */
export async function counterOf(
  ctx: QueryCtx,
  { tenantId, _id }: Pick<Policy, "tenantId" | "_id">,
  period: string,
): Promise<Doc<"budget_counters"> | null> {
  return await ctx.db
    .query("budget_counters")
    .withIndex("by_policy", (q) =>
      q.eq("tenantId", tenantId).eq("policyId", _id).eq("period", period),
    )
    .unique();
}

/** What is spent and held of a counter, over all of its shards. */
export async function sumsOf(
  ctx: QueryCtx,
  { tenantId, _id, settled }: Doc<"budget_counters">,
): Promise<Pick<Standing, "spent" | "reserved">> {
  const shards = await ctx.db
    .query("budget_shards")
    .withIndex("by_counter", (q) => q.eq("tenantId", tenantId).eq("counterId", _id))
    .take(SHARDS_MAX);
  return {
    spent: shards.reduce((sum, { used }) => plus(sum, fromStored(used)), fromStored(settled)),
    reserved: shards.reduce((sum, { reserved }) => plus(sum, reserved), NOTHING),
  };
}

/** How much of the limit is spent, in percent: of tokens or of cost, whichever is further on. 0 of 0 is nothing. */
export function percentOf(limit: Limits, spent: Spending): number {
  const ofTokens =
    limit.tokens === undefined ? 0 : percent(BigInt(spent.tokens), BigInt(limit.tokens));
  const ofCost = limit.pico === undefined ? 0 : percent(spent.pico, limit.pico);
  return Math.max(ofTokens, ofCost);
}

/** Whether so much of the limit is spent, exactly. */
export function hasReached(limit: Limits, spent: Spending, percentage: number): boolean {
  const reached = (part: bigint, whole: bigint) =>
    part > 0n && part * 100n >= whole * BigInt(percentage);
  return (
    (limit.tokens !== undefined && reached(BigInt(spent.tokens), BigInt(limit.tokens))) ||
    (limit.pico !== undefined && reached(spent.pico, limit.pico))
  );
}

/** To a hundredth, downwards: what is shown as 100 is 100. */
function percent(part: bigint, whole: bigint): number {
  if (part <= 0n) return 0;
  return whole === 0n ? 100 : Number((part * 10_000n) / whole) / 100;
}

/** The policy as callers see it, with its standing. */
export async function toView(ctx: QueryCtx, policy: Policy, nowMs: number): Promise<BudgetView> {
  return viewOf(policy, await standingAt(ctx, policy, nowMs));
}

/** The same, for those who have its standing. */
export function viewOf(policy: Policy, standing: Standing): BudgetView {
  const { limit: _limit, _creationTime, ...said } = policy;
  const { period, endsAtMs, limit, increase, spent, reserved } = standing;
  return {
    ...said,
    period,
    resetsAtMs: endsAtMs,
    percent: percentOf(limit, spent),
    cost: {
      ...amounts("spent", spent.pico),
      ...amounts("reserved", reserved.pico),
      ...(limit.pico !== undefined && {
        ...amounts("limit", limit.pico),
        ...amounts("increase", increase.pico),
        ...amounts("remaining", limit.pico - spent.pico - reserved.pico),
      }),
    },
    tokens: {
      spent: spent.tokens,
      reserved: reserved.tokens,
      ...(limit.tokens !== undefined && {
        limit: limit.tokens,
        increase: increase.tokens,
        remaining: limit.tokens - spent.tokens - reserved.tokens,
      }),
    },
  };
}

/** Twice: as the nearest number of USD, and exactly. */
function amounts<Name extends string>(name: Name, pico: bigint) {
  return { [name]: toUsd(pico), [`${name}Usd`]: toUsdText(pico) } as {
    [Key in Name]: number;
  } & { [Key in `${Name}Usd`]: string };
}
