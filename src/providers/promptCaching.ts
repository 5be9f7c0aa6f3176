/**
 * When asking a provider to keep the prompt pays. Keeping costs a quarter more than reading, and reading what was kept a
 * tenth or less: it pays for what is read again within minutes, and not for anything else. Pure.
 */
import { modelFacts } from "./modelFacts";
import type { ProviderName, ProviderRequest } from "./provider";

export type PromptShape = Readonly<{
  /** Of all of it, and of what every call of the agent's begins with: what it is told of itself and its tools. */
  totalTokens: number;
  fixedTokens: number;
  /** Whether more is sure to come after this prompt: it has tools, or has come after others itself. */
  goesOn: boolean;
  /** Whether its history begins later with every message, because all of it does not fit. */
  isCut: boolean;
}>;

/** What to ask the provider to keep; undefined: nothing, or it keeps prompts unasked. */
export function promptCacheFor(
  { provider, model, atMs }: { provider: ProviderName; model: string; atMs: number },
  { totalTokens, fixedTokens, goesOn, isCut }: PromptShape,
): ProviderRequest["promptCache"] {
  const { cacheTokensMin } = modelFacts({ provider, model, atMs });
  if (cacheTokensMin === null) return undefined;
  const messages = totalTokens >= cacheTokensMin && goesOn && !isCut;
  return messages || fixedTokens >= cacheTokensMin ? { keepFor: "5m", messages } : undefined;
}
