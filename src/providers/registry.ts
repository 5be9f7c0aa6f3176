/** Which adapter serves which provider. */
import { assert } from "../core/assert";
import { anthropicProvider } from "./anthropic";
import { googleProvider } from "./google";
import { openAiChatProvider } from "./openaiChat";
import { openAiResponsesProvider } from "./openaiResponses";
import type { Provider, ProviderName } from "./provider";
import type { ProviderSettings } from "./settings";

/**
 * The provider of that name, called with these settings.
 *
 * @param settings - For `openai_compatible` the base URL is required: there is no address to fall back to.
 */
export function providerFor(name: ProviderName, settings: ProviderSettings): Provider {
  switch (name) {
    case "anthropic":
      return anthropicProvider(settings);
    case "openai":
      return openAiResponsesProvider(settings);
    case "google":
      return googleProvider(settings);
    case "openai_compatible":
      assert(settings.baseUrl !== null, "an OpenAI-compatible provider has a base URL");
      return openAiChatProvider(name, settings);
  }
}
