/** OpenAI's Chat Completions: from a request to what a call is made of. */
import type { CallFeature } from "../core/callFeatures";
import type {
  AssistantPart,
  CallSettings,
  ChatMessage,
  OutputFormat,
  ReasoningEffort,
  TextPart,
  ToolChoice,
  ToolSpec,
  UserPart,
} from "../providers/provider";
import type { Asked } from "./dialect";
import type { Given } from "./given";
import { Fields, NOT_SERVED, OUTPUT_TOKENS, type Json } from "./fields";
import { fileOf, imageOf } from "./media";
import { checkedConversation, checkedTools, isSystem, textIn, toolCall, toolSpec } from "./parts";

export type ChatOptions = { includeUsage: boolean };

const ROLES = ["user", "assistant", "tool"] as const;
export const EFFORTS: Readonly<Record<string, ReasoningEffort>> = {
  none: "none",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
};

/** @throws BadRequest */
export function readChat(body: unknown): Asked<ChatOptions> {
  const request = Fields.of(body, "");
  refuseWhatIsNotServed(request);
  const messages = request.objects("messages");
  const system = messages.filter(isSystem).map((message) => textIn(message, "content"));
  const tools = request.has("tools")
    ? checkedTools(request.objects("tools").map(toTool), "tools")
    : [];
  const settings = settingsOf(request, tools);
  const maxOutputTokens =
    request.integer("max_completion_tokens", OUTPUT_TOKENS) ??
    request.integer("max_tokens", OUTPUT_TOKENS);
  const temperature = request.number("temperature", { min: 0, max: 2 });
  const effort = effortOf(request, "reasoning_effort");
  const given = {
    system: system.length === 0 ? null : system.join("\n\n"),
    messages: checkedConversation(
      messages.filter((message) => !isSystem(message)).map(toMessage),
      "messages",
    ),
    tools,
    settings,
  };
  return {
    model: request.text("model"),
    isStream: request.flag("stream"),
    given,
    settings: {
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(temperature !== undefined && { temperature }),
      ...(effort !== undefined && { reasoningEffort: effort }),
    },
    features: featuresOf(given, {
      stop: "stop",
      json_object: "response_format",
      single_tool_call: "parallel_tool_calls",
      image_url: "messages",
    }),
    options: {
      includeUsage:
        request.has("stream_options") && request.object("stream_options").flag("include_usage"),
    },
  };
}

/** What would change the answer, and cannot be had; of all else that is unknown nothing depends on it. */
function refuseWhatIsNotServed(request: Fields): void {
  request.unless("n", (n) => n === 1, "must be 1: one answer is given");
  request.unless("logprobs", (value) => value === false, NOT_SERVED);
  request.unless("top_logprobs", (value) => value === 0, NOT_SERVED);
  request.unless("logit_bias", (value) => isEmpty(value), NOT_SERVED);
  request.unless("frequency_penalty", (value) => value === 0, NOT_SERVED);
  request.unless("presence_penalty", (value) => value === 0, NOT_SERVED);
  request.unless("functions", () => false, "is not served: give tools");
  request.unless("function_call", () => false, "is not served: give tool_choice");
  request.unless("web_search_options", () => false, NOT_SERVED);
  request.unless("audio", () => false, NOT_SERVED);
  request.unless("modalities", (value) => JSON.stringify(value) === '["text"]', 'must be ["text"]');
  refuseServiceTier(request);
}

/** A dearer tier could cost more than budgets were asked for. */
export function refuseServiceTier(request: Fields): void {
  const isStandard = (value: unknown) =>
    value === "auto" || value === "default" || value === "standard_only";
  request.unless("service_tier", isStandard, "is not served: calls are made at the standard tier");
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

export function effortOf(request: Fields, name: string): ReasoningEffort | undefined {
  if (!request.has(name)) return undefined;
  return (
    EFFORTS[request.text(name)] ??
    request.refuse(name, `must be one of ${Object.keys(EFFORTS).join(", ")}`)
  );
}

export function featuresOf(
  { messages, settings: { stop, output, parallelToolCalls } }: Pick<Given, "messages" | "settings">,
  params: Readonly<Record<CallFeature, string>>,
): Asked<unknown>["features"] {
  const asked: CallFeature[] = [];
  if (stop !== undefined) asked.push("stop");
  if (output?.kind === "json") asked.push("json_object");
  if (parallelToolCalls === false) asked.push("single_tool_call");
  const isAt = ({ kind }: ChatMessage["content"][number]) => kind === "image_url";
  if (messages.some(({ content }) => [...content].some(isAt))) asked.push("image_url");
  return asked.map((feature) => ({ feature, param: params[feature] }));
}

function settingsOf(request: Fields, tools: readonly ToolSpec[]): CallSettings {
  const topP = request.number("top_p", { min: 0, max: 1 });
  const stop = stopOf(request);
  return {
    ...(request.has("tool_choice") && { toolChoice: toolChoiceOf(request, tools) }),
    ...(request.has("parallel_tool_calls") && {
      parallelToolCalls: request.flag("parallel_tool_calls"),
    }),
    ...(stop !== undefined && { stop }),
    ...(topP !== undefined && { topP }),
    ...outputOf(request),
  };
}

function stopOf(request: Fields): readonly string[] | undefined {
  if (!request.has("stop")) return undefined;
  const given = request.json["stop"];
  const stop: readonly unknown[] = typeof given === "string" ? [given] : request.list("stop");
  const isText = (one: unknown): one is string => typeof one === "string" && one !== "";
  if (stop.length > 4 || !stop.every(isText)) request.refuse("stop", "must be up to 4 strings");
  return stop.length === 0 ? undefined : (stop as string[]);
}

function toolChoiceOf(request: Fields, tools: readonly ToolSpec[]): ToolChoice {
  if (typeof request.json["tool_choice"] === "string") {
    return request.oneOf("tool_choice", ["auto", "none", "required"] as const);
  }
  const choice = request.object("tool_choice");
  if (choice.text("type") !== "function") {
    choice.refuse("type", "must be function");
  }
  const named = choice.object("function");
  const name = named.text("name");
  if (!tools.some((tool) => tool.name === name)) named.refuse("name", "is none of the tools");
  return { name };
}

function outputOf(request: Fields): { output?: OutputFormat } {
  if (!request.has("response_format")) return {};
  const format = request.object("response_format");
  const type = format.oneOf("type", ["text", "json_object", "json_schema"]);
  if (type === "text") return {};
  if (type === "json_object") return { output: { kind: "json" } };
  return { output: schemaOf(format.object("json_schema")) };
}

export function schemaOf(fields: Fields): OutputFormat {
  return {
    kind: "json_schema",
    name: fields.textOr("name", "answer"),
    ...(fields.has("description") && { description: fields.text("description") }),
    schema: fields.object("schema").json,
    strict: fields.flag("strict"),
  };
}

function toTool(fields: Fields): ToolSpec {
  if (fields.text("type") !== "function") {
    fields.refuse("type", "must be function: the agent brings its own tools of other kinds");
  }
  const named = fields.object("function");
  return toolSpec(named, { schema: schemaIn(named, "parameters") });
}

export function schemaIn(fields: Fields, name: string): Json | undefined {
  return fields.has(name) ? fields.object(name).json : undefined;
}

function toMessage(message: Fields): ChatMessage {
  switch (message.oneOf("role", ROLES)) {
    case "assistant":
      return { role: "assistant", content: toReply(message) };
    case "tool":
      return {
        role: "tool",
        content: [
          {
            kind: "tool_result",
            toolCallId: message.text("tool_call_id"),
            text: textIn(message, "content"),
            isError: false,
          },
        ],
      };
    case "user":
      return { role: "user", content: toUserParts(message) };
  }
}

function toUserParts(message: Fields): UserPart[] {
  if (typeof message.json["content"] === "string") return textParts(message.json["content"]);
  const parts = message.objects("content").map(toUserPart);
  return parts.length === 0 ? message.refuse("content", "must not be empty") : parts;
}

function toUserPart(part: Fields): UserPart {
  switch (part.text("type")) {
    case "text":
      return { kind: "text", text: part.text("text") };
    case "image_url":
      return imageOf(part.object("image_url"), "url");
    case "file": {
      const file = part.object("file");
      return fileOf(file, "file_data", file.textOr("filename", "file"));
    }
    default:
      return part.refuse("type", "must be text, image_url or file");
  }
}

function toReply(message: Fields): AssistantPart[] {
  if (message.has("function_call"))
    message.refuse("function_call", "is not served: give tool_calls");
  const calls = message.has("tool_calls") ? message.objects("tool_calls").map(toCall) : [];
  const text = message.has("content") ? textIn(message, "content") : message.textOr("refusal", "");
  return [...(text === "" ? [] : textParts(text)), ...calls];
}

function toCall(call: Fields): AssistantPart {
  const signature = signatureIn(call);
  return {
    ...toolCall(call.object("function"), call.text("id")),
    ...(signature !== undefined && { signature }),
  };
}

function signatureIn(call: Fields): string | undefined {
  const extra = call.has("extra_content") ? call.object("extra_content") : null;
  const google = extra?.has("google") === true ? extra.object("google") : null;
  return google?.has("thought_signature") === true ? google.text("thought_signature") : undefined;
}

function textParts(text: string): TextPart[] {
  return [{ kind: "text", text }];
}
