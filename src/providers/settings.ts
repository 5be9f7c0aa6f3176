/** What an adapter needs to know of the account it calls with. */
import type { CallTimeouts } from "./streamCall";

export type ProviderSettings = Readonly<{
  apiKey: string;
  /**
   * As the provider's SDK takes it: for Anthropic without "/v1", for OpenAI and what imitates it with it.
   * Null for the provider's own address.
   */
  baseUrl: string | null;
  /** In place of the global one, for tests and for a runtime that guards outgoing requests. */
  fetch?: typeof globalThis.fetch;
  timeouts?: CallTimeouts;
}>;
