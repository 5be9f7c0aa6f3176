/** The one shape that every model provider is adapted to. */
import type { ProviderFailureClass } from "../core/errors";
import type { UsageReport } from "../pricing/usage";

export type ProviderName = "anthropic" | "openai" | "google" | "openai_compatible";

/** A call's content in our terms. */
export type TextPart = Readonly<{ kind: "text"; text: string }>;
/** Whether a model takes media of a type says `acceptsMedia`; a part that it refuses makes it refuse the call. */
export type ImagePart = Readonly<{ kind: "image"; contentType: string; base64: string }>;
/** An image that the provider fetches by itself, if it does such things: nobody here does. */
export type ImageUrlPart = Readonly<{ kind: "image_url"; url: string }>;
export type FilePart = Readonly<{
  kind: "file";
  contentType: string;
  base64: string;
  /** What the user calls it; some models are told. */
  name: string;
}>;
/**
 * What a model thought, in its provider's own words: signed or encrypted, to be given back as it came. It means
 * something to that provider and model only; for every other it is left out.
 */
export type ReasoningPart = Readonly<{
  kind: "reasoning_part";
  provider: ProviderName;
  /** As it was asked for. */
  model: string;
  /** The mark of the account that sealed it, where it is known: to another it means nothing. */
  account?: string;
  /** JSON. */
  block: string;
}>;
export type ToolCallPart = Readonly<{
  kind: "tool_call";
  toolCallId: string;
  name: string;
  /** The arguments as the model wrote them: JSON, or what it took for it. */
  argumentsJson: string;
  /** The provider's own token for the thought behind the call: it wants it back with the call. */
  signature?: string;
}>;
export type ToolResultPart = Readonly<{
  kind: "tool_result";
  toolCallId: string;
  text: string;
  isError: boolean;
}>;

export type UserPart = TextPart | ImagePart | ImageUrlPart | FilePart;
/** In the order in which they came. */
export type AssistantPart = TextPart | ReasoningPart | ToolCallPart;

export type ChatMessage =
  | Readonly<{ role: "user"; content: readonly UserPart[] }>
  | Readonly<{ role: "assistant"; content: readonly AssistantPart[] }>
  | Readonly<{ role: "tool"; content: readonly ToolResultPart[] }>;

export type ToolSpec = Readonly<{
  name: string;
  description: string;
  /** JSON Schema of the arguments: an object. */
  inputSchema: Readonly<Record<string, unknown>>;
  /** Whether the arguments have to match the schema to the letter, where the provider can see to it. */
  strict?: boolean;
}>;

/** Whether the model may, must not or has to call tools; or the one tool that it has to call. */
export type ToolChoice = "auto" | "none" | "required" | Readonly<{ name: string }>;

/** What the reply's text has to be: JSON of any kind, or JSON that matches a schema. */
export type OutputFormat =
  | Readonly<{ kind: "json" }>
  | Readonly<{
      kind: "json_schema";
      name: string;
      description?: string;
      schema: Readonly<Record<string, unknown>>;
      strict: boolean;
    }>;

/** What a caller may ask for beyond what an agent sets. What a provider has nothing like of, it is not sent. */
export type CallSettings = Readonly<{
  toolChoice?: ToolChoice;
  /** False: at most one tool call in the reply. */
  parallelToolCalls?: boolean;
  /** Texts at which the reply ends, before them. */
  stop?: readonly string[];
  topP?: number;
  output?: OutputFormat;
}>;

export type ReasoningEffort = "none" | "low" | "medium" | "high" | "xhigh" | "max";

export type ProviderRequest = Readonly<{
  model: string;
  system: string | null;
  /** At least one, the first of them the user's. */
  messages: readonly ChatMessage[];
  maxOutputTokens: number;
  /** Left out of the call where the model refuses it, with a warning in `finish`. */
  temperature?: number;
  reasoning?: ReasoningEffort;
  tools?: readonly ToolSpec[];
  /**
   * Asks the provider to keep tools and system, and the messages, too, for the next call, for as long as said. Where it
   * does so unasked (OpenAI) this changes nothing.
   */
  promptCache?: Readonly<{ keepFor: "5m" | "1h"; messages: boolean }>;
  /** Asks for a service tier by the provider's name for it; what was served stands in `finish`. */
  serviceTier?: string;
  settings?: CallSettings;
  /** Ends the call: the connection closes at once, and the stream ends with `finish` "aborted". */
  signal: AbortSignal;
}>;

export type FinishReason =
  | "end"
  /** The reply was cut at `maxOutputTokens` or at the end of the context window. */
  | "length"
  | "tool_calls"
  /** The provider or the model declined to go on. */
  | "filtered"
  /** `signal` was aborted. */
  | "aborted"
  | "other";

/** What the provider said about the call, as far as it got, and what decides its price besides. */
export type CallFacts = Readonly<{
  servedModel: string | null;
  /** What the call asked for: the price of it holds where the provider does not say what it served. */
  requestedTier: string | null;
  servedTier: string | null;
  /** The provider's own speed mode and region of inference, where it states them; both change the price. */
  servedSpeed: string | null;
  servedRegion: string | null;
  /** The id of the HTTP request: what the provider's support asks for. */
  providerRequestId: string | null;
  /** The id of the reply. */
  providerMessageId: string | null;
}>;

/**
 * What a call brings, in order. The last event is exactly one `finish` or `error`.
 *
 * `usage` is a running total: each one replaces the one before, and the last stands before the end.
 * No `usage` at all means that the provider never took the call up, and nothing was billed.
 */
export type ProviderEvent =
  | Readonly<{ kind: "text"; text: string }>
  /** Reasoning to read. */
  | Readonly<{ kind: "reasoning"; text: string }>
  /** Reasoning to give back, whole. It may come without any to read. */
  | ReasoningPart
  /** A whole call: its arguments have arrived to the end. */
  | (ToolCallPart & { readonly kind: "tool_call" })
  | Readonly<{ kind: "usage"; report: UsageReport }>
  | Readonly<{
      kind: "finish";
      reason: FinishReason;
      /** Of `settings.stop` the text at which it ended, where the provider says so. */
      stoppedAt?: string;
      facts: CallFacts;
      /** Settings of the request that the model does not take and that were left out. */
      warnings: readonly string[];
    }>
  | Readonly<{ kind: "error"; error: ProviderError; facts: CallFacts }>;

export type Provider = Readonly<{
  name: ProviderName;
  /**
   * One model call, without retries: whether to try again is the caller's decision.
   *
   * The provider's trouble arrives as an `error` event; only a bug of ours makes the iteration throw.
   * Leaving the loop early closes the connection.
   */
  stream(request: ProviderRequest): AsyncIterable<ProviderEvent>;
}>;

/** Whether the same request may well succeed later, by what went wrong. */
const RETRYABLE: Readonly<Record<ProviderFailureClass, boolean>> = {
  invalid_request: false,
  authentication: false,
  permission: false,
  not_found: false,
  rate_limited: true,
  overloaded: true,
  server: true,
  timeout: true,
  network: true,
  content_filtered: false,
  spend_limit: false,
  cut_stream: true,
};

/** What every adapter reports, whatever the provider's own error looks like. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly provider: ProviderName;
  readonly failureClass: ProviderFailureClass;
  /** HTTP status, or null when no response arrived. */
  readonly status: number | null;
  /** The wait the provider asked for, or null when it named none. */
  readonly retryAfterMs: number | null;
  /** Content was already delivered: a fallback or retry would say it twice. */
  readonly streamed: boolean;
  /** What was used until then, as in the last `usage` event; null when nothing was billed. */
  readonly usage: UsageReport | null;

  constructor(
    message: string,
    options: {
      provider: ProviderName;
      failureClass: ProviderFailureClass;
      status: number | null;
      retryAfterMs: number | null;
      streamed: boolean;
      usage: UsageReport | null;
      cause?: unknown;
    },
  ) {
    super(message, { cause: options.cause });
    this.provider = options.provider;
    this.failureClass = options.failureClass;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.streamed = options.streamed;
    this.usage = options.usage;
  }

  /** True when the same request may well succeed later. Whether to repeat it also depends on `streamed`. */
  get retryable(): boolean {
    return RETRYABLE[this.failureClass];
  }
}
