/** OpenAI, by its Responses API: the one on which its newest models can call tools. */
import type {
  ResponseCreateParamsStreaming,
  ResponseInputItem,
  ResponseOutputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import type { UsageReport } from "../pricing/usage";
import type { Failure } from "./failure";
import { acceptedSettings, inBandFailure, openAiClient, toOpenAiFailure } from "./openaiClient";
import type { ChatMessage, FinishReason, Provider, ProviderRequest } from "./provider";
import type { ProviderSettings } from "./settings";
import {
  CALL_TIMEOUTS,
  NO_FACTS,
  streamCall,
  type ContentEvent,
  type ReplyFacts,
  type ReplyReader,
} from "./streamCall";
import { normaliseOpenAiResponsesUsage } from "./usage/openaiResponsesUsage";

export function openAiResponsesProvider(settings: ProviderSettings): Provider {
  const { responses } = openAiClient(settings);
  return {
    name: "openai",
    stream(request) {
      const { params, warnings } = toParams(request);
      return streamCall({
        provider: "openai",
        apiKey: settings.apiKey,
        request,
        timeouts: settings.timeouts ?? CALL_TIMEOUTS,
        warnings,
        reader: new OpenAiResponsesReader(),
        open: async (signal) => {
          const { data, request_id } = await responses.create(params, { signal }).withResponse();
          return { frames: data, providerRequestId: request_id };
        },
        toFailure: toOpenAiFailure,
      });
    },
  };
}

function toParams(request: ProviderRequest): {
  params: ResponseCreateParamsStreaming;
  warnings: string[];
} {
  const { temperature, effort, warnings } = acceptedSettings("openai", request);
  const params: ResponseCreateParamsStreaming = {
    model: request.model,
    input: request.messages.flatMap(toItems),
    max_output_tokens: request.maxOutputTokens,
    stream: true,
    // The conversation is ours to keep; nothing of it stays with the provider.
    store: false,
    ...(request.system === null ? {} : { instructions: request.system }),
  };
  if (temperature !== undefined) params.temperature = temperature;
  if (effort !== undefined) params.reasoning = { effort };
  if (request.tools !== undefined && request.tools.length > 0) {
    params.tools = request.tools.map(({ name, description, inputSchema }) => ({
      type: "function",
      name,
      description,
      parameters: { ...inputSchema },
      // Strict mode demands schemas that list every property as required; ours come from anywhere.
      strict: false,
    }));
  }
  if (request.serviceTier !== undefined) {
    // The provider knows its tiers better than the SDK's types do.
    params.service_tier = request.serviceTier as NonNullable<typeof params.service_tier>;
  }
  return { params, warnings };
}

function toItems(message: ChatMessage): ResponseInputItem[] {
  switch (message.role) {
    case "user":
      return [
        {
          role: "user",
          content: message.content.map(({ text }) => ({ type: "input_text", text })),
        },
      ];
    case "assistant":
      return message.content.map((part) =>
        part.kind === "text"
          ? { role: "assistant", content: part.text }
          : {
              type: "function_call",
              call_id: part.toolCallId,
              name: part.name,
              arguments: part.argumentsJson,
            },
      );
    case "tool":
      return message.content.map(({ toolCallId, text }) => ({
        type: "function_call_output",
        call_id: toolCallId,
        output: text,
      }));
  }
}

class OpenAiResponsesReader implements ReplyReader<ResponseStreamEvent> {
  facts: ReplyFacts = NO_FACTS;
  usage: UsageReport | null = null;
  usageIsFinal = false;
  finish: FinishReason | null = null;
  failure: Failure | null = null;
  #calledTools = false;
  #refused = false;

  take(frame: ResponseStreamEvent): readonly ContentEvent[] {
    if (frame.type === "response.output_text.delta") return [{ kind: "text", text: frame.delta }];
    if (frame.type === "response.refusal.delta") {
      this.#refused = true;
      return [{ kind: "text", text: frame.delta }];
    }
    if (
      frame.type === "response.reasoning_summary_text.delta" ||
      frame.type === "response.reasoning_text.delta"
    ) {
      return [{ kind: "reasoning", text: frame.delta }];
    }
    if (frame.type === "response.output_item.done") return this.#takeItem(frame.item);

    if (frame.type === "response.created") this.#takeFacts(frame.response);
    if (frame.type === "error") this.failure = inBandFailure(frame);
    if (
      frame.type === "response.completed" ||
      frame.type === "response.incomplete" ||
      frame.type === "response.failed"
    ) {
      this.#takeFacts(frame.response);
      this.#end(frame);
    }
    return [];
  }

  #takeFacts({
    id,
    model,
    service_tier: tier,
  }: Extract<ResponseStreamEvent, { type: "response.created" }>["response"]): void {
    this.facts = {
      ...this.facts,
      servedModel: model,
      // The opening frame may repeat "auto", which is what was asked for and not what was served.
      servedTier: tier === undefined || tier === "auto" ? this.facts.servedTier : tier,
      providerMessageId: id,
    };
  }

  #takeItem(item: ResponseOutputItem): readonly ContentEvent[] {
    if (item.type !== "function_call") return [];
    this.#calledTools = true;
    const { call_id: toolCallId, name, arguments: json } = item;
    return [{ kind: "tool_call", toolCallId, name, argumentsJson: json === "" ? "{}" : json }];
  }

  #end({
    type,
    response,
  }: Extract<
    ResponseStreamEvent,
    { type: "response.completed" | "response.incomplete" | "response.failed" }
  >): void {
    if (response.usage !== undefined && response.usage !== null) {
      this.usage = normaliseOpenAiResponsesUsage(response);
      this.usageIsFinal = true;
    }
    if (type === "response.failed") {
      const { code = null, message = "the response failed" } = response.error ?? {};
      this.failure = inBandFailure({ code, message });
    } else if (type === "response.incomplete") {
      const reason = response.incomplete_details?.reason;
      this.finish = FINISH_BY_INCOMPLETE_REASON[reason ?? ""] ?? "other";
    } else if (this.#calledTools) this.finish = "tool_calls";
    else this.finish = this.#refused ? "filtered" : "end";
  }
}

const FINISH_BY_INCOMPLETE_REASON: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: "length",
  content_filter: "filtered",
};
