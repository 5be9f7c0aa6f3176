/** A call in the terms of OpenAI's Chat Completions API. */
import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import { acceptedSettings, dataUrl, IMAGE_DETAIL } from "./openaiClient";
import type {
  CallSettings,
  ChatMessage,
  OutputFormat,
  ProviderName,
  ProviderRequest,
  UserPart,
} from "./provider";
import { repliesOfTurn, withOwnThoughts } from "./reasoningParts";

export function toParams(
  provider: ProviderName,
  request: ProviderRequest,
): { params: ChatCompletionCreateParamsStreaming; warnings: string[] } {
  const { temperature, effort, warnings } = acceptedSettings(provider, request);
  const params: ChatCompletionCreateParamsStreaming = {
    model: request.model,
    messages: toMessages(withOwnThoughts(request, provider)),
    stream: true,
    // Without it a stream ends without a word about what it cost.
    stream_options: { include_usage: true },
    // OpenAI refuses the old name for models that reason; few imitators know the new one.
    ...(provider === "openai"
      ? { max_completion_tokens: request.maxOutputTokens }
      : { max_tokens: request.maxOutputTokens }),
  };
  if (temperature !== undefined) params.temperature = temperature;
  if (effort !== undefined) params.reasoning_effort = effort;
  if (request.tools !== undefined && request.tools.length > 0) {
    params.tools = request.tools.map(({ name, description, inputSchema, strict }) => ({
      type: "function",
      function: {
        name,
        description,
        parameters: { ...inputSchema },
        // Few imitators know the field.
        ...(strict === true && { strict }),
      },
    }));
  }
  Object.assign(params, toSettings(request.settings ?? {}));
  if (request.serviceTier !== undefined) {
    // The provider knows its tiers better than the SDK's types do.
    params.service_tier = request.serviceTier as NonNullable<typeof params.service_tier>;
  }
  return { params, warnings };
}

function toSettings({
  toolChoice,
  parallelToolCalls,
  stop,
  topP,
  output,
}: CallSettings): Partial<ChatCompletionCreateParamsStreaming> {
  return {
    ...(toolChoice !== undefined && {
      tool_choice:
        typeof toolChoice === "string"
          ? toolChoice
          : { type: "function", function: { name: toolChoice.name } },
    }),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
    ...(stop !== undefined && { stop: [...stop] }),
    ...(topP !== undefined && { top_p: topP }),
    ...(output !== undefined && { response_format: toFormat(output) }),
  };
}

function toFormat(
  output: OutputFormat,
): NonNullable<ChatCompletionCreateParamsStreaming["response_format"]> {
  if (output.kind === "json") return { type: "json_object" };
  const { kind: type, schema, ...rest } = output;
  return { type, json_schema: { ...rest, schema: { ...schema } } };
}

function toMessages({ system, messages }: ProviderRequest): ChatCompletionMessageParam[] {
  const head: ChatCompletionMessageParam[] =
    system === null ? [] : [{ role: "system", content: system }];
  const ofTurn = new Set<ChatMessage>(repliesOfTurn(messages));
  return [
    ...head,
    ...messages.flatMap((message) => toMessage(message, { isOfTurn: ofTurn.has(message) })),
  ];
}

function toMessage(
  message: ChatMessage,
  { isOfTurn }: { isOfTurn: boolean },
): ChatCompletionMessageParam[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: toContent(message.content) }];
    case "assistant": {
      const text = message.content.map((part) => (part.kind === "text" ? part.text : "")).join("");
      const calls = message.content.filter((part) => part.kind === "tool_call");
      const thought = message.content.find((part) => part.kind === "reasoning_part");
      return [
        {
          role: "assistant",
          content: text === "" ? null : text,
          // Servers whose models think between calls want that back until the turn is over, and refuse it afterwards.
          ...(isOfTurn && thought !== undefined && (JSON.parse(thought.block) as object)),
          ...(calls.length > 0 && {
            tool_calls: calls.map(({ toolCallId, name, argumentsJson }) => ({
              id: toolCallId,
              type: "function" as const,
              function: { name, arguments: argumentsJson },
            })),
          }),
        },
      ];
    }
    case "tool":
      return message.content.map(({ toolCallId, text }) => ({
        role: "tool",
        tool_call_id: toolCallId,
        content: text,
      }));
  }
}

/** Text alone goes as text: not every imitator knows parts. */
function toContent(parts: readonly UserPart[]): string | ChatCompletionContentPart[] {
  const texts = parts.flatMap((part) => (part.kind === "text" ? [part.text] : []));
  return texts.length === parts.length ? texts.join("\n") : parts.map(toPart);
}

function toPart(part: UserPart): ChatCompletionContentPart {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return { type: "image_url", image_url: { url: dataUrl(part), detail: IMAGE_DETAIL } };
    case "image_url":
      return { type: "image_url", image_url: { url: part.url, detail: IMAGE_DETAIL } };
    case "file":
      return { type: "file", file: { filename: part.name, file_data: dataUrl(part) } };
  }
}
