/** The models that there are, with what each costs a tenant. */
import { listPrices } from "../../../src/pricing/priceBook";
import type { QueryCtx } from "../../_generated/server";
import { PROVIDERS } from "../../validators";
import type { ModelView } from "../../views/prices";
import type { TenantScope } from "../access";
import * as Overrides from "./overrides";

/** The models of the price book at providers that runs can call: those that are resold have no price in it. */
export async function list(ctx: QueryCtx, scope: TenantScope, atMs: number): Promise<ModelView[]> {
  const views = listPrices(atMs).map(async (record): Promise<ModelView[]> => {
    const provider = PROVIDERS.find((one) => one === record.provider);
    if (provider === undefined) return [];
    const { model, name, contextWindowTokens, outputTokensMax, retiresOn } = record;
    const price = await Overrides.get(ctx, scope, { provider, model, atMs });
    return [
      {
        provider,
        model,
        name,
        contextTokens: contextWindowTokens,
        outputTokensMax,
        retiresOn,
        price,
      },
    ];
  });
  return (await Promise.all(views)).flat();
}
