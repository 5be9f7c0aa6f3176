/** The models that a client may name, in both families' shapes, and counts of tokens. */
import { calibrated } from "../../../src/context/calibration";
import { countTokens } from "../../../src/context/tokens";
import { Fields } from "../../../src/completions/fields";
import { conversationOf } from "../../../src/completions/messages";
import { textsOf } from "../../../src/completions/given";
import { tokensAbout } from "../../../src/pricing/estimate";
import { internal } from "../../_generated/api";
import type { ActionCtx } from "../../_generated/server";
import type { Fixed, ListedModel } from "../../model/completions/listing";
import type { Family } from "./answers";
import type { Caller } from "../../model/headerCaller";

const PAGE_SIZE = { default: 1_000, max: 1_000 };

export async function listModels(
  ctx: ActionCtx,
  caller: Caller,
  { family, searchParams }: { family: Family; searchParams: URLSearchParams },
): Promise<object> {
  const all: ListedModel[] = await ctx.runQuery(internal.jobs.completions.models, { caller });
  if (family === "openai") return { object: "list", data: all.map(toOpenAi) };
  const page = pageOf(all, searchParams);
  const data = page.models.map(toAnthropic);
  const [first, last] = [page.models[0], page.models.at(-1)];
  return {
    data,
    has_more: page.hasMore,
    first_id: first?.id ?? null,
    last_id: last?.id ?? null,
  };
}

export async function getModel(
  ctx: ActionCtx,
  caller: Caller,
  { family, name }: { family: Family; name: string },
): Promise<object> {
  const model: ListedModel = await ctx.runQuery(internal.jobs.completions.model, { caller, name });
  return family === "openai" ? toOpenAi(model) : toAnthropic(model);
}

function pageOf(
  all: readonly ListedModel[],
  params: URLSearchParams,
): { models: readonly ListedModel[]; hasMore: boolean } {
  const limit = Fields.of({ limit: Number(params.get("limit") ?? PAGE_SIZE.default) }, "").integer(
    "limit",
    { min: 1, max: PAGE_SIZE.max },
  );
  const count = limit ?? PAGE_SIZE.default;
  const before = params.get("before_id");
  if (before !== null) {
    const end = all.findIndex(({ id }) => id === before);
    const start = Math.max(0, end - count);
    return { models: all.slice(start, Math.max(0, end)), hasMore: start > 0 };
  }
  const after = params.get("after_id");
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  return { models: all.slice(start, start + count), hasMore: start + count < all.length };
}

function toOpenAi(model: ListedModel): object {
  const { id, owner, createdAt } = model;
  const created = Math.floor(createdAt / 1_000);
  return { id, object: "model", created, owned_by: owner, ...factsOf(model) };
}

function toAnthropic(model: ListedModel): object {
  const { id, name, createdAt } = model;
  const created_at = new Date(createdAt).toISOString();
  return { type: "model", id, display_name: name, created_at, ...factsOf(model) };
}

/** Prices as OpenRouter's clients read them: USD for a token, as exact decimals. */
function factsOf({ name, pricing, contextTokens, outputTokensMax }: ListedModel): object {
  return {
    name,
    context_length: contextTokens,
    max_output_tokens: outputTokensMax,
    pricing:
      pricing === null
        ? null
        : {
            currency: "USD",
            prompt: pricing.input ?? null,
            completion: pricing.output ?? null,
            input_cache_read: pricing.cacheRead ?? null,
            input_cache_write: pricing.cacheWrite ?? null,
          },
  };
}

/** Counting more would take the time of a call and longer: what is beyond is estimated. */
const COUNTED_CHARS_MAX = 1_000_000;

function countUpTo(charsMax: number, texts: readonly string[]): number {
  let leftChars = charsMax;
  return texts.reduce((sum, text) => {
    const rest = text.slice(leftChars);
    const counted = countTokens(text.slice(0, leftChars));
    leftChars = Math.max(0, leftChars - text.length);
    return sum + counted + tokensAbout(rest);
  }, 0);
}

/**
 * What a request would have a model read, by our own count: byte pairs as OpenAI's models count them, times a factor for
 * the model's own tokens, on the high side; of very long requests the end is estimated. The agent's prompt and tools are in it.
 */
export async function countMessageTokens(
  ctx: ActionCtx,
  caller: Caller,
  body: unknown,
): Promise<object> {
  const request = Fields.of(body, "");
  const name = request.text("model");
  const { given } = conversationOf(request);
  const fixed: Fixed = await ctx.runQuery(internal.jobs.completions.fixed, { caller, name });
  const { texts, mediaTokens } = textsOf(given, fixed.model);
  const counted = countUpTo(COUNTED_CHARS_MAX, texts);
  return { input_tokens: fixed.tokens + calibrated(counted, fixed) + mediaTokens };
}
