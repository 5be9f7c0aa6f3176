/** Anthropic's Messages: from a request to what a call is made of. */
import type {
  CallSettings,
  OutputFormat,
  ReasoningEffort,
  ToolChoice,
  ToolSpec,
} from "../providers/provider";
import { EFFORTS, featuresOf, refuseServiceTier, schemaIn } from "./chat";
import type { Asked } from "./dialect";
import { BadRequest, Fields, NOT_SERVED, OUTPUT_TOKENS } from "./fields";
import { toMessages } from "./messagesParts";
import { checkedConversation, checkedTools, isSystem, textIn, toolSpec } from "./parts";

export type MessagesOptions = {
  /** The client wants to see what the model thinks. */
  showsThinking: boolean;
};

/** Since this version sampling parameters are refused, even at their defaults. */
const VERSION_WITHOUT_SAMPLING = "2026-10-21";
const VERSIONS = ["2023-06-01", VERSION_WITHOUT_SAMPLING];

/** @throws BadRequest */
export function readMessages(body: unknown, headers: Headers): Asked<MessagesOptions> {
  const request = Fields.of(body, "");
  const maxOutputTokens =
    request.integer("max_tokens", OUTPUT_TOKENS) ?? request.refuse("max_tokens", "is required");
  const temperature = samplingOf(request, headers);
  const thinking = thinkingOf(request, maxOutputTokens);
  const { given, features } = conversationOf(request);
  return {
    model: request.text("model"),
    isStream: request.flag("stream"),
    given,
    settings: {
      maxOutputTokens,
      ...(temperature !== undefined && { temperature }),
      ...(thinking !== undefined && { reasoningEffort: thinking }),
    },
    features,
    options: { showsThinking: thinking !== undefined && thinking !== "none" },
  };
}

/** What is counted or answered: all but how long the answer may be. */
export function conversationOf(request: Fields): Pick<Asked<unknown>, "given" | "features"> {
  for (const name of ["container", "mcp_servers", "context_management", "fallbacks"]) {
    request.unless(name, () => false, NOT_SERVED);
  }
  refuseServiceTier(request);
  const messages = request.objects("messages");
  const later = messages.filter(isSystem).map((message) => textIn(message, "content"));
  const system = [...(request.has("system") ? [textIn(request, "system")] : []), ...later];
  const tools = request.has("tools")
    ? checkedTools(request.objects("tools").map(toTool), "tools")
    : [];
  const settings = settingsOf(request, tools);
  const given = {
    system: system.length === 0 ? null : system.join("\n\n"),
    messages: checkedConversation(
      messages.filter((message) => !isSystem(message)).flatMap(toMessages),
      "messages",
    ),
    tools,
    settings,
  };
  return {
    given,
    features: featuresOf(given, {
      stop: "stop_sequences",
      json_object: "output_config",
      single_tool_call: "tool_choice",
      image_url: "messages",
    }),
  };
}

function samplingOf(request: Fields, headers: Headers): number | undefined {
  const version = headers.get("anthropic-version") ?? "2023-06-01";
  if (!VERSIONS.includes(version)) {
    throw new BadRequest(`anthropic-version: "${version}" is none of ${VERSIONS.join(", ")}`, null);
  }
  if (version === VERSION_WITHOUT_SAMPLING) {
    for (const name of ["temperature", "top_p", "top_k"]) {
      request.unless(name, () => false, `is not taken in version ${version}`);
    }
  }
  request.unless("top_k", () => false, NOT_SERVED);
  return request.number("temperature", { min: 0, max: 1 });
}

/** A number of tokens for thinking is taken for the level that comes nearest to its share of the reply. */
function thinkingOf(request: Fields, maxOutputTokens: number): ReasoningEffort | undefined {
  const config = request.has("output_config") ? request.object("output_config") : null;
  const effort = config?.has("effort") === true ? effortIn(config) : undefined;
  if (!request.has("thinking")) return effort;
  const thinking = request.object("thinking");
  switch (thinking.oneOf("type", ["disabled", "adaptive", "enabled", "between_tools"])) {
    case "disabled":
      return "none";
    case "adaptive":
    case "between_tools":
      return effort ?? "high";
    case "enabled": {
      const budget = thinking.integer("budget_tokens", OUTPUT_TOKENS);
      if (budget === undefined) return thinking.refuse("budget_tokens", "is required");
      if (budget >= maxOutputTokens) {
        return thinking.refuse("budget_tokens", "must be less than max_tokens");
      }
      const share = budget / maxOutputTokens;
      return share <= 0.3 ? "low" : share <= 0.5 ? "medium" : "high";
    }
  }
}

function effortIn(config: Fields): ReasoningEffort {
  return (
    EFFORTS[config.text("effort")] ??
    config.refuse("effort", `must be one of ${Object.keys(EFFORTS).join(", ")}`)
  );
}

function settingsOf(request: Fields, tools: readonly ToolSpec[]): CallSettings {
  const topP = request.number("top_p", { min: 0, max: 1 });
  const stop = request.has("stop_sequences") ? request.texts("stop_sequences") : [];
  const output = outputOf(request);
  return {
    ...toolChoiceOf(request, tools),
    ...(stop.length > 0 && { stop }),
    ...(topP !== undefined && { topP }),
    ...(output !== undefined && { output }),
  };
}

function toolChoiceOf(request: Fields, tools: readonly ToolSpec[]): CallSettings {
  if (!request.has("tool_choice")) return {};
  const choice = request.object("tool_choice");
  const onlyOne = choice.flag("disable_parallel_tool_use") ? { parallelToolCalls: false } : {};
  return { toolChoice: choiceOf(choice, tools), ...onlyOne };
}

function choiceOf(choice: Fields, tools: readonly ToolSpec[]): ToolChoice {
  switch (choice.oneOf("type", ["auto", "any", "tool", "none"])) {
    case "auto":
      return "auto";
    case "any":
      return "required";
    case "none":
      return "none";
    case "tool": {
      const name = choice.text("name");
      if (!tools.some((tool) => tool.name === name)) choice.refuse("name", "is none of the tools");
      return { name };
    }
  }
}

function outputOf(request: Fields): OutputFormat | undefined {
  const config = request.has("output_config") ? request.object("output_config") : null;
  if (config?.has("format") !== true) return undefined;
  const format = config.object("format");
  format.oneOf("type", ["json_schema"]);
  return {
    kind: "json_schema",
    name: "answer",
    schema: format.object("schema").json,
    strict: true,
  };
}

function toTool(fields: Fields): ToolSpec {
  if (fields.has("type") && fields.text("type") !== "custom") {
    fields.refuse("type", "must be custom: the agent brings its own tools of other kinds");
  }
  return toolSpec(fields, { schema: schemaIn(fields, "input_schema") });
}
