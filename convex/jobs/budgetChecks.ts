/** The part of `checkSpans.ts` that walks budgets. */
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ActionCtx } from "../_generated/server";
import { pagesOf } from "../lib/pages";
import { HOLDS, type HeldIn } from "../model/budgets/check";
import type { Difference } from "../model/costs/check";
import type { Checked } from "./checkSpans";

const TRIES = 3;

/** Compares budgets with what was booked, and with open reservations; and those with the calls that they are for. */
export async function checkBudgets(
  ctx: ActionCtx,
  tenantId: Id<"tenants">,
  checked: Checked,
): Promise<void> {
  const stale = pagesOf(async (cursor) => {
    const at = { tenantId, nowMs: Date.now(), cursor };
    return await ctx.runQuery(internal.jobs.checking.staleReservations, at);
  });
  for await (const { differences } of stale) checked.differences.push(...differences);
  const { differences, isHeldKnown } = await differencesOfBudgets(ctx, tenantId, null);
  checked.differences.push(...differences);
  if (!isHeldKnown) await checkHolds(ctx, tenantId, checked);
}

/** Compares what budgets hold where that is read in several queries: again if something has changed between them. */
async function checkHolds(
  ctx: ActionCtx,
  tenantId: Id<"tenants">,
  checked: Checked,
): Promise<void> {
  for (let before = await heldOf(ctx, tenantId), tries = 1; ; tries++) {
    const { differences } = await differencesOfBudgets(ctx, tenantId, before.held);
    const after = await heldOf(ctx, tenantId);
    if (after.mark === before.mark) {
      checked.differences.push(...differences.filter(({ what }) => what === HOLDS));
      return;
    }
    if (tries === TRIES) {
      checked.unsettled.push(HOLDS);
      return;
    }
    before = after;
  }
}

async function differencesOfBudgets(
  ctx: ActionCtx,
  tenantId: Id<"tenants">,
  held: HeldIn[] | null,
): Promise<{ differences: Difference[]; isHeldKnown: boolean }> {
  const all: { differences: Difference[]; isHeldKnown: boolean } = {
    differences: [],
    isHeldKnown: true,
  };
  const pages = pagesOf(async (cursor) => {
    const at = { tenantId, held, nowMs: Date.now(), cursor };
    return await ctx.runQuery(internal.jobs.checking.differencesOfBudgets, at);
  });
  for await (const { differences, isHeldKnown } of pages) {
    all.differences.push(...differences);
    all.isHeldKnown &&= isHeldKnown;
  }
  return all;
}

async function heldOf(
  ctx: ActionCtx,
  tenantId: Id<"tenants">,
): Promise<{ held: HeldIn[]; mark: string }> {
  const all: { held: HeldIn[]; mark: string } = { held: [], mark: "" };
  const pages = pagesOf(async (cursor) => {
    return await ctx.runQuery(internal.jobs.checking.heldPage, { tenantId, cursor });
  });
  for await (const { held, mark } of pages) {
    all.held.push(...held);
    all.mark += `${mark};`;
  }
  return all;
}
