import type { Doc } from "../../../convex/_generated/dataModel";

export type Provider = Doc<"agents">["provider"];

/** As people know them. */
export const PROVIDER_NAMES: Readonly<Record<Provider, string>> = {
  anthropic: "Anthropic",
  openai: "OpenAI",
  google: "Google",
  openai_compatible: "OpenAI-compatible",
};
export const PROVIDERS = Object.keys(PROVIDER_NAMES) as [Provider, ...Provider[]];
