import { useCallback } from "react";
import { api } from "../../../convex/_generated/api";
import type { ProviderModels } from "../../../convex/views/agents";
import { useTenantQuery } from "./tenant";

export type KnownModel = ProviderModels["models"][number];

/** What agents can be made of. */
export function useModels() {
  const providers = useTenantQuery(api.queries.agents.models, {});
  const modelOf = useCallback(
    (provider: ProviderModels["provider"], model: string): KnownModel | undefined =>
      providers
        ?.find((one) => one.provider === provider)
        ?.models.find((one) => one.model === model),
    [providers],
  );
  return { providers, modelOf };
}

/** "$1 in, $5 out", for a million tokens. */
export function pricesOf({ inputUsdPerMillion: input, outputUsdPerMillion: output }: KnownModel) {
  if (input === undefined || output === undefined) return "no known price";
  return `$${input} in, $${output} out`;
}
