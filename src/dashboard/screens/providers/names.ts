import type { ProviderView } from "../../../../convex/views/administration";

export type ProviderKind = ProviderView["provider"];

/** What runs can call, as people know it. */
export const PROVIDER_NAMES: Readonly<Record<ProviderKind, string>> = {
  anthropic: "Anthropic",
  openai: "OpenAI",
  google: "Google",
  openai_compatible: "OpenAI-compatible",
};

export const PROVIDER_KINDS = Object.keys(PROVIDER_NAMES) as [ProviderKind, ...ProviderKind[]];
