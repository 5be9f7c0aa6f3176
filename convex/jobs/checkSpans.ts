/** What is compared of a tenant, for `checks.ts`: spans of its ledger hour by hour, and what is summed beside it. */
import { v, type Infer } from "convex/values";
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { pagesOf } from "../lib/pages";
import { HOURS_MAX, SUMMARISED_DIMENSIONS, vDifference, type KeySums } from "../model/costs/check";
import type { Span } from "../model/costs/checkWalk";
import { fromWide, NO_SUMS, plus, toWide, type Dimension } from "../model/rollups/sums";
import { vDimension } from "../validators";
import { HOUR_MS } from "../../src/core/limits";
import { periodOf } from "../../src/core/periods";
import { checkBudgets } from "./budgetChecks";

const KEYS_PER_QUERY = 100;
const TRIES = 3;

export const DIMENSIONS = vDimension.members.map(({ value }) => value);

export const vChecked = v.object({
  periods: v.number(), // that were compared with their events
  unsettled: v.array(v.string()), // what changed whenever it was compared: the next check comes by again
  differences: v.array(vDifference),
});
export type Checked = Infer<typeof vChecked>;

type Period = { tenantId: Id<"tenants">; unit: "hour" | "day"; period: string };

/**
 * Compares what a tenant has booked in some spans with every sum that it is part of; of the months that they are in, the
 * sums of the dimensions `within` with one another; and the tenant's budgets as they are now.
 */
export async function checkSpans(
  ctx: ActionCtx,
  { tenantId, spans }: { tenantId: Id<"tenants">; spans: readonly Span[] },
  within: readonly Dimension[],
): Promise<Checked> {
  const checked: Checked = { periods: 0, unsettled: [], differences: [] };
  const [days, months] = [new Set<string>(), new Set<string>()];
  for (const span of spans.flatMap(partsOf)) {
    const at = { tenantId, ...span };
    for (const hour of await ctx.runQuery(internal.jobs.checking.hoursBetween, at)) {
      const day = periodOf("day", hour);
      months.add(periodOf("month", hour));
      if (await ctx.runQuery(internal.jobs.checking.isSummarised, { tenantId, day })) days.add(day);
      else await checkPeriod(ctx, { tenantId, unit: "hour", period: hour }, checked);
    }
  }
  for (const day of days) await checkPeriod(ctx, { tenantId, unit: "day", period: day }, checked);
  for (const month of months) {
    for (const dimension of within) {
      const pages = pagesOf(async (cursor) => {
        const at = { tenantId, dimension, month, cursor };
        return await ctx.runQuery(internal.jobs.checking.differencesWithin, at);
      });
      for await (const { differences } of pages) checked.differences.push(...differences);
    }
  }
  await checkBudgets(ctx, tenantId, checked);
  return checked;
}

/** As much as is listed in one query each. */
function partsOf({ fromMs, toMs }: Span): Span[] {
  const parts: Span[] = [];
  for (let at = fromMs; at < toMs; at += HOURS_MAX * HOUR_MS) {
    parts.push({ fromMs: at, toMs: Math.min(toMs, at + HOURS_MAX * HOUR_MS) });
  }
  return parts;
}

/** Compares the events of a period with its sums; again if something was booked in it meanwhile. */
async function checkPeriod(ctx: ActionCtx, at: Period, checked: Checked): Promise<void> {
  const mark = async () => await ctx.runQuery(internal.jobs.checking.markOf, at);
  for (let before = await mark(), tries = 1; ; tries++) {
    const differences = await differencesIn(ctx, at);
    const after = await mark();
    if (after === before) {
      checked.periods++;
      checked.differences.push(...differences);
      return;
    }
    if (tries === TRIES) {
      checked.unsettled.push(at.period);
      return;
    }
    before = after;
  }
}

async function differencesIn(ctx: ActionCtx, at: Period): Promise<Checked["differences"]> {
  const expected = await sumsOf(ctx, at);
  const all = [...expected.values()].filter(
    ({ dimension }) => at.unit === "hour" || SUMMARISED_DIMENSIONS.includes(dimension),
  );
  const differences: Checked["differences"] = [];
  for (let from = 0; from < all.length; from += KEYS_PER_QUERY) {
    const some = { ...at, expected: all.slice(from, from + KEYS_PER_QUERY) };
    differences.push(...(await ctx.runQuery(internal.jobs.checking.differencesFrom, some)));
  }
  return differences;
}

/** What the ledger says; nothing for keys that have a sum and no event. */
async function sumsOf(ctx: ActionCtx, at: Period): Promise<Map<string, KeySums>> {
  const sums = new Map<string, KeySums>();
  const add = ({ dimension, key, sums: more }: KeySums) => {
    const name = `${dimension} ${key}`;
    const before = fromWide(sums.get(name)?.sums ?? NO_SUMS);
    sums.set(name, { dimension, key, sums: toWide(plus(before, fromWide(more))) });
  };
  const events = pagesOf(async (cursor) => {
    return await ctx.runQuery(internal.jobs.checking.sumsOfEvents, { ...at, cursor });
  });
  for await (const page of events) page.sums.forEach(add);
  for (const dimension of DIMENSIONS) {
    const counted = pagesOf(async (cursor) => {
      return await ctx.runQuery(internal.jobs.checking.keysCounted, { ...at, dimension, cursor });
    });
    for await (const { keys } of counted) {
      for (const key of keys) add({ dimension, key, sums: NO_SUMS });
    }
  }
  return sums;
}
