/**
 * Embeddings: one call of a provider's, held in budgets before it is made and booked after it. There is no run: nothing
 * is said. Should its worker vanish, the sweeper of reservations books all that was held.
 */
import { v, type Infer } from "convex/values";
import { MINUTE_MS } from "../../../src/core/limits";
import type { MutationCtx } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { vCallFacts, vProvider, vUsageReport } from "../../validators";
import { actorOf, type CallerScope } from "../access";
import { reserve } from "../budgets/admission";
import { sentenceOf } from "../budgets/refusals";
import { reservationOf } from "../budgets/reservations";
import * as Costs from "../costs/attempts";
import { eventOf } from "../costs/ledger";
import { accountFor, vAccount } from "../providers/providers";
import { SOURCE } from "./begin";
import { costOf, type Outcome } from "./outcome";
import { targetOf } from "./target";

/** No action waits as long for an answer. */
const LIFETIME_MS = 15 * MINUTE_MS;

/** Whose API has them. */
const SERVED: readonly string[] = ["openai", "openai_compatible"];

export const vBegunEmbedding = v.union(
  v.object({
    kind: v.literal("begun"),
    tenantId: v.id("tenants"),
    attemptId: v.string(),
    provider: vProvider,
    model: v.string(),
    account: v.union(vAccount, v.null()),
  }),
  /** A budget is not ready: ask again in a moment. */
  v.object({ kind: v.literal("opening") }),
  v.object({
    kind: v.literal("over"),
    reason: v.union(v.literal("budget_exceeded"), v.literal("price_unknown")),
    detail: v.string(),
  }),
);
export type BegunEmbedding = Infer<typeof vBegunEmbedding>;

/**
 * Holds what the call may come to.
 *
 * @throws not_found, forbidden, conflict - As for any call of a model.
 * @throws invalid_argument - The model is an agent, or its provider makes no embeddings.
 */
export async function begin(
  ctx: MutationCtx,
  scope: CallerScope,
  { key, name, tokensMax, nowMs }: { key: string; name: string; tokensMax: number; nowMs: number },
): Promise<BegunEmbedding> {
  const { agent, model: called } = await targetOf(ctx, scope, { name, nowMs });
  if (called === undefined || !SERVED.includes(called.provider)) {
    const reason = "must be an embedding model of openai or openai_compatible";
    return fail({ kind: "invalid_argument", field: "model", reason });
  }
  const attemptId = `embedding/${key}`;
  const { _id: agentId } = agent;
  const verdict = await reserve(ctx, scope, {
    key: attemptId,
    called: { agentId, ...called, ...actorOf(scope) },
    channel: SOURCE,
    spreadBy: attemptId,
    worst: { inputTokensMax: tokensMax, outputTokensMax: 0 },
    isKept: true,
    expiresAtMs: nowMs + LIFETIME_MS,
    nowMs,
  });
  if (verdict.kind === "opening") return { kind: "opening" };
  if (verdict.kind === "refused") {
    const { refusal } = verdict;
    return { kind: "over", reason: refusal.kind, detail: sentenceOf(refusal) };
  }
  const account = await accountFor(ctx, scope, called.provider);
  const { tenantId } = scope;
  return { kind: "begun", tenantId, attemptId, ...called, account };
}

export const vEmbeddingReport = v.object({
  tenantId: v.id("tenants"),
  attemptId: v.string(),
  isOk: v.boolean(),
  usage: v.union(vUsageReport, v.null()), // null: nothing was billed
  facts: vCallFacts,
});
export type EmbeddingReport = Infer<typeof vEmbeddingReport>;

/** Books what became of it, where it was held, and says what it cost. Safe to repeat. */
export async function end(
  ctx: MutationCtx,
  { report, nowMs }: { report: EmbeddingReport; nowMs: number },
): Promise<Outcome["cost"]> {
  const { tenantId, attemptId, isOk, usage, facts } = report;
  const scope = { tenantId };
  const held = await reservationOf(ctx, scope, attemptId);
  if (held === null) throw new Error(`nothing was held for ${attemptId}`);
  const { agentId, userId, keyId, provider, model, startedAtMs } = held;
  await Costs.recordAt(ctx, scope, {
    billed: {
      attempt: { attemptId, provider, model, kind: "primary", startedAtMs },
      status: isOk ? "ok" : "error",
      report: usage,
      facts,
      endedAtMs: nowMs,
    },
    place: { agentId, ...omitUndefined({ userId, keyId }), channel: SOURCE },
    nowMs,
  });
  const event = await eventOf(ctx, scope, attemptId);
  return costOf(event === null ? [] : [event]);
}
