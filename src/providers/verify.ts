/** Whether an account works, asked by what costs nothing: the list of models, which every provider has. */
import type { ProviderFailureClass } from "../core/errors";
import { SECOND_MS } from "../core/limits";
import { anthropicClient, toAnthropicFailure } from "./anthropic";
import { transportFailure, type Failure } from "./failure";
import { listModels, toGoogleFailure } from "./googleClient";
import { guardedWhole } from "./guardedFetch";
import { openAiClient, toOpenAiFailure } from "./openaiClient";
import type { ProviderName } from "./provider";
import type { ProviderSettings } from "./settings";
import { fieldOf } from "./usage/counts";

export type Verified =
  | Readonly<{ outcome: "works" }>
  /** Its list is for anybody: whether the key is right, only a call tells. */
  | Readonly<{ outcome: "open" }>
  | Readonly<{
      outcome: "failed";
      failureClass: ProviderFailureClass;
      /** Null when no response arrived. */
      status: number | null;
    }>;

/** A person waits for it. */
const ANSWER_MS_MAX = 10 * SECOND_MS;
/** The longest lists, of resellers, have some hundred thousand. */
const LIST_CHARS_MAX = 4 * 1024 * 1024;
/** Nobody's key. */
const NO_KEY = "none";

/** Does not throw for the provider's trouble, and repeats nothing that it says. */
export async function verify(
  provider: ProviderName,
  settings: ProviderSettings,
  answerMsMax = ANSWER_MS_MAX,
): Promise<Verified> {
  const failure = await failureOfListing(provider, settings, answerMsMax);
  if (failure !== null) {
    const { failureClass, status } = failure;
    return { outcome: "failed", failureClass, status };
  }
  // The providers themselves list nothing without a key. Much of what imitates them does.
  if (settings.baseUrl === null) return { outcome: "works" };
  const anybody = { ...settings, apiKey: NO_KEY };
  const refusal = await failureOfListing(provider, anybody, answerMsMax);
  const isKeyAskedFor =
    refusal?.failureClass === "authentication" || refusal?.failureClass === "permission";
  return { outcome: isKeyAskedFor ? "works" : "open" };
}

type Trouble = Pick<Failure, "failureClass" | "status">;

/** A page, other JSON, or a list that goes on for longer than is read. */
const NO_LIST: Trouble = { failureClass: "server", status: 200 };

async function failureOfListing(
  provider: ProviderName,
  settings: ProviderSettings,
  answerMsMax: number,
): Promise<Trouble | null> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), answerMsMax);
  const { list, toFailure } = LISTS[provider];
  try {
    return isList(await list(settings, deadline.signal)) ? null : NO_LIST;
  } catch (error) {
    if (deadline.signal.aborted) return { failureClass: "timeout", status: null };
    if (error instanceof SyntaxError) return NO_LIST;
    return toFailure(error) ?? transportFailure(error, { opened: false });
  } finally {
    clearTimeout(timer);
  }
}

type Listing = Readonly<{
  /** The list as it came. */
  list: (settings: ProviderSettings, signal: AbortSignal) => Promise<unknown>;
  toFailure: (error: unknown) => Failure | null;
}>;

const guard: typeof guardedWhole = (fetchWith) => guardedWhole(fetchWith, LIST_CHARS_MAX);

const OPENAI: Listing = {
  list: async (settings, signal) => await openAiClient(settings, guard).get("/models", { signal }),
  toFailure: toOpenAiFailure,
};

const LISTS: Readonly<Record<ProviderName, Listing>> = {
  anthropic: {
    list: async (settings, signal) =>
      await anthropicClient(settings, guard).get("/v1/models", { query: { limit: 1 }, signal }),
    toFailure: toAnthropicFailure,
  },
  openai: OPENAI,
  openai_compatible: OPENAI,
  google: {
    list: async (settings, signal) => await listModels(settings, { guard, signal }),
    toFailure: toGoogleFailure,
  },
};

/** `data` at Anthropic and OpenAI, `models` at Google; some that imitate OpenAI leave out what is around it. */
function isList(body: unknown): boolean {
  return [body, fieldOf(body, "data"), fieldOf(body, "models")].some((one) => Array.isArray(one));
}
