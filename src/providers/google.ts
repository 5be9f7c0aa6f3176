/** Gemini, by its own API: behind its OpenAI-compatible door neither cached nor thought tokens are told apart. */
import type { UsageReport } from "../pricing/usage";
import type { Failure } from "./failure";
import { failureIn, openStream, toGoogleFailure } from "./googleClient";
import { modelFacts } from "./modelFacts";
import type {
  ChatMessage,
  FinishReason,
  Provider,
  ProviderRequest,
  ReasoningEffort,
} from "./provider";
import type { ProviderSettings } from "./settings";
import {
  CALL_TIMEOUTS,
  NO_FACTS,
  streamCall,
  type ContentEvent,
  type ReplyFacts,
  type ReplyReader,
} from "./streamCall";
import { fieldOf } from "./usage/counts";
import { normaliseGeminiUsage } from "./usage/geminiUsage";

export function googleProvider(settings: ProviderSettings): Provider {
  return {
    name: "google",
    stream(request) {
      const { body, warnings } = toBody(request);
      const { model } = request;
      return streamCall({
        provider: "google",
        apiKey: settings.apiKey,
        request,
        timeouts: settings.timeouts ?? CALL_TIMEOUTS,
        warnings,
        reader: new GeminiReader(),
        open: async (signal) => await openStream(settings, { model, body, signal }),
        toFailure: toGoogleFailure,
      });
    },
  };
}

function toBody(request: ProviderRequest): { body: object; warnings: string[] } {
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
  };
  const body = {
    contents: toContents(request.messages),
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
    ...(serviceTier !== undefined && { serviceTier }),
  };
  return { body, warnings };
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
        return { role: "user", parts: message.content.map(({ text }) => ({ text })) };
      case "assistant":
        return {
          role: "model",
          parts: message.content.map((part) => {
            if (part.kind === "text") return { text: part.text };
            const { toolCallId: id, name, argumentsJson, signature } = part;
            nameById.set(id, name);
            const functionCall = { id, name, args: argumentsOf(argumentsJson) };
            return {
              functionCall,
              ...(signature !== undefined && { thoughtSignature: signature }),
            };
          }),
        };
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

class GeminiReader implements ReplyReader<unknown> {
  facts: ReplyFacts = NO_FACTS;
  usage: UsageReport | null = null;
  finish: FinishReason | null = null;
  failure: Failure | null = null;
  #toolCalls = 0;

  get usageIsFinal(): boolean {
    return this.finish !== null && this.usage !== null;
  }

  take(frame: unknown): readonly ContentEvent[] {
    if (typeof frame !== "object" || frame === null) throw new TypeError("a frame is an object");
    this.failure = failureIn(frame);
    this.#takeFacts(frame);
    const stated = fieldOf(frame, "usageMetadata");
    if (stated !== undefined) this.usage = normaliseGeminiUsage(stated);
    if (fieldOf(fieldOf(frame, "promptFeedback"), "blockReason") !== undefined) {
      this.finish = "filtered";
    }

    const candidates = fieldOf(frame, "candidates");
    const candidate: unknown = Array.isArray(candidates) ? candidates[0] : undefined;
    const parts = fieldOf(fieldOf(candidate, "content"), "parts");
    const events = (Array.isArray(parts) ? (parts as unknown[]) : []).flatMap((part) =>
      this.#takePart(part),
    );
    const reason = fieldOf(candidate, "finishReason");
    if (typeof reason === "string") {
      this.finish = this.#toolCalls > 0 ? "tool_calls" : (FINISH_BY_REASON[reason] ?? "other");
    }
    return events;
  }

  #takeFacts(frame: object): void {
    const [model, id] = [fieldOf(frame, "modelVersion"), fieldOf(frame, "responseId")];
    const tier = fieldOf(fieldOf(frame, "usageMetadata"), "trafficType");
    this.facts = {
      ...this.facts,
      ...(typeof model === "string" && { servedModel: model }),
      ...(typeof id === "string" && { providerMessageId: id }),
      ...(typeof tier === "string" && { servedTier: TIER_BY_TRAFFIC[tier] ?? tier }),
    };
  }

  #takePart(part: unknown): readonly ContentEvent[] {
    const call = fieldOf(part, "functionCall");
    if (call !== undefined) return [this.#takeCall(call, fieldOf(part, "thoughtSignature"))];
    const text = fieldOf(part, "text");
    if (typeof text !== "string" || text === "") return [];
    return [{ kind: fieldOf(part, "thought") === true ? "reasoning" : "text", text }];
  }

  #takeCall(call: unknown, signature: unknown): ContentEvent {
    const [id, name] = [fieldOf(call, "id"), fieldOf(call, "name")];
    this.#toolCalls += 1;
    return {
      kind: "tool_call",
      // The id is optional; the reply's own makes ours unique in the conversation.
      toolCallId:
        typeof id === "string"
          ? id
          : `${this.facts.providerMessageId ?? "call"}_${this.#toolCalls}`,
      name: typeof name === "string" ? name : "",
      argumentsJson: JSON.stringify(fieldOf(call, "args") ?? {}),
      ...(typeof signature === "string" && { signature }),
    };
  }
}

const FINISH_BY_REASON: Readonly<Record<string, FinishReason>> = {
  STOP: "end",
  MAX_TOKENS: "length",
  SAFETY: "filtered",
  RECITATION: "filtered",
  LANGUAGE: "filtered",
  BLOCKLIST: "filtered",
  PROHIBITED_CONTENT: "filtered",
  SPII: "filtered",
  IMAGE_SAFETY: "filtered",
  IMAGE_PROHIBITED_CONTENT: "filtered",
};

/** The names of the price book for what the traffic was served as. */
const TIER_BY_TRAFFIC: Readonly<Record<string, string>> = {
  ON_DEMAND: "standard",
  ON_DEMAND_PRIORITY: "priority",
  ON_DEMAND_FLEX: "flex",
};
