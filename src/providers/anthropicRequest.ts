/** A call in the terms of Anthropic's Messages API. */
import type {
  CacheControlEphemeral,
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
} from "@anthropic-ai/sdk/resources/messages/messages";
import { modelFacts, type ModelFacts } from "./modelFacts";
import type {
  AssistantPart,
  CallSettings,
  ChatMessage,
  ProviderRequest,
  ReasoningEffort,
  ToolChoice,
  UserPart,
} from "./provider";
import { repliesOfTurn, withOwnThoughts } from "./reasoningParts";

export function toParams(asked: ProviderRequest): {
  params: MessageCreateParamsStreaming;
  warnings: string[];
} {
  const request = withOwnThoughts(asked, "anthropic");
  const warnings: string[] = [];
  const facts = modelFacts({ provider: "anthropic", model: request.model, atMs: Date.now() });
  if (request.temperature !== undefined) {
    warnings.push(
      "temperature was left out: Anthropic's API takes no sampling parameters any more",
    );
  }
  const kept: CacheControlEphemeral | null =
    request.promptCache === undefined
      ? null
      : { type: "ephemeral", ttl: request.promptCache.keepFor };
  const params: MessageCreateParamsStreaming = {
    model: request.model,
    max_tokens: request.maxOutputTokens,
    messages: request.messages.map(toMessage),
    stream: true,
    ...(request.system !== null && { system: toSystem(request.system, kept) }),
    ...toThinking(request, { facts, warnings }),
  };
  addSettings(params, request.settings ?? {}, warnings);
  if (request.tools !== undefined && request.tools.length > 0) {
    params.tools = request.tools.map(({ name, description, inputSchema, strict }) => ({
      name,
      description,
      input_schema: { ...inputSchema, type: "object" },
      ...(strict === true && { strict }),
    }));
    const last = params.tools.at(-1);
    // Tools stand before the system, so that they are kept with it if there is one.
    if (request.system === null && last !== undefined && kept !== null) last.cache_control = kept;
  }
  // At the top it marks the end of the prompt, wherever that is.
  if (kept !== null && request.promptCache?.messages === true) params.cache_control = kept;
  if (request.serviceTier === "auto" || request.serviceTier === "standard_only") {
    params.service_tier = request.serviceTier;
  } else if (request.serviceTier !== undefined) {
    warnings.push(
      `service tier ${request.serviceTier} was left out: Anthropic has none of that name`,
    );
  }
  return { params, warnings };
}

function addSettings(
  params: MessageCreateParamsStreaming,
  { toolChoice, parallelToolCalls, stop, topP, output }: CallSettings,
  warnings: string[],
): void {
  if (topP !== undefined) {
    warnings.push("top_p was left out: Anthropic's API takes no sampling parameters any more");
  }
  if (toolChoice !== undefined || parallelToolCalls === false) {
    const onlyOne = parallelToolCalls === false ? { disable_parallel_tool_use: true as const } : {};
    params.tool_choice = toToolChoice(toolChoice ?? "auto", onlyOne);
  }
  if (stop !== undefined) params.stop_sequences = [...stop];
  if (output?.kind === "json_schema") {
    const format = { type: "json_schema", schema: { ...output.schema } } as const;
    params.output_config = { ...params.output_config, format };
  }
}

function toToolChoice(
  choice: ToolChoice,
  onlyOne: { disable_parallel_tool_use?: true },
): NonNullable<MessageCreateParamsStreaming["tool_choice"]> {
  if (choice === "none") return { type: "none" };
  if (choice === "auto") return { type: "auto", ...onlyOne };
  if (choice === "required") return { type: "any", ...onlyOne };
  return { type: "tool", name: choice.name, ...onlyOne };
}

function toSystem(
  text: string,
  kept: CacheControlEphemeral | null,
): NonNullable<MessageCreateParamsStreaming["system"]> {
  return kept === null ? text : [{ type: "text", text, cache_control: kept }];
}

function toMessage(message: ChatMessage): MessageParam {
  switch (message.role) {
    case "user":
      return { role: "user", content: message.content.map(toUserBlock) };
    case "assistant":
      return { role: "assistant", content: message.content.map(toBlock) };
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

function toUserBlock(part: UserPart): ContentBlockParam {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image": {
      // The caller has asked `acceptsMedia`; what is refused all the same, the provider says best.
      const mediaType = part.contentType as "image/png";
      return {
        type: "image",
        source: { type: "base64", media_type: mediaType, data: part.base64 },
      };
    }
    case "image_url":
      return { type: "image", source: { type: "url", url: part.url } };
    case "file": {
      const mediaType = part.contentType as "application/pdf";
      return {
        type: "document",
        title: part.name,
        source: { type: "base64", media_type: mediaType, data: part.base64 },
      };
    }
  }
}

function toBlock(part: AssistantPart): ContentBlockParam {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "reasoning_part":
      // As it came: the API checks its signature.
      return JSON.parse(part.block) as ContentBlockParam;
    case "tool_call":
      return {
        type: "tool_use",
        id: part.toolCallId,
        name: part.name,
        input: argumentsOf(part.argumentsJson),
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
  { reasoning, maxOutputTokens, messages }: ProviderRequest,
  { facts, warnings }: { facts: ModelFacts; warnings: string[] },
): Thinking {
  if (reasoning === undefined) return {};
  if (reasoning === "none") return { thinking: { type: "disabled" } };
  if (facts.reasoning !== "budget") {
    return { thinking: { type: "adaptive" }, output_config: { effort: reasoning } };
  }
  if (repliesOfTurn(messages).some(isWithoutThought)) {
    warnings.push("reasoning was left out: an earlier reply of this turn came without it");
    return {};
  }
  const budget = Math.floor(maxOutputTokens * THINKING_SHARE[reasoning]);
  if (budget < THINKING_TOKENS_MIN) {
    warnings.push("reasoning was left out: maxOutputTokens leaves too little room for it");
    return {};
  }
  return { thinking: { type: "enabled", budget_tokens: budget } };
}

/** Another model began the turn, or this one did without thinking: with a budget the API then takes no thinking. */
function isWithoutThought({ content }: { content: readonly AssistantPart[] }): boolean {
  return !content.some(({ kind }) => kind === "reasoning_part");
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
