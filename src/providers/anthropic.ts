/** Anthropic, by its Messages API. */
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  BaseAnthropic,
} from "@anthropic-ai/sdk";
import {
  Messages,
  type RedactedThinkingBlock,
  type RawMessageStreamEvent,
  type ThinkingBlock,
} from "@anthropic-ai/sdk/resources/messages/messages";
import type { ProviderFailureClass } from "../core/errors";
import type { UsageReport } from "../pricing/usage";
import { failureClassOfStatus, noStreamFailure, retryAfterMsOf, type Failure } from "./failure";
import { guarded, NoStream } from "./guardedFetch";
import { toParams } from "./anthropicRequest";
import type { FinishReason, Provider } from "./provider";
import {
  CALL_TIMEOUTS,
  NO_FACTS,
  streamCall,
  type ContentEvent,
  type ReplyFacts,
  type ReplyReader,
} from "./streamCall";
import type { ProviderSettings } from "./settings";
import { fieldOf, isCount } from "./usage/counts";
import { mergeAnthropicUsage, normaliseAnthropicUsage } from "./usage/anthropicUsage";
import { messageFrames } from "./wholeReplies";

export function anthropicProvider(settings: ProviderSettings): Provider {
  const messages = new Messages(anthropicClient(settings));
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
        reader: new AnthropicReader(request.model),
        open: async (signal) => {
          const { data, request_id } = await messages.create(params, { signal }).withResponse();
          return { frames: data, providerRequestId: request_id ?? null };
        },
        framesOfWhole: messageFrames,
        toFailure: toAnthropicFailure,
      });
    },
  };
}

/**
 * The SDK's base client with the one resource that is used: the full client brings a megabyte of code that
 * every cold start of an action would load.
 */
export function anthropicClient(
  { apiKey, baseUrl, fetch = globalThis.fetch }: ProviderSettings,
  guard = guarded,
): BaseAnthropic {
  return new BaseAnthropic({
    apiKey,
    baseURL: baseUrl ?? "https://api.anthropic.com",
    // Retries are ours: one that the SDK makes by itself would be billed without a row in the ledger.
    maxRetries: 0,
    openTelemetry: false,
    logLevel: "off",
    fetch: guard(fetch),
  });
}

type Thought = ThinkingBlock | RedactedThinkingBlock;

class AnthropicReader implements ReplyReader<RawMessageStreamEvent> {
  facts: ReplyFacts = NO_FACTS;
  usage: UsageReport | null = null;
  usageIsFinal = false;
  begun = false;
  finish: FinishReason | null = null;
  stoppedAt: string | null = null;
  /** The SDK throws what comes as an error event; none is left to be found here. */
  readonly failure = null;

  readonly #model: string;
  #statedUsage: Record<string, unknown> = {};
  readonly #toolCalls = new Map<number, { toolCallId: string; name: string; json: string }>();
  readonly #thoughts = new Map<number, Thought>();

  constructor(model: string) {
    this.#model = model;
  }

  get unfinished(): string {
    return [...this.#toolCalls.values()].map(({ name, json }) => name + json).join("");
  }

  take(frame: RawMessageStreamEvent): readonly ContentEvent[] {
    this.begun = true;
    switch (frame.type) {
      case "message_start": {
        const { id, model } = frame.message;
        // The API always has it; what imitates the API may not.
        const usage = frame.message.usage as Partial<typeof frame.message.usage> | null | undefined;
        this.facts = {
          servedModel: model,
          servedTier: usage?.service_tier ?? null,
          servedSpeed: usage?.speed ?? null,
          servedRegion: usage?.inference_geo ?? null,
          providerMessageId: id,
        };
        this.#state(usage);
        return [];
      }
      case "content_block_start":
        this.#openBlock(frame);
        return [];
      case "content_block_delta":
        return this.#takeDelta(frame);
      case "content_block_stop":
        return this.#closeBlock(frame.index);
      case "message_delta": {
        const { stop_reason: stopReason, stop_sequence: stoppedAt } = frame.delta;
        this.#state(frame.usage);
        // Without a count of its own, what stands there is the placeholder from the beginning.
        this.usageIsFinal = stopReason !== null && isCount(fieldOf(frame.usage, "output_tokens"));
        if (stopReason === "stop_sequence") this.stoppedAt = stoppedAt;
        if (stopReason !== null) this.finish = FINISH_BY_STOP_REASON[stopReason] ?? "other";
        return [];
      }
      case "message_stop":
        break;
    }
    // Also where frames go that the API has and the SDK's types do not.
    return [];
  }

  #openBlock({
    index,
    content_block: block,
  }: Extract<RawMessageStreamEvent, { type: "content_block_start" }>): void {
    if (block.type === "tool_use") {
      this.#toolCalls.set(index, { toolCallId: block.id, name: block.name, json: "" });
    } else if (block.type === "thinking" || block.type === "redacted_thinking") {
      this.#thoughts.set(index, { ...block });
    }
  }

  #closeBlock(index: number): readonly ContentEvent[] {
    const call = this.#toolCalls.get(index);
    if (call !== undefined) {
      this.#toolCalls.delete(index);
      const { toolCallId, name, json } = call;
      return [{ kind: "tool_call", toolCallId, name, argumentsJson: json === "" ? "{}" : json }];
    }
    const thought = this.#thoughts.get(index);
    this.#thoughts.delete(index);
    // Without a signature the API would not take it back.
    if (thought === undefined || (thought.type === "thinking" && thought.signature === "")) {
      return [];
    }
    const of = { provider: "anthropic", model: this.#model } as const;
    return [{ kind: "reasoning_part", ...of, block: JSON.stringify(thought) }];
  }

  #takeDelta({
    index,
    delta,
  }: Extract<RawMessageStreamEvent, { type: "content_block_delta" }>): readonly ContentEvent[] {
    switch (delta.type) {
      case "text_delta":
        return [{ kind: "text", text: delta.text }];
      case "thinking_delta": {
        const thought = this.#thoughts.get(index);
        if (thought?.type === "thinking") thought.thinking += delta.thinking;
        return [{ kind: "reasoning", text: delta.thinking }];
      }
      case "signature_delta": {
        const thought = this.#thoughts.get(index);
        if (thought?.type === "thinking") thought.signature = delta.signature;
        return [];
      }
      case "input_json_delta": {
        const call = this.#toolCalls.get(index);
        if (call !== undefined) call.json += delta.partial_json;
        return [];
      }
      case "citations_delta":
        break;
    }
    return [];
  }

  #state(usage: unknown): void {
    this.#statedUsage = mergeAnthropicUsage(this.#statedUsage, usage);
    if (isCount(this.#statedUsage["input_tokens"])) {
      this.usage = normaliseAnthropicUsage(this.#statedUsage, this.facts.servedModel);
    }
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

export function toAnthropicFailure(error: unknown): Failure | null {
  if (error instanceof NoStream) {
    const stated = fieldOf(error.json, "error");
    const [type, message] = [fieldOf(stated, "type"), fieldOf(stated, "message")];
    const failureClass = CLASS_BY_ERROR_TYPE[String(type)] ?? "server";
    return noStreamFailure(error, typeof message === "string" ? { failureClass, message } : null);
  }
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
