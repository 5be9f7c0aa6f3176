/** Reservations of spenders outside runs: held, and then settled, released or expired, by a key of their own. */
import { v, type Infer } from "convex/values";
import { MINUTE_MS, MODEL_LENGTH_MAX } from "../../../src/core/limits";
import { COUNT_MAX } from "../../../src/pricing/usage";
import { internal } from "../../_generated/api";
import type { MutationCtx } from "../../_generated/server";
import { checkedInteger, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { toCallPico, vUsdInput } from "../../lib/usd";
import { vProvider } from "../../validators";
import { actorOf, type CallerScope } from "../access";
import * as Agents from "../agents/agents";
import { adjustTo } from "../costs/adjust";
import { book, eventOf, type CostEvent } from "../costs/ledger";
import { toEvent } from "../costs/reported";
import { reserve as hold } from "./admission";
import { sentenceOf } from "./refusals";
import { release as letGo, reservationOf, type Reservation } from "./reservations";

const KEY_LENGTH_MAX = 200;
const LIFETIME_MINUTES = { min: 1, max: 24 * 60 };
const LIFETIME_MINUTES_DEFAULT = 15;

/** What is to be spent at most, by whom and of which model. The amount is USD. */
export const vNewReservation = v.object({
  key: v.string(),
  agentId: v.id("agents"),
  provider: vProvider,
  model: v.string(),
  tokens: v.number(),
  cost: vUsdInput,
  expiresAfterMinutes: v.optional(v.number()),
});

export const vReserved = v.union(
  v.object({ status: v.literal("reserved"), expiresAtMs: v.number() }),
  v.object({ status: v.literal("refused"), reason: v.string() }),
  /** A budget is not ready, for its past is being carried in, or it is divided anew: ask again, with the same key. */
  v.object({ status: v.literal("opening") }),
);

/** What was spent. Amounts are USD. */
export const vSettlement = v.object({
  key: v.string(),
  inputTokens: v.number(),
  outputTokens: v.number(),
  inputCost: vUsdInput,
  outputCost: vUsdInput,
});

/**
 * Holds what is to be spent in every budget that bounds it.
 *
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws invalid_argument - A text, number or amount is out of bounds.
 * @throws conflict - The key was used before, whatever became of it.
 */
export async function reserve(
  ctx: MutationCtx,
  scope: CallerScope,
  { asked, nowMs }: { asked: Infer<typeof vNewReservation>; nowMs: number },
): Promise<Infer<typeof vReserved>> {
  await Agents.getOrFail(ctx, scope, asked.agentId);
  const { agentId, provider, expiresAfterMinutes: minutes = LIFETIME_MINUTES_DEFAULT } = asked;
  const key = keyOf(asked.key);
  // The ledger's row outlives the reservation: under its key nothing else can be booked.
  const isUsed =
    (await reservationOf(ctx, scope, key)) !== null || (await eventOf(ctx, scope, key)) !== null;
  if (isUsed) {
    const reason = "the key was used before: use a new one for each reservation";
    fail({ kind: "conflict", entity: "reservation", reason });
  }
  const model = checkedText("model", asked.model, MODEL_LENGTH_MAX);
  const worst = {
    tokens: checkedInteger("tokens", asked.tokens, { min: 0, max: COUNT_MAX }),
    pico: toCallPico("cost", asked.cost),
  };
  checkedInteger("expiresAfterMinutes", minutes, LIFETIME_MINUTES);
  const expiresAtMs = nowMs + minutes * MINUTE_MS;
  const verdict = await hold(ctx, scope, {
    key,
    called: { agentId, provider, model, ...actorOf(scope) },
    spreadBy: key,
    worst,
    isKept: true,
    expiresAtMs,
    nowMs,
  });
  if (verdict.kind === "opening") return { status: "opening" };
  if (verdict.kind === "refused") {
    return { status: "refused", reason: sentenceOf(verdict.refusal) };
  }
  const { tenantId } = scope;
  await ctx.scheduler.runAt(expiresAtMs, internal.jobs.budgets.expire, { tenantId, key });
  return { status: "reserved", expiresAtMs };
}

/**
 * Books what was spent, for the moment of the reservation. One that had expired was booked at what it held: then the
 * difference is.
 *
 * @throws not_found - There is no such reservation.
 * @throws conflict - It was settled or released before, or it had expired and what it was booked at stands in a summary
 *   alone, which nothing is taken out of.
 */
export async function settle(
  ctx: MutationCtx,
  scope: CallerScope,
  { spent: { key, ...spent }, nowMs }: { spent: Infer<typeof vSettlement>; nowMs: number },
): Promise<void> {
  const reservation = await getOrFail(ctx, scope, key);
  const { agentId, userId, keyId, provider, model, startedAtMs, period, state } = reservation;
  if (state === "settled" || state === "released") refuse(state);
  const event: CostEvent = {
    tenantId: scope.tenantId,
    agentId,
    ...(userId !== undefined && { userId }),
    ...(keyId !== undefined && { keyId }),
    ...toEvent({ provider, model, ...spent }, nowMs),
    attemptId: reservation.key,
    period,
    startedAtMs,
    timestamp: startedAtMs,
  };
  const booked = await eventOf(ctx, scope, reservation.key);
  // It was booked once, as a whole, and has been drawn into a summary since.
  if (booked === null && state === "expired") refuse(state);
  if (booked === null) await book(ctx, scope, { event, nowMs });
  else await adjustTo(ctx, scope, { booked, truth: event, nowMs });
  if (state === "expired") {
    const actual = { tokens: spent.inputTokens + spent.outputTokens, pico: event.totalCostPico };
    await ctx.db.patch("budget_reservations", reservation._id, { state: "settled", actual });
  }
}

/**
 * Gives back what was held: nothing was spent.
 *
 * @throws not_found - There is no such reservation.
 * @throws conflict - It has come to its end.
 */
export async function release(
  ctx: MutationCtx,
  scope: CallerScope,
  { key, nowMs }: { key: string; nowMs: number },
): Promise<void> {
  const reservation = await getOrFail(ctx, scope, key);
  if (reservation.state !== "reserved") refuse(reservation.state);
  await letGo(ctx, scope, { key: reservation.key, nowMs });
}

async function getOrFail(ctx: MutationCtx, scope: CallerScope, key: string): Promise<Reservation> {
  const reservation = await reservationOf(ctx, scope, keyOf(key));
  if (reservation !== null) return reservation;
  return fail({ kind: "not_found", entity: "reservation", id: key });
}

function keyOf(key: string): string {
  return `external/${checkedText("key", key, KEY_LENGTH_MAX)}`;
}

function refuse(state: Reservation["state"]): never {
  return fail({ kind: "conflict", entity: "reservation", reason: `it is ${state} already` });
}
