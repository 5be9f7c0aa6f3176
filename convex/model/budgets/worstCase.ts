/** The most that a call can come to, before it is made. */
import { v, type Infer } from "convex/values";
import type { Spending } from "../../../src/budgets/amounts";
import { NO_MODIFIERS } from "../../../src/pricing/cost";
import { worstCasePico } from "../../../src/pricing/estimate";
import { shownTokensMax } from "../../../src/providers/mediaTokens";
import type { QueryCtx } from "../../_generated/server";
import { vShown } from "../../validators";
import type { TenantScope } from "../access";
import { priceFor, type PricedCall } from "../costs/prices";

export const vTokensMax = v.object({
  inputTokensMax: v.number(), // besides what is shown
  outputTokensMax: v.number(),
  /** Of which each model makes more or less. */
  shown: v.optional(vShown),
});
export type TokensMax = Infer<typeof vTokensMax>;

/**
 * What providers put before a prompt that they are given tools with, and around its messages: hidden, and billed.
 * Anthropic's is the longest, with some 350 tokens.
 */
export const HIDDEN_TOKENS_MAX = 500;

export function tokensOf(tokens: TokensMax, call: PricedCall): number {
  return inputTokensOf(tokens, call) + tokens.outputTokensMax;
}

function inputTokensOf({ inputTokensMax, shown }: TokensMax, call: PricedCall): number {
  return inputTokensMax + (shown === undefined ? 0 : shownTokensMax(shown, call));
}

/** Null: nobody says what the model costs. */
export async function worstCaseOf(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  { call, tokens }: { call: PricedCall; tokens: TokensMax },
): Promise<Spending | null> {
  const price = await priceFor(ctx, scope, call);
  const { outputTokensMax } = tokens;
  const inputTokensMax = inputTokensOf(tokens, call);
  const most = { inputTokensMax, outputTokensMax, modifiers: NO_MODIFIERS };
  const pico = price && worstCasePico(price, most);
  return pico === null ? null : { tokens: tokensOf(tokens, call), pico };
}
