/** How far a run may go, by its agent's settings: in replies that call tools, in time, in tokens and in money. */
import { v, type Infer } from "convex/values";
import { MINUTE_MS } from "../../../src/core/limits";
import { formatUsd } from "../../../src/core/money";
import { NO_MODIFIERS } from "../../../src/pricing/cost";
import { worstCasePico } from "../../../src/pricing/estimate";
import type { Price } from "../../../src/pricing/priceBook";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { totalPicoOf } from "../../lib/usd";
import { vRunFailureReason, type FallbackModel } from "../../validators";
import { priceFor } from "../costs/prices";

/** Of the run's own time: waiting for people does not count. */
const MINUTES_DEFAULT = 30;
/** Replies of one run that call tools; an agent that has not come to an end by then goes round in circles. */
export const TOOL_ROUNDS_DEFAULT = 10;
/** Less is no answer: the reply would be cut in its first sentence, and be paid for. */
const OUTPUT_TOKENS_MIN = 16;

export const vExceeded = v.object({ reason: vRunFailureReason, detail: v.string() });
export type Exceeded = Infer<typeof vExceeded>;

export type Bound = { outputTokens: number } | { exceeded: Exceeded };

export type Call = FallbackModel & { promptTokens: number; outputTokens: number };

/**
 * What of the next call's output the limits leave, or why the call must not be made. For its input they count by an
 * estimate; a reply ends where the money does. Of several calls, which are made before it is known what any of them
 * costs, each may cost an equal share.
 */
export async function boundBy(
  ctx: QueryCtx,
  { run, agent }: { run: Doc<"runs">; agent: Doc<"agents"> },
  { calls, nowMs }: { calls: readonly Call[]; nowMs: number },
): Promise<Bound> {
  const { minutes = MINUTES_DEFAULT, tokens } = agent.limits ?? {};
  const ownMs = nowMs - (run.startedAt ?? nowMs) - (run.waitedMs ?? 0);
  if (ownMs >= minutes * MINUTE_MS) {
    return reached(`The run took longer than the ${minutes} minutes that its agent allows.`);
  }
  if (tokens !== undefined && run.totalTokens >= tokens) {
    return reached(`The run used the ${tokens} tokens that its agent allows for a message.`);
  }
  const { maxCostPerMessagePico: costMax } = agent;
  const spentPico = totalPicoOf(run);
  const leftPico = ((costMax ?? 0n) - spentPico) / BigInt(Math.max(1, calls.length));
  let outputTokens = Infinity;
  for (const call of calls) {
    const bound =
      costMax === undefined
        ? { outputTokens: call.outputTokens }
        : affordable(call, {
            price: await priceFor(ctx, run, { ...call, atMs: nowMs }),
            leftPico,
            costMax,
            spentPico,
          });
    if ("exceeded" in bound) return bound;
    outputTokens = Math.min(outputTokens, bound.outputTokens);
  }
  return { outputTokens };
}

function affordable(
  { model, promptTokens, outputTokens }: Call,
  {
    price,
    leftPico,
    costMax,
    spentPico,
  }: { price: Price | null; leftPico: bigint; costMax: bigint; spentPico: bigint },
): Bound {
  const costs = price === null ? null : worstCosts(price, { promptTokens, outputTokens });
  if (costs === null) {
    const detail = `${model} has no price, and its agent bounds what a message may cost: name a model with a price, or take the bound away.`;
    return { exceeded: { reason: "price_unknown", detail } };
  }
  const forOutput = leftPico - costs.inputPico;
  const paidFor =
    costs.outputPico === 0n
      ? outputTokens
      : Number((forOutput * BigInt(outputTokens)) / costs.outputPico);
  if (forOutput < 0n || paidFor < Math.min(OUTPUT_TOKENS_MIN, outputTokens)) {
    const detail = `Another call would cost more than the ${formatUsd(costMax)} USD that the agent allows for a message: ${formatUsd(spentPico)} are spent.`;
    return { exceeded: { reason: "budget_exceeded", detail } };
  }
  return { outputTokens: Math.min(outputTokens, paidFor) };
}

/** The most that the input and all of the output can cost; null when either has no price. */
function worstCosts(
  price: Price,
  { promptTokens: inputTokensMax, outputTokens }: { promptTokens: number; outputTokens: number },
): { inputPico: bigint; outputPico: bigint } | null {
  const worst = (outputTokensMax: number) =>
    worstCasePico(price, { inputTokensMax, outputTokensMax, modifiers: NO_MODIFIERS });
  const inputPico = worst(0);
  const wholePico = worst(outputTokens);
  if (inputPico === null || wholePico === null) return null;
  return { inputPico, outputPico: wholePico - inputPico };
}

function reached(detail: string): { exceeded: Exceeded } {
  return { exceeded: { reason: "limit_reached", detail } };
}
