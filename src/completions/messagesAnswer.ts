/** Anthropic's Messages: answers, whole and in frames. */
import {
  costFields,
  type Call,
  type Dialect,
  type Ending,
  type FrameWriter,
  type Head,
  type Reply,
  type Thought,
} from "./dialect";
import type { InputCounts } from "../pricing/usage";
import { anthropicError, type Failure } from "./failures";
import { readMessages, type MessagesOptions } from "./messages";
import { CALL_SIGNATURE_PREFIX } from "./messagesParts";

const STOP_REASONS = {
  end: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  filtered: "refusal",
  aborted: "end_turn",
  other: "end_turn",
} as const satisfies Record<Ending["finishReason"], string>;

export const messagesDialect: Dialect<MessagesOptions> = {
  read: readMessages,
  writer: (head) => new MessagesWriter(head),
  errorBody: (failure, requestId) => ({
    type: "error",
    error: anthropicError(failure),
    request_id: requestId,
  }),
  whole: (head, reply, ending) => ({
    ...messageOf(head),
    content: contentOf(reply, head.options),
    ...stopOf(ending),
    usage: usageOf(ending),
  }),
};

function contentOf({ text, calls, thoughts }: Reply, { showsThinking }: MessagesOptions) {
  return [
    ...(showsThinking ? thoughts.flatMap(toThinking) : []),
    ...(text === "" ? [] : [{ type: "text", text, citations: null }]),
    ...calls.flatMap((call) => [
      ...(showsThinking ? signatureOf(call) : []),
      { ...toToolUse(call), input: inputOf(call) },
    ]),
  ];
}

/** A call's signature is a thought before it, of which there is nothing to read: clients give thoughts back. */
function signatureOf({ signature }: Call): { type: string; thinking: string; signature: string }[] {
  if (signature === undefined) return [];
  return [{ type: "thinking", thinking: "", signature: CALL_SIGNATURE_PREFIX + signature }];
}

/** Anthropic's own blocks go out as they came, to be given back; of other providers' thoughts there is only the text. */
function toThinking({ text, block }: Thought): object[] {
  if (block?.provider === "anthropic") return [JSON.parse(block.json) as object];
  return text === "" ? [] : [{ type: "thinking", thinking: text, signature: "" }];
}

class MessagesWriter implements FrameWriter {
  readonly #head: Head<MessagesOptions>;
  #index = -1;
  #isOpen: "text" | "thinking" | null = null;

  constructor(head: Head<MessagesOptions>) {
    this.#head = head;
  }

  open(counts: InputCounts): string {
    const usage = { ...inputOfUsage(counts), output_tokens: 0 };
    const message = { ...messageOf(this.#head), content: [], ...NOT_STOPPED, usage };
    return frame("message_start", { message }) + frame("ping", {});
  }

  text(text: string): string {
    const begins = this.#begin("text", { type: "text", text: "", citations: null });
    return begins + this.#delta({ type: "text_delta", text });
  }

  reasoning(text: string): string {
    if (!this.#head.options.showsThinking) return "";
    const begins = this.#begin("thinking", { type: "thinking", thinking: "", signature: "" });
    return begins + this.#delta({ type: "thinking_delta", thinking: text });
  }

  thought({ block }: Thought): string {
    if (!this.#head.options.showsThinking) return "";
    const sealed = block?.provider === "anthropic" ? asBlock(block.json) : null;
    if (sealed?.type === "redacted_thinking") return this.#whole(sealed);
    return sealed?.signature === undefined ? this.#end() : this.#signed(sealed);
  }

  /** The end of a thought that is signed; of one that nobody has seen, it is all. */
  readonly #signed = ({ signature }: { signature?: string }): string => {
    const begins = this.#begin("thinking", { type: "thinking", thinking: "", signature: "" });
    return begins + this.#delta({ type: "signature_delta", signature }) + this.#end();
  };

  call(call: Call): string {
    const signed = this.#head.options.showsThinking ? signatureOf(call).map(this.#signed) : [];
    const before = signed.join("") + this.#end();
    this.#index++;
    const delta = { type: "input_json_delta", partial_json: JSON.stringify(inputOf(call)) };
    return (
      before + this.#start({ ...toToolUse(call), input: {} }) + this.#delta(delta) + this.#stop()
    );
  }

  close(ending: Ending): string {
    const last = { delta: { ...stopOf(ending), container: null }, usage: usageOf(ending) };
    return this.#end() + frame("message_delta", last) + frame("message_stop", {});
  }

  fail(failure: Failure): string {
    return frame("error", { error: anthropicError(failure) });
  }

  #begin(kind: "text" | "thinking", block: object): string {
    if (this.#isOpen === kind) return "";
    const before = this.#end();
    this.#index++;
    this.#isOpen = kind;
    return before + this.#start(block);
  }

  #whole(block: object): string {
    const before = this.#end();
    this.#index++;
    return before + this.#start(block) + this.#stop();
  }

  #end(): string {
    if (this.#isOpen === null) return "";
    this.#isOpen = null;
    return this.#stop();
  }

  #start(block: object): string {
    return frame("content_block_start", { index: this.#index, content_block: block });
  }

  #delta(delta: object): string {
    return frame("content_block_delta", { index: this.#index, delta });
  }

  #stop(): string {
    return frame("content_block_stop", { index: this.#index });
  }
}

const NOT_STOPPED = { stop_reason: null, stop_sequence: null };

function messageOf({ id, model }: Head<unknown>) {
  return {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    model,
    container: null,
    stop_details: null,
  };
}

function stopOf({ finishReason, stoppedAt }: Ending) {
  return stoppedAt === undefined
    ? { stop_reason: STOP_REASONS[finishReason], stop_sequence: null }
    : { stop_reason: "stop_sequence", stop_sequence: stoppedAt };
}

/** What came from a cache, or went into one, is no part of the input here. */
function inputOfUsage({ input, cacheRead, cacheWrite }: InputCounts) {
  return {
    input_tokens: input - cacheRead - cacheWrite,
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cacheRead,
  };
}

function usageOf({ usage, cost }: Ending) {
  const { output, reasoning } = usage;
  return {
    ...inputOfUsage(usage),
    output_tokens: output,
    output_tokens_details: { thinking_tokens: reasoning },
    service_tier: "standard",
    ...costFields(cost),
  };
}

function toToolUse({ toolCallId: id, name }: Call) {
  return { type: "tool_use", id, name };
}

/** The API gives objects; what a model once wrote instead goes out as the one field of one. */
function inputOf({ argumentsJson }: Call): object {
  try {
    const value: unknown = JSON.parse(argumentsJson === "" ? "{}" : argumentsJson);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Not JSON after all.
  }
  return { malformed: argumentsJson };
}

function asBlock(json: string): { type?: string; signature?: string } {
  return JSON.parse(json) as { type?: string; signature?: string };
}

function frame(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
