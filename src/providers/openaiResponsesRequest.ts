/** A call in the terms of OpenAI's Responses API. */
import type {
  ResponseCreateParamsStreaming,
  ResponseFormatTextConfig,
  ResponseInputContent,
  ResponseInputItem,
} from "openai/resources/responses/responses";
import { acceptedSettings, dataUrl, IMAGE_DETAIL } from "./openaiClient";
import { modelFacts } from "./modelFacts";
import type {
  AssistantPart,
  CallSettings,
  ChatMessage,
  OutputFormat,
  ProviderRequest,
  UserPart,
} from "./provider";
import { withOwnThoughts } from "./reasoningParts";

export function toParams(asked: ProviderRequest): {
  params: ResponseCreateParamsStreaming;
  warnings: string[];
} {
  const request = withOwnThoughts(asked, "openai");
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
  const { reasoning } = modelFacts({ provider: "openai", model: request.model, atMs: Date.now() });
  // Nothing of the conversation is kept with the provider, so its thoughts have to come to us.
  if (reasoning !== "none") params.include = ["reasoning.encrypted_content"];
  if (temperature !== undefined) params.temperature = temperature;
  if (effort !== undefined) params.reasoning = { effort };
  if (request.tools !== undefined && request.tools.length > 0) {
    params.tools = request.tools.map(({ name, description, inputSchema, strict = false }) => ({
      type: "function",
      name,
      description,
      parameters: { ...inputSchema },
      // Strict mode demands schemas that list every property as required; ours come from anywhere.
      strict,
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
  topP,
  output,
}: CallSettings): Partial<ResponseCreateParamsStreaming> {
  return {
    ...(toolChoice !== undefined && {
      tool_choice:
        typeof toolChoice === "string" ? toolChoice : { type: "function", name: toolChoice.name },
    }),
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
    ...(topP !== undefined && { top_p: topP }),
    ...(output !== undefined && { text: { format: toFormat(output) } }),
  };
}

function toFormat(output: OutputFormat): ResponseFormatTextConfig {
  if (output.kind === "json") return { type: "json_object" };
  const { kind: type, schema, ...rest } = output;
  return { type, ...rest, schema: { ...schema } };
}

function toItems(message: ChatMessage): ResponseInputItem[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: message.content.map(toContent) }];
    case "assistant":
      return message.content.map(toItem);
    case "tool":
      return message.content.map(({ toolCallId, text }) => ({
        type: "function_call_output",
        call_id: toolCallId,
        output: text,
      }));
  }
}

function toContent(part: UserPart): ResponseInputContent {
  switch (part.kind) {
    case "text":
      return { type: "input_text", text: part.text };
    case "image":
      return { type: "input_image", image_url: dataUrl(part), detail: IMAGE_DETAIL };
    case "image_url":
      return { type: "input_image", image_url: part.url, detail: IMAGE_DETAIL };
    case "file":
      return { type: "input_file", filename: part.name, file_data: dataUrl(part) };
  }
}

function toItem(part: AssistantPart): ResponseInputItem {
  switch (part.kind) {
    case "text":
      return { role: "assistant", content: part.text };
    case "reasoning_part":
      // As it came, but for its status, which is the answer's.
      return JSON.parse(part.block) as ResponseInputItem;
    case "tool_call":
      return {
        type: "function_call",
        call_id: part.toolCallId,
        name: part.name,
        arguments: part.argumentsJson,
      };
  }
}
