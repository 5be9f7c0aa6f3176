/** OpenAI's Responses: answers, whole and in events. */
import {
  costFields,
  type Call,
  type Dialect,
  type Ending,
  type FrameWriter,
  type Head,
} from "./dialect";
import { openAiError, type Failure } from "./failures";
import type { Json } from "./fields";
import { readResponses, type ResponsesOptions } from "./responses";

export const RESPONSE_ID_PREFIX = "resp_";

/** As far as a response has come. */
export type Progress =
  | Readonly<{ status: "queued" | "in_progress" | "cancelled" }>
  | Readonly<{ status: "ended"; ending: Ending }>
  | Readonly<{ status: "failed"; failure: Failure }>;

/** What a response is about, from its request or from what was kept of it. */
export type ResponseHead = Readonly<{
  id: string;
  model: string;
  createdAtMs: number;
  echo: Json;
  isBackground: boolean;
}>;

export const responsesDialect: Dialect<ResponsesOptions> = {
  read: readResponses,
  writer: (head) => new ResponsesWriter(head),
  errorBody: (failure) => ({ error: openAiError(failure) }),
  whole: (head, { text, calls }, ending) =>
    responseBody(toHead(head), {
      output: outputOf(head.id, { text, calls }),
      progress: { status: "ended", ending },
    }),
};

export function toHead({ options, ...head }: Head<ResponsesOptions>): ResponseHead {
  return { ...head, echo: options.echo, isBackground: options.isBackground };
}

export function responseBody(
  { id, model, createdAtMs, echo, isBackground }: ResponseHead,
  { output, progress }: { output: readonly object[]; progress: Progress },
): object {
  return {
    id: RESPONSE_ID_PREFIX + id,
    object: "response",
    created_at: Math.floor(createdAtMs / 1_000),
    model,
    background: isBackground,
    service_tier: "default",
    ...echo,
    output,
    ...statusOf(progress),
  };
}

function statusOf(progress: Progress): object {
  const open = { error: null, incomplete_details: null, usage: null };
  switch (progress.status) {
    case "queued":
    case "in_progress":
    case "cancelled":
      return { ...open, status: progress.status };
    case "failed": {
      const { failure } = progress;
      const error = { code: failure.code ?? "server_error", message: failure.message };
      return { ...open, status: "failed", error };
    }
    case "ended": {
      const { ending } = progress;
      const reason = INCOMPLETE_REASONS[ending.finishReason];
      return {
        ...open,
        status: reason === undefined ? "completed" : "incomplete",
        incomplete_details: reason === undefined ? null : { reason },
        usage: usageOf(ending),
      };
    }
  }
}

const INCOMPLETE_REASONS: Partial<Record<Ending["finishReason"], string>> = {
  length: "max_output_tokens",
  filtered: "content_filter",
};

export function outputOf(
  id: string,
  { text, calls }: { text: string; calls: readonly Call[] },
): object[] {
  const message = text === "" && calls.length > 0 ? [] : [messageItem(id, text)];
  return [...message, ...calls.map((call, at) => callItem(`${id}_${at}`, call))];
}

function messageItem(id: string, text: string): object {
  return {
    id: `msg_${id}`,
    type: "message",
    status: "completed",
    role: "assistant",
    content: [textPart(text)],
  };
}

function textPart(text: string): object {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

function callItem(id: string, { toolCallId, name, argumentsJson }: Call): object {
  return {
    id: `fc_${id}`,
    type: "function_call",
    status: "completed",
    call_id: toolCallId,
    name,
    arguments: argumentsJson,
  };
}

class ResponsesWriter implements FrameWriter {
  readonly #head: ResponseHead;
  #sequence = 0;
  #text: string | null = null;
  #calls: Call[] = [];

  constructor(head: Head<ResponsesOptions>) {
    this.#head = toHead(head);
  }

  open(): string {
    const response = responseBody(this.#head, { output: [], progress: { status: "in_progress" } });
    return (
      this.#event("response.created", { response }) +
      this.#event("response.in_progress", { response })
    );
  }

  text(text: string): string {
    const item = { ...messageItem(this.#head.id, ""), status: "in_progress", content: [] };
    const begins =
      this.#text === null
        ? this.#event("response.output_item.added", { output_index: 0, item }) +
          this.#event("response.content_part.added", { ...this.#part(), part: textPart("") })
        : "";
    this.#text = (this.#text ?? "") + text;
    const delta = { ...this.#part(), delta: text, logprobs: [] };
    return begins + this.#event("response.output_text.delta", delta);
  }

  reasoning(): string {
    return "";
  }

  thought(): string {
    return "";
  }

  call(call: Call): string {
    // Written once the text has ended: items do not begin inside one another.
    this.#calls.push(call);
    return "";
  }

  close(ending: Ending): string {
    const nothing = this.#text === null && this.#calls.length === 0 ? this.text("") : "";
    const items =
      nothing +
      this.#endText() +
      this.#calls.map((call, at) => this.#callEvents(call, at)).join("");
    const output = outputOf(this.#head.id, { text: this.#text ?? "", calls: this.#calls });
    const response = responseBody(this.#head, { output, progress: { status: "ended", ending } });
    const isWhole = INCOMPLETE_REASONS[ending.finishReason] === undefined;
    return (
      items + this.#event(isWhole ? "response.completed" : "response.incomplete", { response })
    );
  }

  fail(failure: Failure): string {
    const { code, param, message } = openAiError(failure);
    const output = this.#text === null ? [] : [messageItem(this.#head.id, this.#text)];
    const response = responseBody(this.#head, { output, progress: { status: "failed", failure } });
    return (
      this.#event("error", { code, param, message }) + this.#event("response.failed", { response })
    );
  }

  #endText(): string {
    const text = this.#text;
    if (text === null) return "";
    return (
      this.#event("response.output_text.done", { ...this.#part(), text, logprobs: [] }) +
      this.#event("response.content_part.done", { ...this.#part(), part: textPart(text) }) +
      this.#event("response.output_item.done", {
        output_index: 0,
        item: messageItem(this.#head.id, text),
      })
    );
  }

  #callEvents(call: Call, at: number): string {
    const output_index = at + (this.#text === null ? 0 : 1);
    const item = callItem(`${this.#head.id}_${at}`, call);
    const begun = { ...item, status: "in_progress", arguments: "" };
    const of = { item_id: `fc_${this.#head.id}_${at}`, output_index };
    const { argumentsJson, name } = call;
    return (
      this.#event("response.output_item.added", { output_index, item: begun }) +
      this.#event("response.function_call_arguments.delta", { ...of, delta: argumentsJson }) +
      this.#event("response.function_call_arguments.done", {
        ...of,
        name,
        arguments: argumentsJson,
      }) +
      this.#event("response.output_item.done", { output_index, item })
    );
  }

  #part() {
    return { item_id: `msg_${this.#head.id}`, output_index: 0, content_index: 0 };
  }

  #event(type: string, data: object): string {
    const body = { type, sequence_number: this.#sequence++, ...data };
    return `event: ${type}\ndata: ${JSON.stringify(body)}\n\n`;
  }
}

function usageOf({ usage, cost }: Ending) {
  const { input, cacheRead, cacheWrite, output, reasoning } = usage;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
    ...costFields(cost),
  };
}
