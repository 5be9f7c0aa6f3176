/** What a change of much of the ledger has touched, from batch to batch, and the check of it that follows. */
import { v, type Infer } from "convex/values";
import { DAY_MS } from "../../../src/core/limits";
import { internal } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";
import type { TenantScope } from "../access";

/** The first and the last moment. */
export const vTouched = v.object({ fromMs: v.number(), toMs: v.number() });
export type Touched = Infer<typeof vTouched>;

/** With the moments of some more events; undefined as long as there is none. */
export function withMoments(
  earlier: Touched | undefined,
  events: readonly { timestamp: number }[],
): Touched | undefined {
  const moments = events.map(({ timestamp }) => timestamp);
  if (earlier !== undefined) moments.push(earlier.fromMs, earlier.toMs);
  if (moments.length === 0) return undefined;
  return { fromMs: Math.min(...moments), toMs: Math.max(...moments) };
}

/** Has it checked, if anything was. The days are the tenant's, and may begin before UTC's or end after them. */
export async function checkTouched(
  ctx: MutationCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  touched: Touched | undefined,
): Promise<void> {
  if (touched === undefined) return;
  const span = { tenantId, fromMs: touched.fromMs - DAY_MS, toMs: touched.toMs + DAY_MS };
  await ctx.scheduler.runAfter(0, internal.jobs.checks.checkAfter, span);
}
