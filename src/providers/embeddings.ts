/** Embeddings, as OpenAI and the many servers that speak its API make them. */
import { MINUTE_MS } from "../core/limits";
import { tokensAbout } from "../pricing/estimate";
import type { UsageReport } from "../pricing/usage";
import { usageOf } from "../pricing/usage";
import { transportFailure, type Failure } from "./failure";
import { guardedWhole } from "./guardedFetch";
import { openAiClient, toOpenAiFailure } from "./openaiClient";
import type { ProviderSettings } from "./settings";
import { fieldOf, isCount } from "./usage/counts";
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
    // The same names as in the usage of a chat, of which it is a part. Imitators leave it out: that is unknown, not zero.
    const report = isCount(fieldOf(usage, "prompt_tokens"))
      ? normaliseOpenAiChatUsage(usage)
      : estimated(tokensAboutOf(input), "the provider stated no usage: counted from what was sent");
    return { ok: true, data, usage: report, servedModel: body.model, providerRequestId };
  } catch (error) {
    const failure = toOpenAiFailure(error) ?? transportFailure(error, { opened: false });
    const isFree = failure.status !== null || wasNeverSent(error);
    return { ok: false, failure, usage: isFree ? null : estimated(tokensMax, UNANSWERED) };
  }
}

const UNANSWERED = "the provider did not answer: all that was asked for is booked";

/** What keeps a connection from being there; whatever is not known here may have come after the request was sent. */
const NO_CONNECTION =
  /\b(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|connection refused|dns error)\b/i;
const CAUSES_MAX = 5;

/** Unlike a stream, which says that it was taken up before it is made, an answer that comes whole is billed unseen. */
function wasNeverSent(error: unknown): boolean {
  let cause: unknown = error;
  for (let n = 0; n < CAUSES_MAX && cause instanceof Error; n++) {
    if (NO_CONNECTION.test(`${String(fieldOf(cause, "code"))} ${cause.message}`)) return true;
    ({ cause } = cause);
  }
  return false;
}

function tokensAboutOf(input: EmbeddingRequest["input"]): number {
  if (typeof input === "string") return tokensAbout(input);
  return (input as readonly (string | number | number[])[]).reduce<number>((sum, one) => {
    if (typeof one === "string") return sum + tokensAbout(one);
    return sum + (typeof one === "number" ? 1 : one.length);
  }, 0);
}

function estimated(tokens: number, note: string): UsageReport {
  return {
    usage: usageOf({ inputFresh: tokens }, {}),
    source: "estimated",
    reconciliation: "unknown",
    notes: [note],
    raw: null,
  };
}
