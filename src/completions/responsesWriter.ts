/** OpenAI's Responses: answers in events. */
import type { Call, Dialect, Ending, FrameWriter, Head } from "./dialect";
import { openAiError, type Failure } from "./failures";
import { readResponses, type ResponsesOptions } from "./responses";
import {
  callItem,
  INCOMPLETE_REASONS,
  messageItem,
  responseBody,
  textPart,
  textStatusOf,
  type Progress,
  type ResponseHead,
} from "./responsesAnswer";

export const responsesDialect: Dialect<ResponsesOptions> = {
  read: readResponses,
  writer: (head) => new ResponsesWriter(toHead(head)),
  errorBody: (failure) => ({ error: openAiError(failure) }),
  whole: (head, { text, calls }, ending) =>
    responseBody(toHead(head), {
      said: { text, calls },
      progress: { status: "ended", ending },
    }),
};

function toHead({ options, ...head }: Head<ResponsesOptions>): ResponseHead {
  return { ...head, echo: options.echo, isBackground: options.isBackground };
}

export class ResponsesWriter implements FrameWriter {
  readonly #head: ResponseHead;
  readonly #startingAfter: number;
  #sequence = 0;
  #text: string | null = null;
  #calls: Call[] = [];

  /** @param startingAfter - Events up to this number are left out: whoever reads has them. */
  constructor(head: ResponseHead, startingAfter = -1) {
    this.#head = head;
    this.#startingAfter = startingAfter;
  }

  open(): string {
    const response = responseBody(this.#head, { said: null, progress: { status: "in_progress" } });
    return (
      this.#event("response.created", { response }) +
      this.#event("response.in_progress", { response })
    );
  }

  text(text: string): string {
    const item = messageItem(this.#head.id, "", "in_progress");
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
    const progress: Progress = { status: "ended", ending };
    const items =
      nothing +
      this.#endText(progress) +
      this.#calls.map((call, at) => this.#callEvents(call, at)).join("");
    const said = { text: this.#text ?? "", calls: this.#calls };
    const response = responseBody(this.#head, { said, progress });
    const isWhole = INCOMPLETE_REASONS[ending.finishReason] === undefined;
    return (
      items + this.#event(isWhole ? "response.completed" : "response.incomplete", { response })
    );
  }

  fail(failure: Failure): string {
    const said = this.#text === null ? null : { text: this.#text, calls: [] };
    const response = responseBody(this.#head, { said, progress: { status: "failed", failure } });
    return this.#event("error", errorOf(failure)) + this.#event("response.failed", { response });
  }

  /** The stream ends, and the answer goes on. Who takes it up after this event's number misses nothing. */
  cut(failure: Failure): string {
    const sequence_number = Math.max(this.#sequence - 1, this.#startingAfter, 0);
    return frame({ type: "error", sequence_number, ...errorOf(failure) });
  }

  #endText(progress: Progress): string {
    const text = this.#text;
    if (text === null) return "";
    return (
      this.#event("response.output_text.done", { ...this.#part(), text, logprobs: [] }) +
      this.#event("response.content_part.done", { ...this.#part(), part: textPart(text) }) +
      this.#event("response.output_item.done", {
        output_index: 0,
        item: messageItem(this.#head.id, text, textStatusOf(progress, this.#calls)),
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
    const sequence_number = this.#sequence++;
    if (sequence_number <= this.#startingAfter) return "";
    return frame({ type, sequence_number, ...data });
  }
}

/** As the event has it, and once more under `error`: of clients before version 7, by that alone is a failure known. */
function errorOf(failure: Failure): object {
  const error = openAiError(failure);
  const { code, param, message } = error;
  return { code, param, message, error };
}

function frame(event: { type: string; sequence_number: number; [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
