/** The end of a delivery that did not arrive. */
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";

/** No attempt comes any more, and people are told why. */
export async function giveUp(
  ctx: MutationCtx,
  { _id: id }: Doc<"webhook_deliveries">,
  { reason: deadReason, nowMs }: { reason: string; nowMs: number },
): Promise<void> {
  const over = { lane: undefined, dueAtMs: undefined, leaseToken: undefined };
  const state = "dead" as const;
  await ctx.db.patch("webhook_deliveries", id, { ...over, state, deadReason, endedAt: nowMs });
}
