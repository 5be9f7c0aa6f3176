/** Gemini, by its own API: behind its OpenAI-compatible door neither cached nor thought tokens are told apart. */
import type { UsageReport } from "../pricing/usage";
import type { Failure } from "./failure";
import { failureIn, openStream, toGoogleFailure } from "./googleClient";
import { toBody } from "./googleRequest";
import type { FinishReason, Provider } from "./provider";
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
import { normaliseGeminiUsage } from "./usage/geminiUsage";
import { geminiFrames } from "./wholeReplies";

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
        framesOfWhole: geminiFrames,
        toFailure: toGoogleFailure,
      });
    },
  };
}

class GeminiReader implements ReplyReader<unknown> {
  facts: ReplyFacts = NO_FACTS;
  usage: UsageReport | null = null;
  finish: FinishReason | null = null;
  failure: Failure | null = null;
  usageIsFinal = false;
  begun = false;
  /** Calls come whole. */
  readonly unfinished = "";
  #toolCalls = 0;
  #hasSpoken = false;

  take(frame: unknown): readonly ContentEvent[] {
    if (typeof frame !== "object" || frame === null) throw new TypeError("a frame is an object");
    this.failure = failureIn(frame);
    this.#takeFacts(frame);
    if (this.failure === null) this.begun = true;
    if (fieldOf(fieldOf(frame, "promptFeedback"), "blockReason") !== undefined) {
      this.finish = "filtered";
    }

    const candidates = fieldOf(frame, "candidates");
    const candidate: unknown = Array.isArray(candidates) ? candidates[0] : undefined;
    const parts = fieldOf(fieldOf(candidate, "content"), "parts");
    const events = (Array.isArray(parts) ? (parts as unknown[]) : []).flatMap((part) =>
      this.#takePart(part),
    );
    this.#hasSpoken ||= events.length > 0;
    const reason = fieldOf(candidate, "finishReason");
    if (typeof reason === "string") this.#end(FINISH_BY_REASON[reason] ?? "other");
    this.#takeUsage(fieldOf(frame, "usageMetadata"));
    return this.finish === "length" ? events.filter(({ kind }) => kind !== "tool_call") : events;
  }

  #end(said: FinishReason): void {
    const isWhole = said === "end" || said === "other";
    this.finish = isWhole && this.#toolCalls > 0 ? "tool_calls" : said;
  }

  /** A running total with each frame. One without a count of what was said is none of what was said. */
  #takeUsage(raw: unknown): void {
    if (!isCount(fieldOf(raw, "promptTokenCount"))) return;
    const said = [fieldOf(raw, "candidatesTokenCount"), fieldOf(raw, "thoughtsTokenCount")];
    this.usage = normaliseGeminiUsage(raw);
    this.usageIsFinal = this.finish !== null && (!this.#hasSpoken || said.some(isCount));
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
