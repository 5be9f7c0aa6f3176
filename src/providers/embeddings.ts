/** Embeddings, as OpenAI and the many servers that speak its API make them. */
import { MINUTE_MS } from "../core/limits";
import type { UsageReport } from "../pricing/usage";
import { usageOf } from "../pricing/usage";
import { transportFailure, type Failure } from "./failure";
import { guardedWhole } from "./guardedFetch";
import { openAiClient, toOpenAiFailure } from "./openaiClient";
import type { ProviderSettings } from "./settings";
import { normaliseOpenAiChatUsage } from "./usage/openaiChatUsage";

export type EmbeddingRequest = Readonly<{
  model: string;
  input: string | string[] | number[] | number[][];
  encodingFormat: "base64" | "float";
  dimensions?: number;
  /** What is booked where the provider was asked and nobody knows whether it answered. */
  tokensMax: number;
}>;

export type Embedded =
  | Readonly<{
      ok: true;
      /** As the provider gives them. */
      data: readonly unknown[];
      usage: UsageReport;
      servedModel: string;
      providerRequestId: string | null;
    }>
  /** `usage` null: nothing was billed. */
  | Readonly<{ ok: false; failure: Failure; usage: UsageReport | null }>;

/** One call, without retries. Does not throw for the provider's trouble. */
export async function embed(
  settings: ProviderSettings,
  { model, input, encodingFormat, dimensions, tokensMax }: EmbeddingRequest,
): Promise<Embedded> {
  try {
    const { data: body, request_id: providerRequestId } = await openAiClient(settings, guardedWhole)
      .embeddings.create(
        {
          model,
          input,
          encoding_format: encodingFormat,
          ...(dimensions !== undefined && { dimensions }),
        },
        { timeout: MINUTE_MS },
      )
      .withResponse();
    const { data, usage } = body;
    // The same names as in the usage of a chat, of which it is a part.
    const report = normaliseOpenAiChatUsage(usage);
    return { ok: true, data, usage: report, servedModel: body.model, providerRequestId };
  } catch (error) {
    const failure = toOpenAiFailure(error) ?? transportFailure(error, { opened: false });
    const isKnown = failure.status !== null;
    return { ok: false, failure, usage: isKnown ? null : estimated(tokensMax) };
  }
}

function estimated(tokens: number): UsageReport {
  return {
    usage: usageOf({ inputFresh: tokens }, {}),
    source: "estimated",
    reconciliation: "unknown",
    notes: ["the provider did not answer: all that was asked for is booked"],
    raw: null,
  };
}
