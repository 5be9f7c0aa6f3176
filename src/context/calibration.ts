/**
 * What a count of `tokens.ts` is worth for a model: how many tokens its provider finds in the same text.
 *
 * Factors on the high side: one that is too high leaves some history out, one that is too low has a request refused.
 * For another model's text none is exact; `MARGIN` of the budget stands for what they miss.
 */
import type { ProviderName } from "../providers/provider";

type Calibration = Readonly<{ models: RegExp; factor: number }>;

const FACTORS: Readonly<Record<ProviderName, readonly Calibration[]>> = {
  openai: [
    // The vocabulary before o200k; up to three times as many in scripts other than Latin.
    { models: /^gpt-(3|4$|4-)/, factor: 1.1 },
    { models: /^/, factor: 1 },
  ],
  anthropic: [
    // Up to Opus 4.6 about a quarter more than o200k finds; from there, by Anthropic's page on counting tokens,
    // a new tokeniser with "approximately 30 percent more" again.
    { models: /^claude-(3|(opus|sonnet|haiku)-(3|4-[0-6]|4$))/, factor: 1.25 },
    { models: /^/, factor: 1.6 },
  ],
  google: [{ models: /^/, factor: 1.1 }],
  // Vocabularies from 32,000 tokens (Mistral) to 150,000 (Qwen).
  openai_compatible: [{ models: /^/, factor: 1.3 }],
};

/** Roles, separators and such: what a message costs besides its text. */
const TOKENS_PER_MESSAGE = 5;

export type CalledModel = Readonly<{ provider: ProviderName; model: string }>;

/** About how many tokens the model finds where `countTokens` found `count`. */
export function calibrated(count: number, { provider, model }: CalledModel): number {
  const found = FACTORS[provider].find(({ models }) => models.test(model));
  return Math.ceil(count * (found?.factor ?? 1));
}

/** As `calibrated`, for a whole message. */
export function calibratedMessage(count: number, model: CalledModel): number {
  return calibrated(count, model) + TOKENS_PER_MESSAGE;
}
