/** Which models are looked at, as it stands in the address. */
import { PROVIDER_KINDS, type ProviderKind } from "./names";

export type ProviderSearch = {
  provider?: ProviderKind | undefined;
  /** A part of a model's name. */
  model?: string | undefined;
};

export function toProviderSearch({ provider, model }: Record<string, unknown>): ProviderSearch {
  const known = PROVIDER_KINDS.find((one) => one === provider);
  return {
    ...(known !== undefined && { provider: known }),
    ...(typeof model === "string" && model !== "" && { model }),
  };
}
