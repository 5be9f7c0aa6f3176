/** What became of requests: the worker reports many at once, each under the lease that it was made by. */
import { v, type Infer } from "convex/values";
import { verdictOn } from "../../../src/core/webhookRetries";
import type { Doc } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { vWebhookAttempt, type WebhookAttempt } from "../../validators";
import { giveUp } from "./ends";
import * as Endpoints from "./endpoints";
import * as Health from "./health";

/** The last ones that are kept with a delivery. */
const ATTEMPTS_KEPT = 20;
const SYSTEM = "webhooks";

export const vOutcome = v.object({
  deliveryId: v.id("webhook_deliveries"),
  attempt: vWebhookAttempt,
  retryAfterMs: v.optional(v.number()),
});
export type Outcome = Infer<typeof vOutcome>;

/** Books them. A report under a lease that is another's by now changes nothing: that one's will come. */
export async function book(
  ctx: MutationCtx,
  { outcomes, leaseToken }: { outcomes: readonly Outcome[]; leaseToken: string },
  nowMs: number,
): Promise<void> {
  for (const outcome of outcomes) {
    const delivery = await ctx.db.get("webhook_deliveries", outcome.deliveryId);
    if (delivery?.leaseToken !== leaseToken) continue;
    await bookOne(ctx, delivery, { outcome, nowMs });
  }
}

async function bookOne(
  ctx: MutationCtx,
  delivery: Doc<"webhook_deliveries">,
  { outcome: { attempt, retryAfterMs }, nowMs }: { outcome: Outcome; nowMs: number },
): Promise<void> {
  const { _id: id, tenantId, endpointId } = delivery;
  const answer = { status: attempt.status, retryAfterMs };
  const attemptCount = delivery.attemptCount + 1;
  const attempts = [...delivery.attempts, attempt].slice(-ATTEMPTS_KEPT);
  const told = { attemptCount, attempts, leaseToken: undefined };
  const verdict = verdictOn(answer, attemptCount, Math.random());
  if (verdict.kind === "delivered") {
    const ended = { lane: undefined, dueAtMs: undefined, endedAt: nowMs };
    await ctx.db.patch("webhook_deliveries", id, { ...told, ...ended, state: "delivered" });
    await Health.forget(ctx, { _id: endpointId, tenantId });
    return;
  }
  if (verdict.kind === "retry") {
    const dueAtMs = nowMs + verdict.delayMs;
    await ctx.db.patch("webhook_deliveries", id, { ...told, state: "pending", dueAtMs });
  } else {
    await ctx.db.patch("webhook_deliveries", id, told);
    await giveUp(ctx, delivery, { reason: reasonOf(attempt), nowMs });
  }
  await noteFailure(ctx, delivery, { answer, isDead: verdict.kind === "dead", nowMs });
}

/** The endpoint's part in it: it is left alone for a while, or for good. */
async function noteFailure(
  ctx: MutationCtx,
  { tenantId, endpointId }: Doc<"webhook_deliveries">,
  {
    answer,
    ...failure
  }: {
    answer: { status: number | null; retryAfterMs: number | undefined };
    isDead: boolean;
    nowMs: number;
  },
): Promise<void> {
  const endpoint = await ctx.db.get("webhook_endpoints", endpointId);
  if (endpoint === null) return;
  const worn = await Health.noteFailure(ctx, endpoint, { answer, ...failure });
  const reason = answer.status === 410 ? "It answered 410: it wants nothing more." : worn;
  if (reason === null) return;
  const by = { tenantId, system: SYSTEM };
  await Endpoints.disableRow(ctx, by, { row: endpoint, reason, nowMs: failure.nowMs });
}

function reasonOf({ status, error }: WebhookAttempt): string {
  return status === null
    ? `The last attempt got no answer: ${error ?? "not known why"}.`
    : `The last attempt was answered ${status}.`;
}
