/** Which models are looked at, as it stands in the address. */
import { PROVIDERS, type Provider } from "../../data/providers";

export type ProviderSearch = {
  provider?: Provider | undefined;
  /** A part of a model's name. */
  model?: string | undefined;
};

export function toProviderSearch({ provider, model }: Record<string, unknown>): ProviderSearch {
  const known = PROVIDERS.find((one) => one === provider);
  return {
    ...(known !== undefined && { provider: known }),
    ...(typeof model === "string" && model !== "" && { model }),
  };
}
