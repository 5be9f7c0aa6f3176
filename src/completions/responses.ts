/** OpenAI's Responses: from a request to what a call is made of. */
import type {
  AssistantPart,
  CallSettings,
  ChatMessage,
  OutputFormat,
  ToolChoice,
  ToolSpec,
  UserPart,
} from "../providers/provider";
import { effortOf, featuresOf, refuseServiceTier, schemaIn, schemaOf } from "./chat";
import type { Asked } from "./dialect";
import { Fields, NOT_SERVED, OUTPUT_TOKENS, type Json } from "./fields";
import { fileOf, imageOf } from "./media";
import { checkedConversation, checkedTools, isSystem, textIn, toolCall, toolSpec } from "./parts";

export type ResponsesOptions = {
  /** What the answer says again of the request. */
  echo: Json;
  previousResponseId: string | null;
  isBackground: boolean;
  isStored: boolean;
};

/**
 * The conversation is checked once what it goes on from is known.
 *
 * @throws BadRequest
 */
export function readResponses(body: unknown): Asked<ResponsesOptions> {
  const request = Fields.of(body, "");
  refuseWhatIsNotServed(request);
  const tools = request.has("tools")
    ? checkedTools(request.objects("tools").map(toTool), "tools")
    : [];
  const settings = settingsOf(request, tools);
  const maxOutputTokens = request.integer("max_output_tokens", OUTPUT_TOKENS);
  const temperature = request.number("temperature", { min: 0, max: 2 });
  const effort = request.has("reasoning")
    ? effortOf(request.object("reasoning"), "effort")
    : undefined;
  const { rules, messages } = inputOf(request);
  const previousResponseId = request.textOr("previous_response_id", null);
  const given = {
    system: request.has("instructions") ? request.text("instructions") : null,
    ...(rules.length > 0 && { rules: rules.join("\n\n") }),
    messages: previousResponseId === null ? checkedConversation(messages, "input") : messages,
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
      json_object: "text.format",
      single_tool_call: "parallel_tool_calls",
      image_url: "input",
    }),
    options: {
      echo: echoOf(request),
      previousResponseId,
      isBackground: request.flag("background"),
      isStored: request.flag("store", true),
    },
  };
}

function refuseWhatIsNotServed(request: Fields): void {
  for (const name of ["conversation", "prompt", "top_logprobs", "context_management"]) {
    request.unless(name, () => false, NOT_SERVED);
  }
  request.unless("max_tool_calls", () => false, NOT_SERVED);
  request.unless("truncation", (value) => value === "disabled", 'must be "disabled"');
  refuseServiceTier(request);
  if (!request.flag("background")) return;
  request.unless("store", (value) => value === true, "must be true for a background response");
}

const ECHOED = [
  "instructions",
  "max_output_tokens",
  "metadata",
  "parallel_tool_calls",
  "previous_response_id",
  "reasoning",
  "safety_identifier",
  "store",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_p",
  "truncation",
  "user",
] as const;

const ECHOED_OTHERWISE: Json = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  store: true,
  temperature: null,
  text: { format: { type: "text" } },
  tool_choice: "auto",
  tools: [],
  top_p: null,
  truncation: "disabled",
  user: null,
};

function echoOf({ json }: Fields): Json {
  return Object.fromEntries(ECHOED.map((name) => [name, json[name] ?? ECHOED_OTHERWISE[name]]));
}

function settingsOf(request: Fields, tools: readonly ToolSpec[]): CallSettings {
  const topP = request.number("top_p", { min: 0, max: 1 });
  const output = outputOf(request);
  return {
    ...(request.has("tool_choice") && { toolChoice: toolChoiceOf(request, tools) }),
    ...(request.has("parallel_tool_calls") && {
      parallelToolCalls: request.flag("parallel_tool_calls"),
    }),
    ...(topP !== undefined && { topP }),
    ...(output !== undefined && { output }),
  };
}

function toolChoiceOf(request: Fields, tools: readonly ToolSpec[]): ToolChoice {
  if (typeof request.json["tool_choice"] === "string") {
    return request.oneOf("tool_choice", ["auto", "none", "required"] as const);
  }
  const choice = request.object("tool_choice");
  choice.oneOf("type", ["function"]);
  const name = choice.text("name");
  if (!tools.some((tool) => tool.name === name)) choice.refuse("name", "is none of the tools");
  return { name };
}

function outputOf(request: Fields): OutputFormat | undefined {
  const text = request.has("text") ? request.object("text") : null;
  if (text?.has("format") !== true) return undefined;
  const format = text.object("format");
  const type = format.oneOf("type", ["text", "json_object", "json_schema"]);
  if (type === "text") return undefined;
  return type === "json_object" ? { kind: "json" } : schemaOf(format);
}

function toTool(fields: Fields): ToolSpec {
  if (fields.text("type") !== "function") {
    fields.refuse("type", "must be function: the agent brings its own tools of other kinds");
  }
  return toolSpec(fields, { schema: schemaIn(fields, "parameters") });
}

function inputOf(request: Fields): { rules: string[]; messages: ChatMessage[] } {
  if (typeof request.json["input"] === "string") {
    const part = { kind: "text" as const, text: request.text("input") };
    return { rules: [], messages: [{ role: "user", content: [part] }] };
  }
  const items = request.objects("input");
  const rules = items.filter(isSystem).map((item) => textIn(item, "content"));
  const messages = items.filter((item) => !isSystem(item)).flatMap(toMessages);
  return { rules, messages: joined(messages) };
}

/** An item is part of a reply, or stands by itself. */
function toMessages(item: Fields): ChatMessage[] {
  switch (item.textOr("type", "message")) {
    case "message":
      return [toMessage(item)];
    case "function_call":
      return [reply(toolCall(item, item.text("call_id")))];
    case "function_call_output":
      return [
        {
          role: "tool",
          content: [
            {
              kind: "tool_result",
              toolCallId: item.text("call_id"),
              text: textIn(item, "output"),
              isError: false,
            },
          ],
        },
      ];
    case "reasoning":
      // Sealed for the model that thought it: which one is called is known later.
      return item.has("encrypted_content")
        ? [
            reply({
              kind: "reasoning_part",
              provider: "openai",
              model: "",
              block: JSON.stringify(item.json),
            }),
          ]
        : [];
    default:
      return item.refuse(
        "type",
        "must be message, function_call, function_call_output or reasoning",
      );
  }
}

function reply(part: AssistantPart): ChatMessage {
  return { role: "assistant", content: [part] };
}

/** What follows one another in a reply is one message: its results come after all of its calls. */
function joined(messages: readonly ChatMessage[]): ChatMessage[] {
  const together: ChatMessage[] = [];
  for (const message of messages) {
    const last = together.at(-1);
    if (message.role === "assistant" && last?.role === "assistant") {
      const content = [...last.content, ...message.content];
      together[together.length - 1] = { role: "assistant", content };
    } else together.push(message);
  }
  return together;
}

function toMessage(item: Fields): ChatMessage {
  if (item.oneOf("role", ["user", "assistant"]) === "assistant") {
    return reply({ kind: "text", text: textIn(item, "content") });
  }
  const { content } = item.json;
  if (typeof content === "string")
    return { role: "user", content: [{ kind: "text", text: content }] };
  const parts = item.objects("content").map(toUserPart);
  if (parts.length === 0) item.refuse("content", "must not be empty");
  return { role: "user", content: parts };
}

function toUserPart(part: Fields): UserPart {
  switch (part.text("type")) {
    case "input_text":
      return { kind: "text", text: part.text("text") };
    case "input_image":
      return imageOf(part, "image_url");
    case "input_file":
      return fileOf(part, "file_data", part.textOr("filename", "file"));
    default:
      return part.refuse("type", "must be input_text, input_image or input_file");
  }
}
