/** OpenAI's Chat Completions API, and the many servers that speak it. */
import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { UsageReport } from "../pricing/usage";
import { toParams } from "./openaiChatRequest";
import type { Failure } from "./failure";
import { inBandFailure, openAiClient, toOpenAiFailure } from "./openaiClient";
import type { FinishReason, Provider, ProviderName } from "./provider";
import type { ProviderSettings } from "./settings";
import {
  CALL_TIMEOUTS,
  NO_FACTS,
  streamCall,
  type ContentEvent,
  type ReplyFacts,
  type ReplyReader,
} from "./streamCall";
import { fieldOf, isCount } from "./usage/counts";
import { normaliseGeminiCompatUsage } from "./usage/geminiCompatUsage";
import { normaliseOpenAiChatUsage } from "./usage/openaiChatUsage";
import { chatFrames } from "./wholeReplies";

/** Gemini's door for clients of OpenAI's; `google.ts` is better, but any server may be registered. */
const GEMINI_COMPAT_URL = "https://generativelanguage.googleapis.com/v1beta/openai";

export function openAiChatProvider(name: ProviderName, settings: ProviderSettings): Provider {
  const { completions } = openAiClient(settings).chat;
  const isGemini = settings.baseUrl?.startsWith(GEMINI_COMPAT_URL) ?? false;
  const normaliseUsage = isGemini ? normaliseGeminiCompatUsage : normaliseOpenAiChatUsage;
  return {
    name,
    stream(request) {
      const { params, warnings } = toParams(name, request);
      return streamCall({
        provider: name,
        apiKey: settings.apiKey,
        request,
        timeouts: settings.timeouts ?? CALL_TIMEOUTS,
        warnings,
        reader: new OpenAiChatReader({ provider: name, model: request.model, normaliseUsage }),
        open: async (signal) => {
          const { data, request_id } = await completions.create(params, { signal }).withResponse();
          return { frames: data, providerRequestId: request_id };
        },
        framesOfWhole: chatFrames,
        toFailure: toOpenAiFailure,
      });
    },
  };
}

class OpenAiChatReader implements ReplyReader<ChatCompletionChunk> {
  facts: ReplyFacts = NO_FACTS;
  usage: UsageReport | null = null;
  usageIsFinal = false;
  begun = false;
  finish: FinishReason | null = null;
  failure: Failure | null = null;

  readonly #of: { provider: ProviderName; model: string };
  readonly #normaliseUsage: (raw: unknown) => UsageReport;
  /** What the model thought in words, for servers that want it back with the calls that it led to. */
  #thought = "";
  readonly #toolCalls = new Map<number, { toolCallId: string; name: string; json: string }>();
  #refused = false;

  constructor({
    normaliseUsage,
    ...of
  }: {
    provider: ProviderName;
    model: string;
    normaliseUsage: (raw: unknown) => UsageReport;
  }) {
    this.#of = of;
    this.#normaliseUsage = normaliseUsage;
  }

  get unfinished(): string {
    return [...this.#toolCalls.values()].map(({ name, json }) => name + json).join("");
  }

  take(frame: ChatCompletionChunk): readonly ContentEvent[] {
    this.begun = true;
    this.facts = {
      ...this.facts,
      servedModel: frame.model,
      servedTier: frame.service_tier ?? this.facts.servedTier,
      providerMessageId: frame.id,
    };
    // Imitators leave out what should be there: a frame without choices, usage inside the choice.
    const choice = (frame.choices as typeof frame.choices | undefined)?.[0];
    const usage = frame.usage ?? fieldOf(choice, "usage");
    if (choice === undefined) {
      this.#takeUsage(usage);
      return [];
    }

    const events: ContentEvent[] = [];
    const { content, refusal, tool_calls: toolCalls } = choice.delta;
    const stated = fieldOf(choice.delta, "reasoning_content");
    if (typeof stated === "string") this.#thought += stated;
    const reasoning = stated ?? fieldOf(choice.delta, "reasoning");
    if (typeof reasoning === "string" && reasoning !== "") {
      events.push({ kind: "reasoning", text: reasoning });
    }
    if (typeof content === "string" && content !== "") events.push({ kind: "text", text: content });
    if (typeof refusal === "string" && refusal !== "") {
      this.#refused = true;
      events.push({ kind: "text", text: refusal });
    }
    for (const call of toolCalls ?? []) this.#takeToolCall(call);
    if (choice.finish_reason !== null && choice.finish_reason !== undefined) {
      events.push(...this.#end(choice.finish_reason));
    }
    this.#takeUsage(usage);
    return events;
  }

  /** Some servers state it all along; only what stands at the end or after it is all of it. */
  #takeUsage(raw: unknown): void {
    if (!isCount(fieldOf(raw, "completion_tokens"))) return;
    this.usage = this.#normaliseUsage(raw);
    this.usageIsFinal = this.finish !== null;
  }

  #takeToolCall(part: ChatCompletionChunk.Choice.Delta.ToolCall): void {
    const call = this.#toolCalls.get(part.index) ?? { toolCallId: "", name: "", json: "" };
    this.#toolCalls.set(part.index, {
      toolCallId: part.id ?? call.toolCallId,
      name: call.name + (part.function?.name ?? ""),
      json: call.json + (part.function?.arguments ?? ""),
    });
  }

  #end(reason: string): ContentEvent[] {
    const said = FINISH_BY_REASON[reason] ?? "other";
    if (reason === "error") {
      this.failure = inBandFailure({ code: null, message: "the provider gave up on the reply" });
      return [];
    }
    // What was cut off at the allowance is no call.
    if (said === "length" || said === "filtered") {
      this.finish ??= said;
      return [];
    }
    const calls = [...this.#toolCalls];
    this.#toolCalls.clear();
    // Some imitators end with "stop" after calling a tool.
    if (calls.length > 0) this.finish = "tool_calls";
    else this.finish ??= this.#refused ? "filtered" : said;
    const made = calls.map(([index, { toolCallId, name, json }]) => ({
      kind: "tool_call" as const,
      // Some imitators give no ids, by which a call's result is told from another's.
      toolCallId:
        toolCallId === "" ? `${this.facts.providerMessageId ?? "call"}_${index}` : toolCallId,
      name,
      argumentsJson: json === "" ? "{}" : json,
    }));
    if (made.length === 0 || this.#thought === "") return made;
    const block = JSON.stringify({ reasoning_content: this.#thought });
    return [{ kind: "reasoning_part", ...this.#of, block }, ...made];
  }
}

const FINISH_BY_REASON: Readonly<Record<string, FinishReason>> = {
  stop: "end",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "filtered",
};
