/**
 * What a model takes and what it refuses, where the provider's API does not say it before it refuses.
 *
 * Limits come from the price book; the rest are rules by the model's name, first match first. A model that
 * no rule names is taken to accept everything: the provider's own refusal is then the answer.
 */
import { DAY_MS } from "../core/limits";
import { findPriceRecord } from "../pricing/priceBook";
import type { ProviderName, ReasoningEffort } from "./provider";

export type ModelFacts = Readonly<{
  acceptsTemperature: boolean;
  /**
   * How reasoning is asked for: by a level of `effort`, by a level with `adaptive` thinking, by a `budget`
   * of tokens, or not at all.
   */
  reasoning: "effort" | "adaptive" | "budget" | "none";
  /** The levels that it takes, the least first; null: all, as far as is known. */
  efforts: readonly Effort[] | null;
  /** The shortest prompt that the provider keeps when asked to; null: it keeps them unasked, or never. */
  cacheTokensMin: number | null;
  contextWindowTokens: number | null;
  outputTokensMax: number | null;
  /** The day on which the provider ends the model. */
  retiresOn: string | null;
}>;

/** Levels of effort as APIs name them: OpenAI knows one more than we do. */
export type Effort = ReasoningEffort | "minimal";
const EFFORTS: readonly Effort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

type Rule = Pick<ModelFacts, "acceptsTemperature" | "reasoning"> & {
  models: RegExp;
  efforts?: readonly Effort[];
  cacheTokensMin?: number;
};

const RULES: Readonly<Record<ProviderName, readonly Rule[]>> = {
  anthropic: [
    // API version 2026-10-21, which the SDK sends, refuses sampling parameters for every model.
    claude(/^claude-sonnet-4-5/, { reasoning: "budget", cacheTokensMin: 1_024 }),
    claude(/^claude-(opus|haiku)-4-5/, { reasoning: "budget", cacheTokensMin: 4_096 }),
    claude(/^claude-sonnet-/, { reasoning: "adaptive", cacheTokensMin: 2_048 }),
    claude(/^claude-/, { reasoning: "adaptive", cacheTokensMin: 4_096 }),
  ],
  openai: [
    // The first models of a kind took fewer levels than their successors, and the newest cannot do without thinking.
    thinking(/^o\d/, ["low", "medium", "high"]),
    thinking(/^gpt-5-pro/, ["high"]),
    thinking(/^gpt-5(-mini|-nano)?(-20|$)/, ["minimal", "low", "medium", "high"]),
    thinking(/^gpt-5\.1/, ["none", "low", "medium", "high"]),
    thinking(/^gpt-\d.*-pro/, ["medium", "high", "xhigh"]),
    thinking(/^gpt-5\.[2-5]/, ["none", "low", "medium", "high", "xhigh"]),
    thinking(/^gpt-6\.1/, ["low", "medium", "high", "xhigh", "max"]),
    { models: /^gpt-[5-9]/, acceptsTemperature: false, reasoning: "effort" },
    { models: /^(gpt-4|gpt-3)/, acceptsTemperature: true, reasoning: "none" },
  ],
  google: [
    { models: /^gemini-2\.5-/, acceptsTemperature: true, reasoning: "budget" },
    { models: /^gemini-/, acceptsTemperature: true, reasoning: "effort" },
  ],
  openai_compatible: [],
};

function claude(models: RegExp, facts: Pick<Rule, "reasoning"> & { cacheTokensMin: number }): Rule {
  return { models, acceptsTemperature: false, ...facts };
}

function thinking(models: RegExp, efforts: readonly Effort[]): Rule {
  return { models, acceptsTemperature: false, reasoning: "effort", efforts };
}

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
    efforts: rule?.efforts ?? null,
    cacheTokensMin: rule?.cacheTokensMin ?? null,
    contextWindowTokens: record?.contextWindowTokens ?? null,
    outputTokensMax: record?.outputTokensMax ?? null,
    retiresOn: record?.retiresOn ?? null,
  };
}

/** Of the levels that the model takes, the one that is nearest to the wanted one; of two, the lesser. */
export function nearestEffort(wanted: ReasoningEffort, efforts: ModelFacts["efforts"]): Effort {
  if (efforts === null) return wanted;
  const distance = (effort: Effort): number =>
    Math.abs(EFFORTS.indexOf(effort) - EFFORTS.indexOf(wanted));
  return efforts.reduce<Effort>(
    (best, effort) => (distance(effort) < distance(best) ? effort : best),
    efforts[0] ?? wanted,
  );
}

/** How long before its end a model's users are told. */
const NOTICE_DAYS = 90;

/** What to tell the users of a model that its provider ends; nothing, if it stays as far as is known. */
export function retirementWarnings({
  provider,
  model,
  nowMs,
}: {
  provider: ProviderName;
  model: string;
  nowMs: number;
}): string[] {
  const { retiresOn } = modelFacts({ provider, model, atMs: nowMs });
  if (retiresOn === null) return [];
  const leftMs = Date.parse(`${retiresOn}T00:00:00Z`) - nowMs;
  if (leftMs > NOTICE_DAYS * DAY_MS) return [];
  const verb = leftMs > 0 ? "ends" : "ended";
  return [`${provider} ${verb} ${model} on ${retiresOn}: choose another model`];
}
