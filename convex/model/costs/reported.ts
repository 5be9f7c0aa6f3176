/** Costs of calls that others made for an agent: what callers report, held to the same ledger as our own. */
import { v, type Infer } from "convex/values";
import { MODEL_LENGTH_MAX } from "../../../src/core/limits";
import { COUNT_MAX } from "../../../src/pricing/usage";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { omitUndefined } from "../../lib/objects";
import { checkedCallPico, toPico, toUsdText, vUsdInput, type UsdInput } from "../../lib/usd";
import { vProvider } from "../../validators";
import { actorOf, type CallerScope } from "../access";
import * as Activity from "../activity";
import * as Agents from "../agents/agents";
import * as Messages from "../messages";
import { hourFor } from "../periods";
import * as Sessions from "../sessions";
import { book, eventOf, type CostEvent } from "./ledger";
import { tokenTotals } from "./storedUsage";

const record = Activity.recorderOf("cost_events", { noun: "costs" });

const CHANNEL_LENGTH_MAX = 80;
const ENDPOINT_LENGTH_MAX = 500;
const KEY_LENGTH_MAX = 255;
const RESPONSE_TIME_MS = { min: 0, max: 24 * 60 * 60 * 1_000 };
const TOKENS = { min: 0, max: COUNT_MAX };
/** What a sum of doubles may be off by; a sum that is wrong is off by more. */
const ROUNDING_PICO = 1_000n;

export const vReportedCost = v.object({
  agentId: v.id("agents"),
  sessionId: v.optional(v.id("sessions")),
  conversationId: v.optional(v.id("messages")),
  model: v.string(),
  provider: vProvider,
  inputTokens: v.number(),
  outputTokens: v.number(),
  totalTokens: v.optional(v.number()),
  inputCost: vUsdInput,
  outputCost: vUsdInput,
  totalCost: v.optional(vUsdInput),
  channel: v.optional(v.string()),
  endpoint: v.optional(v.string()),
  responseTime: v.optional(v.number()),
  idempotencyKey: v.optional(v.string()),
});
export type ReportedCost = Infer<typeof vReportedCost>;

/**
 * Books a cost that a caller reports, in every sum that a call of our own would be part of. Safe to repeat with the
 * same `idempotencyKey` for as long as the event is kept: the first call's id comes back and nothing is booked.
 *
 * @throws not_found - The agent, session or message does not exist or is another tenant's.
 * @throws invalid_argument - A count is no whole number, an amount no amount, a total not the sum of its parts,
 *   or the session or message another agent's.
 * @throws idempotency_key_reused - The key came before with another report.
 */
export async function report(
  ctx: MutationCtx,
  scope: CallerScope,
  { cost, nowMs }: { cost: ReportedCost; nowMs: number },
): Promise<Id<"cost_events">> {
  const place = await placeOf(ctx, scope, cost);
  const event = { ...place, ...actorOf(scope), ...toEvent(cost, nowMs) };
  const { idempotencyKey: key } = cost;
  const attemptId =
    key === undefined ? crypto.randomUUID() : checkedText("idempotencyKey", key, KEY_LENGTH_MAX);
  const named: CostEvent = {
    tenantId: scope.tenantId,
    ...event,
    period: await hourFor(ctx, scope, event.timestamp),
    attemptId: `reported/${attemptId}`,
  };
  const before = await eventOf(ctx, scope, named.attemptId);
  if (before !== null) {
    if (!isSame(before, named)) fail({ kind: "idempotency_key_reused", key: attemptId });
    return before._id;
  }
  const id = await book(ctx, scope, { event: named, nowMs });
  const { agentId, provider, model } = named;
  const told = {
    agentId,
    provider,
    model,
    ...tokenTotals(named.usage),
    totalCost: toUsdText(named.totalCostPico),
  };
  await record(ctx, scope, { action: "create", id, after: told, nowMs });
  return id;
}

/** Whose cost it is. */
async function placeOf(
  ctx: MutationCtx,
  scope: CallerScope,
  { agentId, sessionId: given, conversationId: messageId }: ReportedCost,
): Promise<Pick<CostEvent, "agentId" | "sessionId" | "messageId">> {
  await Agents.getOrFail(ctx, scope, agentId);
  const message =
    messageId === undefined ? undefined : await Messages.getOrFail(ctx, scope, messageId);
  const sessionId = given ?? message?.sessionId;
  const session =
    sessionId === undefined ? undefined : await Sessions.getOrFail(ctx, scope, sessionId);
  if (message !== undefined && message.sessionId !== sessionId) {
    fail({ kind: "invalid_argument", field: "conversationId", reason: "is not of the session" });
  }
  if (session !== undefined && session.agentId !== agentId) {
    fail({ kind: "invalid_argument", field: "sessionId", reason: "is another agent's" });
  }
  return { agentId, ...omitUndefined({ sessionId, messageId }) };
}

/** What is reported, as an event of now. */
export function toEvent(
  cost: Omit<ReportedCost, "agentId">,
  nowMs: number,
): Omit<CostEvent, "tenantId" | "attemptId" | "period" | "agentId" | "sessionId" | "messageId"> {
  const { channel, endpoint, responseTime } = cost;
  const inputFresh = checkedInteger("inputTokens", cost.inputTokens, TOKENS);
  const output = checkedInteger("outputTokens", cost.outputTokens, TOKENS);
  if (cost.totalTokens !== undefined && cost.totalTokens !== inputFresh + output) {
    refuseTotal("totalTokens", `inputTokens + outputTokens, ${inputFresh + output}`);
  }
  const inputCostPico = toPico("inputCost", cost.inputCost);
  const outputCostPico = toPico("outputCost", cost.outputCost);
  const totalCostPico = checkedCallPico("totalCost", inputCostPico + outputCostPico);
  if (cost.totalCost !== undefined) checkTotal(cost.totalCost, totalCostPico);
  const tookMs =
    responseTime === undefined ? 0 : checkedInteger("responseTime", responseTime, RESPONSE_TIME_MS);
  return {
    kind: "attempt",
    attemptKind: "primary",
    status: "ok",
    provider: cost.provider,
    model: checkedText("model", cost.model, MODEL_LENGTH_MAX),
    usage: { tokens: { inputFresh, output }, reasoningTokens: 0, toolUnits: {} },
    usageSource: "reported",
    reconciliation: "unknown",
    notes: ["reported by a caller: the amounts are theirs"],
    lines: [],
    fees: [],
    modifiers: [],
    tierApplied: { serviceTier: "standard", longContextTokens: null },
    unpriced: [],
    inputCostPico,
    outputCostPico,
    feesPico: 0n,
    totalCostPico,
    currency: "usd",
    priceVersion: null,
    startedAtMs: nowMs - tookMs,
    endedAtMs: nowMs,
    timestamp: nowMs - tookMs,
    ...omitUndefined({
      channel:
        channel === undefined ? undefined : checkedText("channel", channel, CHANNEL_LENGTH_MAX),
      endpoint:
        endpoint === undefined ? undefined : checkedText("endpoint", endpoint, ENDPOINT_LENGTH_MAX),
    }),
  };
}

/** Text is held to the pico; a number may be the sum of two others, with their rounding. */
function checkTotal(given: UsdInput, totalPico: bigint): void {
  const offPico = toPico("totalCost", given) - totalPico;
  const allowedPico = typeof given === "number" ? ROUNDING_PICO : 0n;
  if (offPico > allowedPico || -offPico > allowedPico) {
    refuseTotal("totalCost", `inputCost + outputCost, ${toUsdText(totalPico)}`);
  }
}

function refuseTotal(field: string, sum: string): never {
  return fail({ kind: "invalid_argument", field, reason: `must be ${sum}, or left out` });
}

/** Whether both report the same; when is not part of it. */
function isSame(before: Doc<"cost_events">, now: CostEvent): boolean {
  const told = ({
    agentId,
    sessionId,
    messageId,
    provider,
    model,
    channel,
    endpoint,
    usage,
    ...rest
  }: CostEvent) =>
    JSON.stringify([
      [agentId, sessionId, messageId, provider, model, channel, endpoint],
      [usage.tokens.inputFresh, usage.tokens.output],
      [toUsdText(rest.inputCostPico), toUsdText(rest.outputCostPico)],
    ]);
  return told(before) === told(now);
}
