/**
 * What a model takes and what it refuses, where the provider's API does not say it before it refuses.
 *
 * Limits come from the price book; the rest are rules by the model's name, first match first. A model that
 * no rule names is taken to accept everything: the provider's own refusal is then the answer.
 */
import { findPriceRecord } from "../pricing/priceBook";
import type { ProviderName } from "./provider";

export type ModelFacts = Readonly<{
  acceptsTemperature: boolean;
  /**
   * How reasoning is asked for: by a level of `effort`, by a level with `adaptive` thinking, by a `budget`
   * of tokens, or not at all.
   */
  reasoning: "effort" | "adaptive" | "budget" | "none";
  contextWindowTokens: number | null;
  outputTokensMax: number | null;
  /** The day on which the provider ends the model. */
  retiresOn: string | null;
}>;

type Rule = Pick<ModelFacts, "acceptsTemperature" | "reasoning"> & { models: RegExp };

const RULES: Readonly<Record<ProviderName, readonly Rule[]>> = {
  anthropic: [
    // API version 2026-10-21, which the SDK sends, refuses sampling parameters for every model.
    {
      models: /^claude-(opus|sonnet|haiku)-4-5/,
      acceptsTemperature: false,
      reasoning: "budget",
    },
    { models: /^claude-/, acceptsTemperature: false, reasoning: "adaptive" },
  ],
  openai: [
    { models: /^(gpt-[5-9]|o\d)/, acceptsTemperature: false, reasoning: "effort" },
    { models: /^(gpt-4|gpt-3)/, acceptsTemperature: true, reasoning: "none" },
  ],
  google: [
    { models: /^gemini-2\.5-/, acceptsTemperature: true, reasoning: "budget" },
    { models: /^gemini-/, acceptsTemperature: true, reasoning: "effort" },
  ],
  openai_compatible: [],
};

export function modelFacts({
  provider,
  model,
  atMs,
}: {
  provider: ProviderName;
  model: string;
  atMs: number;
}): ModelFacts {
  const rule = RULES[provider].find(({ models }) => models.test(model));
  const record = findPriceRecord({ provider, model, atMs });
  return {
    acceptsTemperature: rule?.acceptsTemperature ?? true,
    reasoning: rule?.reasoning ?? "effort",
    contextWindowTokens: record?.contextWindowTokens ?? null,
    outputTokensMax: record?.outputTokensMax ?? null,
    retiresOn: record?.retiresOn ?? null,
  };
}
