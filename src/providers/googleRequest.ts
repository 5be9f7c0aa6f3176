/** A call in the terms of Gemini's own API. */
import { modelFacts } from "./modelFacts";
import type {
  AssistantPart,
  CallSettings,
  ChatMessage,
  ProviderRequest,
  ReasoningEffort,
  UserPart,
} from "./provider";
import { withOwnThoughts } from "./reasoningParts";

export function toBody(request: ProviderRequest): { body: object; warnings: string[] } {
  const {
    model,
    system,
    temperature,
    maxOutputTokens,
    reasoning,
    tools = [],
    serviceTier,
  } = request;
  const { acceptsTemperature, ...facts } = modelFacts({
    provider: "google",
    model,
    atMs: Date.now(),
  });
  const warnings: string[] = [];
  if (temperature !== undefined && !acceptsTemperature) {
    warnings.push(`temperature was left out: ${model} does not take it`);
  }
  const generationConfig = {
    maxOutputTokens,
    ...(temperature !== undefined && acceptsTemperature && { temperature }),
    ...(reasoning !== undefined && { thinkingConfig: thinkingOf(reasoning, facts.reasoning) }),
    ...samplingOf(request.settings ?? {}),
  };
  const body = {
    contents: toContents(withOwnThoughts(request, "google").messages),
    generationConfig,
    ...(system !== null && { systemInstruction: { parts: [{ text: system }] } }),
    ...(tools.length > 0 && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, inputSchema }) => ({
            name,
            description,
            parametersJsonSchema: inputSchema,
          })),
        },
      ],
    }),
    ...toolConfigOf(request.settings ?? {}),
    ...(serviceTier !== undefined && { serviceTier }),
  };
  return { body, warnings };
}

function samplingOf({ stop, topP, output }: CallSettings): object {
  return {
    ...(stop !== undefined && { stopSequences: stop }),
    ...(topP !== undefined && { topP }),
    ...(output !== undefined && { responseMimeType: "application/json" }),
    ...(output?.kind === "json_schema" && { responseJsonSchema: output.schema }),
  };
}

const CALLING_MODES = { auto: "AUTO", none: "NONE", required: "ANY" } as const;

function toolConfigOf({ toolChoice }: CallSettings): object {
  if (toolChoice === undefined) return {};
  const functionCallingConfig =
    typeof toolChoice === "string"
      ? { mode: CALLING_MODES[toolChoice] }
      : { mode: "ANY", allowedFunctionNames: [toolChoice.name] };
  return { toolConfig: { functionCallingConfig } };
}

/** Gemini 2.5 thinks for a number of tokens, later models at a level; none of these can do without. */
function thinkingOf(
  effort: ReasoningEffort,
  by: "effort" | "adaptive" | "budget" | "none",
): object {
  const includeThoughts = effort !== "none";
  return by === "budget"
    ? { includeThoughts, thinkingBudget: BUDGET_TOKENS[effort] }
    : { includeThoughts, thinkingLevel: LEVELS[effort] };
}

/** The bounds of gemini-2.5-pro, 128 to 32,768, hold for its smaller siblings, too. */
const BUDGET_TOKENS: Readonly<Record<ReasoningEffort, number>> = {
  none: 128,
  low: 1_024,
  medium: 8_192,
  high: 16_384,
  xhigh: 24_576,
  max: 24_576,
};

const LEVELS: Readonly<Record<ReasoningEffort, string>> = {
  none: "MINIMAL",
  low: "LOW",
  medium: "MEDIUM",
  high: "HIGH",
  xhigh: "HIGH",
  max: "HIGH",
};

function toContents(messages: readonly ChatMessage[]): object[] {
  // A result names the tool, which in our terms only the call does.
  const nameById = new Map<string, string>();
  return messages.map((message) => {
    switch (message.role) {
      case "user":
        return { role: "user", parts: message.content.map(toUserPart) };
      case "assistant":
        for (const part of message.content) {
          if (part.kind === "tool_call") nameById.set(part.toolCallId, part.name);
        }
        return { role: "model", parts: message.content.flatMap(toModelPart) };
      case "tool":
        return {
          role: "user",
          parts: message.content.map(({ toolCallId: id, text, isError }) => ({
            functionResponse: {
              id,
              name: nameById.get(id) ?? "unknown",
              response: isError ? { error: text } : { output: text },
            },
          })),
        };
    }
  });
}

function toUserPart(part: UserPart): object {
  if (part.kind === "text") return { text: part.text };
  // Of a conversation that another provider's model began: no new one comes here with it.
  if (part.kind === "image_url") return { text: `[Image: ${part.url}]` };
  return { inlineData: { mimeType: part.contentType, data: part.base64 } };
}

function toModelPart(part: AssistantPart): object[] {
  switch (part.kind) {
    case "text":
      return [{ text: part.text }];
    case "reasoning_part":
      return []; // Its thoughts ride on the calls that they led to.
    case "tool_call": {
      const { toolCallId: id, name, argumentsJson, signature } = part;
      const functionCall = { id, name, args: argumentsOf(argumentsJson) };
      return [{ functionCall, ...(signature !== undefined && { thoughtSignature: signature }) }];
    }
  }
}

/** Gemini wants an object; another model may have written anything. */
function argumentsOf(json: string): object {
  try {
    const value = JSON.parse(json) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Shown as what it is.
  }
  return { malformed: json };
}
