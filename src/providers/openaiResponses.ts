/** OpenAI, by its Responses API: the one on which its newest models can call tools. */
import type { ResponseOutputItem, ResponseStreamEvent } from "openai/resources/responses/responses";
import type { UsageReport } from "../pricing/usage";
import type { Failure } from "./failure";
import { inBandFailure, openAiClient, toOpenAiFailure } from "./openaiClient";
import { toParams } from "./openaiResponsesRequest";
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
import { normaliseOpenAiResponsesUsage } from "./usage/openaiResponsesUsage";
import { responseFrames } from "./wholeReplies";

export function openAiResponsesProvider(settings: ProviderSettings): Provider {
  const { responses } = openAiClient(settings);
  return {
    name: "openai",
    stream(request) {
      const { params, warnings } = toParams(request);
      return streamCall({
        provider: "openai",
        apiKey: settings.apiKey,
        request,
        timeouts: settings.timeouts ?? CALL_TIMEOUTS,
        warnings,
        reader: new OpenAiResponsesReader(request.model),
        open: async (signal) => {
          const { data, request_id } = await responses.create(params, { signal }).withResponse();
          return { frames: data, providerRequestId: request_id };
        },
        framesOfWhole: responseFrames,
        toFailure: toOpenAiFailure,
      });
    },
  };
}

class OpenAiResponsesReader implements ReplyReader<ResponseStreamEvent> {
  facts: ReplyFacts = NO_FACTS;
  usage: UsageReport | null = null;
  usageIsFinal = false;
  finish: FinishReason | null = null;
  failure: Failure | null = null;
  begun = false;
  readonly #arguments = new Map<number, string>();
  #last: ResponseStreamEvent | null = null;
  readonly #model: string;
  #calledTools = false;
  #refused = false;

  constructor(model: string) {
    this.#model = model;
  }

  get unfinished(): string {
    return [...this.#arguments.values()].join("");
  }

  take(frame: ResponseStreamEvent): readonly ContentEvent[] {
    if (this.#isSentAgain(frame)) return [];
    this.begun ||= !WITHOUT_OUTPUT.has(frame.type);
    if (frame.type === "response.output_text.delta") return [{ kind: "text", text: frame.delta }];
    if (frame.type === "response.refusal.delta") {
      this.#refused = true;
      return [{ kind: "text", text: frame.delta }];
    }
    if (
      frame.type === "response.reasoning_summary_text.delta" ||
      frame.type === "response.reasoning_text.delta"
    ) {
      return [{ kind: "reasoning", text: frame.delta }];
    }
    if (frame.type === "response.function_call_arguments.delta") {
      const { output_index: index, delta } = frame;
      this.#arguments.set(index, (this.#arguments.get(index) ?? "") + delta);
    }
    if (frame.type === "response.output_item.done") {
      this.#arguments.delete(frame.output_index);
      return this.#takeItem(frame.item);
    }

    if (frame.type === "response.created") this.#takeFacts(frame.response);
    if (frame.type === "error") this.failure = inBandFailure(frame);
    if (
      frame.type === "response.completed" ||
      frame.type === "response.incomplete" ||
      frame.type === "response.failed"
    ) {
      this.#takeFacts(frame.response);
      this.#end(frame);
    }
    return [];
  }

  /** Frames are numbered, but a proxy may give all of them the same number. */
  #isSentAgain(frame: ResponseStreamEvent): boolean {
    const last = this.#last;
    this.#last = frame;
    return (
      last !== null &&
      typeof frame.sequence_number === "number" &&
      frame.sequence_number === last.sequence_number &&
      JSON.stringify(frame) === JSON.stringify(last)
    );
  }

  #takeFacts({
    id,
    model,
    service_tier: tier,
  }: Extract<ResponseStreamEvent, { type: "response.created" }>["response"]): void {
    this.facts = {
      ...this.facts,
      servedModel: model,
      // The opening frame may repeat "auto", which is what was asked for and not what was served.
      servedTier: tier === undefined || tier === "auto" ? this.facts.servedTier : tier,
      providerMessageId: id,
    };
  }

  #takeItem(item: ResponseOutputItem): readonly ContentEvent[] {
    if (item.type === "reasoning") {
      // Without it the API would look for the thought among what it has stored: nothing.
      if (item.encrypted_content === undefined || item.encrypted_content === null) return [];
      const { status: _status, ...block } = item;
      const of = { provider: "openai", model: this.#model } as const;
      return [{ kind: "reasoning_part", ...of, block: JSON.stringify(block) }];
    }
    // What was cut off at the allowance is no call.
    if (item.type !== "function_call" || item.status === "incomplete") return [];
    this.#calledTools = true;
    const { call_id: toolCallId, name, arguments: json } = item;
    return [{ kind: "tool_call", toolCallId, name, argumentsJson: json === "" ? "{}" : json }];
  }

  #end({
    type,
    response,
  }: Extract<
    ResponseStreamEvent,
    { type: "response.completed" | "response.incomplete" | "response.failed" }
  >): void {
    if (isCount(fieldOf(response.usage, "output_tokens"))) {
      this.usage = normaliseOpenAiResponsesUsage(response);
      this.usageIsFinal = true;
    }
    if (type === "response.failed") {
      const { code = null, message = "the response failed" } = response.error ?? {};
      this.failure = inBandFailure({ code, message });
    } else if (type === "response.incomplete") {
      const reason = response.incomplete_details?.reason;
      this.finish = FINISH_BY_INCOMPLETE_REASON[reason ?? ""] ?? "other";
    } else if (this.#calledTools) this.finish = "tool_calls";
    else this.finish = this.#refused ? "filtered" : "end";
  }
}

/** Frames of a call that was taken, whether or not the model then said anything. */
const WITHOUT_OUTPUT: ReadonlySet<string> = new Set([
  "response.created",
  "response.queued",
  "response.in_progress",
  "response.failed",
  "error",
]);

const FINISH_BY_INCOMPLETE_REASON: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: "length",
  content_filter: "filtered",
};
