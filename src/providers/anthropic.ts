/** Anthropic, by its Messages API. */
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  BaseAnthropic,
} from "@anthropic-ai/sdk";
import {
  Messages,
  type MessageCreateParamsStreaming,
  type MessageParam,
  type RawMessageStreamEvent,
} from "@anthropic-ai/sdk/resources/messages/messages";
import type { ProviderFailureClass } from "../core/errors";
import type { UsageReport } from "../pricing/usage";
import { failureClassOfStatus, retryAfterMsOf, type Failure } from "./failure";
import { modelFacts, type ModelFacts } from "./modelFacts";
import type {
  ChatMessage,
  FinishReason,
  Provider,
  ProviderRequest,
  ReasoningEffort,
} from "./provider";
import {
  CALL_TIMEOUTS,
  NO_FACTS,
  streamCall,
  type ContentEvent,
  type ReplyFacts,
  type ReplyReader,
} from "./streamCall";
import type { ProviderSettings } from "./settings";
import { mergeAnthropicUsage, normaliseAnthropicUsage } from "./usage/anthropicUsage";

export function anthropicProvider(settings: ProviderSettings): Provider {
  const messages = new Messages(clientOf(settings));
  return {
    name: "anthropic",
    stream(request) {
      const { params, warnings } = toParams(request);
      return streamCall({
        provider: "anthropic",
        apiKey: settings.apiKey,
        request,
        timeouts: settings.timeouts ?? CALL_TIMEOUTS,
        warnings,
        reader: new AnthropicReader(),
        open: async (signal) => {
          const { data, request_id } = await messages.create(params, { signal }).withResponse();
          return { frames: data, providerRequestId: request_id ?? null };
        },
        toFailure,
      });
    },
  };
}

/**
 * The SDK's base client with the one resource that is used: the full client brings a megabyte of code that
 * every cold start of an action would load.
 */
function clientOf({ apiKey, baseUrl, fetch }: ProviderSettings): BaseAnthropic {
  return new BaseAnthropic({
    apiKey,
    baseURL: baseUrl ?? "https://api.anthropic.com",
    // Retries are ours: one that the SDK makes by itself would be billed without a row in the ledger.
    maxRetries: 0,
    openTelemetry: false,
    logLevel: "off",
    ...(fetch === undefined ? {} : { fetch }),
  });
}

function toParams(request: ProviderRequest): {
  params: MessageCreateParamsStreaming;
  warnings: string[];
} {
  const warnings: string[] = [];
  const facts = modelFacts({ provider: "anthropic", model: request.model, atMs: Date.now() });
  if (request.temperature !== undefined) {
    warnings.push(
      "temperature was left out: Anthropic's API takes no sampling parameters any more",
    );
  }
  const params: MessageCreateParamsStreaming = {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    messages: request.messages.map(toMessage),
    stream: true,
    ...(request.system === null ? {} : { system: request.system }),
    ...toThinking(request, { facts, warnings }),
  };
  if (request.tools !== undefined && request.tools.length > 0) {
    params.tools = request.tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: { ...inputSchema, type: "object" },
    }));
  }
  if (request.promptCache !== undefined) {
    params.cache_control = { type: "ephemeral", ttl: request.promptCache };
  }
  if (request.serviceTier === "auto" || request.serviceTier === "standard_only") {
    params.service_tier = request.serviceTier;
  } else if (request.serviceTier !== undefined) {
    warnings.push(
      `service tier ${request.serviceTier} was left out: Anthropic has none of that name`,
    );
  }
  return { params, warnings };
}

function toMessage(message: ChatMessage): MessageParam {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.content.map(({ text }) => ({ type: "text", text })) };
    case "assistant":
      return {
        role: "assistant",
        content: message.content.map((part) =>
          part.kind === "text"
            ? { type: "text", text: part.text }
            : {
                type: "tool_use",
                id: part.toolCallId,
                name: part.name,
                input: argumentsOf(part.argumentsJson),
              },
        ),
      };
    case "tool":
      return {
        role: "user",
        content: message.content.map(({ toolCallId, text, isError }) => ({
          type: "tool_result",
          tool_use_id: toolCallId,
          content: text,
          is_error: isError,
        })),
      };
  }
}

/** The API takes an object; what the model once wrote instead goes back as the one field of one. */
function argumentsOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Not JSON after all.
  }
  return { malformed: json };
}

type Thinking = Pick<MessageCreateParamsStreaming, "thinking" | "output_config">;

function toThinking(
  { reasoning, maxOutputTokens }: ProviderRequest,
  { facts, warnings }: { facts: ModelFacts; warnings: string[] },
): Thinking {
  if (reasoning === undefined) return {};
  if (reasoning === "none") return { thinking: { type: "disabled" } };
  if (facts.reasoning !== "budget") {
    return { thinking: { type: "adaptive" }, output_config: { effort: reasoning } };
  }
  const budget = Math.floor(maxOutputTokens * THINKING_SHARE[reasoning]);
  if (budget < THINKING_TOKENS_MIN) {
    warnings.push("reasoning was left out: maxOutputTokens leaves too little room for it");
    return {};
  }
  return { thinking: { type: "enabled", budget_tokens: budget } };
}

/** The least that the API accepts as a budget. */
const THINKING_TOKENS_MIN = 1_024;

/** How much of the output older models may think, which take a number of tokens and no level. */
const THINKING_SHARE: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  low: 0.2,
  medium: 0.4,
  high: 0.6,
  xhigh: 0.7,
  max: 0.8,
};

class AnthropicReader implements ReplyReader<RawMessageStreamEvent> {
  facts: ReplyFacts = NO_FACTS;
  usage: UsageReport | null = null;
  usageIsFinal = false;
  finish: FinishReason | null = null;
  /** The SDK throws what comes as an error event; none is left to be found here. */
  readonly failure = null;

  #statedUsage: Record<string, unknown> = {};
  readonly #toolCalls = new Map<number, { toolCallId: string; name: string; json: string }>();

  take(frame: RawMessageStreamEvent): readonly ContentEvent[] {
    switch (frame.type) {
      case "message_start": {
        const { id, model, usage } = frame.message;
        this.#state(usage);
        this.facts = {
          servedModel: model,
          servedTier: usage.service_tier ?? null,
          servedSpeed: usage.speed ?? null,
          servedRegion: usage.inference_geo ?? null,
          providerMessageId: id,
        };
        return [];
      }
      case "content_block_start":
        if (frame.content_block.type === "tool_use") {
          const { id, name } = frame.content_block;
          this.#toolCalls.set(frame.index, { toolCallId: id, name, json: "" });
        }
        return [];
      case "content_block_delta":
        return this.#takeDelta(frame);
      case "content_block_stop": {
        const call = this.#toolCalls.get(frame.index);
        if (call === undefined) return [];
        const { toolCallId, name, json } = call;
        return [{ kind: "tool_call", toolCallId, name, argumentsJson: json === "" ? "{}" : json }];
      }
      case "message_delta": {
        const { stop_reason: stopReason } = frame.delta;
        this.usageIsFinal = stopReason !== null;
        this.#state(frame.usage);
        if (stopReason !== null) this.finish = FINISH_BY_STOP_REASON[stopReason] ?? "other";
        return [];
      }
      case "message_stop":
        break;
    }
    // Also where frames go that the API has and the SDK's types do not.
    return [];
  }

  #takeDelta({
    index,
    delta,
  }: Extract<RawMessageStreamEvent, { type: "content_block_delta" }>): readonly ContentEvent[] {
    switch (delta.type) {
      case "text_delta":
        return [{ kind: "text", text: delta.text }];
      case "thinking_delta":
        return [{ kind: "reasoning", text: delta.thinking }];
      case "input_json_delta": {
        const call = this.#toolCalls.get(index);
        if (call !== undefined) call.json += delta.partial_json;
        return [];
      }
      case "citations_delta":
      case "signature_delta":
        break;
    }
    return [];
  }

  #state(usage: unknown): void {
    this.#statedUsage = mergeAnthropicUsage(this.#statedUsage, usage);
    this.usage = normaliseAnthropicUsage(this.#statedUsage);
  }
}

const FINISH_BY_STOP_REASON: Readonly<Record<string, FinishReason>> = {
  end_turn: "end",
  stop_sequence: "end",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "filtered",
};

function toFailure(error: unknown): Failure | null {
  if (!(error instanceof APIError)) return null;
  const message = error.apiMessage ?? error.message;
  if (error instanceof APIConnectionError) {
    const failureClass = error instanceof APIConnectionTimeoutError ? "timeout" : "network";
    return { failureClass, status: null, retryAfterMs: null, message, cause: error };
  }
  const status: number | null = error.status ?? null;
  const byStatus = status === null ? "server" : failureClassOfStatus(status);
  return {
    failureClass: isSpendLimit(error)
      ? "spend_limit"
      : (CLASS_BY_ERROR_TYPE[error.type ?? ""] ?? byStatus),
    status,
    retryAfterMs: retryAfterMsOf(error.headers, Date.now()),
    message,
    cause: error,
  };
}

/** A 429 for money instead of speed: it names its cause, and passes only once somebody pays. */
function isSpendLimit({ errorCode, type }: APIError): boolean {
  return type === "billing_error" || (errorCode?.includes("spend_limit") ?? false);
}

const CLASS_BY_ERROR_TYPE: Readonly<Record<string, ProviderFailureClass>> = {
  invalid_request_error: "invalid_request",
  request_too_large: "invalid_request",
  authentication_error: "authentication",
  permission_error: "permission",
  not_found_error: "not_found",
  rate_limit_error: "rate_limited",
  timeout_error: "timeout",
  overloaded_error: "overloaded",
  api_error: "server",
};
