/** OpenAI's Chat Completions: answers, whole and in frames. */
import { readChat, type ChatOptions } from "./chat";
import {
  costFields,
  type Call,
  type Dialect,
  type Ending,
  type FrameWriter,
  type Head,
} from "./dialect";
import { openAiError, type Failure } from "./failures";

const FINISH_REASONS = {
  end: "stop",
  length: "length",
  tool_calls: "tool_calls",
  filtered: "content_filter",
  aborted: "stop",
  other: "stop",
} as const satisfies Record<Ending["finishReason"], string>;

export const chatDialect: Dialect<ChatOptions> = {
  read: readChat,
  writer: (head) => new ChatWriter(head),
  errorBody: (failure) => ({ error: openAiError(failure) }),
  whole: (head, { text, calls }, ending) => ({
    ...headOf(head, "chat.completion"),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text === "" && calls.length > 0 ? null : text,
          refusal: null,
          annotations: [],
          ...(calls.length > 0 && { tool_calls: calls.map(toCall) }),
        },
        logprobs: null,
        finish_reason: FINISH_REASONS[ending.finishReason],
      },
    ],
    usage: usageOf(ending),
  }),
};

class ChatWriter implements FrameWriter {
  readonly #options: ChatOptions;
  readonly #head: string;
  #calls = 0;

  constructor(head: Head<ChatOptions>) {
    this.#options = head.options;
    // All frames begin alike.
    this.#head = JSON.stringify(headOf(head, "chat.completion.chunk")).slice(0, -1);
  }

  open(): string {
    return this.#chunk({ role: "assistant", content: "", refusal: null });
  }

  reasoning(): string {
    return "";
  }

  thought(): string {
    return "";
  }

  text(text: string): string {
    return this.#chunk({ content: text });
  }

  call(call: Call): string {
    return this.#chunk({ tool_calls: [{ index: this.#calls++, ...toCall(call) }] });
  }

  close(ending: Ending): string {
    const last = this.#chunk({}, FINISH_REASONS[ending.finishReason]);
    const usage = this.#options.includeUsage
      ? `data: ${this.#head},"choices":[],"usage":${JSON.stringify(usageOf(ending))}}\n\n`
      : "";
    return `${last}${usage}data: [DONE]\n\n`;
  }

  fail(failure: Failure): string {
    return `data: ${JSON.stringify({ error: openAiError(failure) })}\n\ndata: [DONE]\n\n`;
  }

  #chunk(delta: object, finishReason: string | null = null): string {
    const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason };
    const usage = this.#options.includeUsage ? ',"usage":null' : "";
    return `data: ${this.#head},"choices":[${JSON.stringify(choice)}]${usage}}\n\n`;
  }
}

function headOf({ id, model, createdAtMs }: Head<unknown>, object: string) {
  const created = Math.floor(createdAtMs / 1_000);
  return { id: `chatcmpl-${id}`, object, created, model, service_tier: "default" };
}

/** Signatures stand where Google's own OpenAI-compatible API has them: its clients give them back. */
function toCall({ toolCallId, name, argumentsJson, signature }: Call) {
  return {
    id: toolCallId,
    type: "function",
    function: { name, arguments: argumentsJson },
    ...(signature !== undefined && {
      extra_content: { google: { thought_signature: signature } },
    }),
  };
}

function usageOf({ usage, cost }: Ending) {
  const { input, cacheRead, cacheWrite, output, reasoning } = usage;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cacheRead,
      cache_write_tokens: cacheWrite,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
    ...costFields(cost),
  };
}
