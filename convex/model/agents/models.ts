/** The models that agents can be made of. */
import { formatUsd } from "../../../src/core/money";
import { listPrices } from "../../../src/pricing/priceBook";
import type { PriceRecord } from "../../../src/pricing/priceData";
import { modelFacts } from "../../../src/providers/modelFacts";
import type { QueryCtx } from "../../_generated/server";
import { omitUndefined } from "../../lib/objects";
import { PROVIDERS, type FallbackModel } from "../../validators";
import type { ProviderModels } from "../../views/agents";
import type { TenantScope } from "../access";
import { settingsOf } from "../providers/deployment";
import { accountFor } from "../providers/providers";

type Provider = FallbackModel["provider"];
type KnownModel = ProviderModels["models"][number];
type Efforts = KnownModel["efforts"];

const TOKENS_PER_MILLION = 1_000_000n;

/** Each provider, in the order in which they are named everywhere, and what the price book has of it that still answers. */
export async function list(
  ctx: QueryCtx,
  scope: TenantScope,
  nowMs: number,
): Promise<ProviderModels[]> {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const writing = listPrices(nowMs).filter(
    ({ rates, retiresOn }) =>
      rates.output !== undefined && (retiresOn === null || retiresOn > today),
  );
  return await Promise.all(
    PROVIDERS.map(async (provider) => ({
      provider,
      isReady: await isReady(ctx, scope, provider),
      models: writing
        .filter((record) => record.provider === provider)
        .map((record) => toModel(provider, { record, nowMs })),
    })),
  );
}

/** Whether a call has an account to go to. What the provider says of that account, only a call shows. */
async function isReady(ctx: QueryCtx, scope: TenantScope, provider: Provider): Promise<boolean> {
  const own = await accountFor(ctx, scope, provider);
  if (own === null) return settingsOf(provider).ok;
  return own.credential !== null || own.baseUrl !== null;
}

function toModel(
  provider: Provider,
  { record, nowMs }: { record: PriceRecord; nowMs: number },
): KnownModel {
  const { model, name, rates, contextWindowTokens, outputTokensMax, retiresOn } = record;
  const { acceptsTemperature, reasoning, efforts } = modelFacts({ provider, model, atMs: nowMs });
  return {
    model,
    name,
    acceptsTemperature,
    ...omitUndefined({
      inputUsdPerMillion: perMillion(rates.inputFresh),
      outputUsdPerMillion: perMillion(rates.output),
      contextTokens: contextWindowTokens ?? undefined,
      outputTokensMax: outputTokensMax ?? undefined,
      efforts: reasoning === "none" ? [] : ourEfforts(efforts),
      retiresOn: retiresOn ?? undefined,
    }),
  };
}

/** Without "minimal", which OpenAI alone has and agents do not. */
function ourEfforts(efforts: ReturnType<typeof modelFacts>["efforts"]): Efforts {
  return efforts?.filter((effort) => effort !== "minimal");
}

function perMillion(picoPerToken: number | undefined): string | undefined {
  return picoPerToken === undefined
    ? undefined
    : formatUsd(BigInt(picoPerToken) * TOKENS_PER_MILLION);
}
