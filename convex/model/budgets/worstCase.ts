/** The most that a call can come to, before it is made. */
import { v, type Infer } from "convex/values";
import type { Spending } from "../../../src/budgets/amounts";
import { NO_MODIFIERS } from "../../../src/pricing/cost";
import { worstCasePico } from "../../../src/pricing/estimate";
import type { QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";
import { priceFor, type PricedCall } from "../costs/prices";

export const vTokensMax = v.object({ inputTokensMax: v.number(), outputTokensMax: v.number() });
export type TokensMax = Infer<typeof vTokensMax>;

/**
 * What providers put before a prompt that they are given tools with, and around its messages: hidden, and billed.
 * Anthropic's is the longest, with some 350 tokens.
 */
export const HIDDEN_TOKENS_MAX = 500;

export function tokensOf({ inputTokensMax, outputTokensMax }: TokensMax): number {
  return inputTokensMax + outputTokensMax;
}

/** Null: nobody says what the model costs. */
export async function worstCaseOf(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  { call, tokens }: { call: PricedCall; tokens: TokensMax },
): Promise<Spending | null> {
  const price = await priceFor(ctx, scope, call);
  const pico = price && worstCasePico(price, { ...tokens, modifiers: NO_MODIFIERS });
  return pico === null ? null : { tokens: tokensOf(tokens), pico };
}
