/** Replies in the frames of OpenAI's Responses API. */
import type { Usage } from "../../pricing/usage";
import { servedTier } from "./chatWire";
import { openAiErrorOf } from "./openaiErrors";
import { sealOf } from "./thoughts";
import {
  assemble,
  simulatedId,
  sseFrame,
  type Ending,
  type Piece,
  type Prompt,
  type Reply,
  type WireError,
  type Writer,
} from "./wire";

/** An item of the output while it is being written. */
type OpenItem = { index: number; key: string; piece: Piece; text: string };

export class ResponsesWriter implements Writer {
  readonly #prompt: Prompt;
  readonly #callNumber: number;
  readonly #seals: boolean;
  readonly #createdAtS = Math.floor(Date.now() / 1_000);
  readonly #done: unknown[] = [];
  #item: OpenItem | null = null;
  #sequence = 0;

  constructor(prompt: Prompt & { sealsReasoning?: boolean }, callNumber: number) {
    this.#prompt = prompt;
    this.#seals = prompt.sealsReasoning ?? false;
    this.#callNumber = callNumber;
  }

  open(): string {
    const response = this.#response("in_progress", null);
    return (
      this.#event("response.created", { response }) +
      this.#event("response.in_progress", { response })
    );
  }

  piece(piece: Piece): string {
    const key = piece.kind === "tool" ? `tool ${piece.call}` : piece.kind;
    let frames = "";
    if (this.#item?.key !== key) {
      frames += this.#closeItem();
      this.#item = { index: this.#done.length, key, piece, text: "" };
      frames += this.#openItem(this.#item);
    }
    this.#item.text += piece.text;
    const at = { output_index: this.#item.index, item_id: this.#itemId(this.#item.index) };
    if (piece.kind === "text") {
      const delta = { ...at, content_index: 0, delta: piece.text, logprobs: [] };
      frames += this.#event("response.output_text.delta", delta);
    } else if (piece.kind === "tool") {
      frames += this.#event("response.function_call_arguments.delta", { ...at, delta: piece.text });
    }
    if (piece.kind === "reasoning" && this.#prompt.showsReasoning) {
      const delta = { ...this.#summaryAt(this.#item.index), delta: piece.text };
      frames += this.#event("response.reasoning_summary_text.delta", delta);
    }
    return frames;
  }

  close({ stop, usage }: Ending): string {
    const frames = this.#closeItem();
    const isCut = stop === "length";
    const response = this.#response(isCut ? "incomplete" : "completed", usage);
    return frames + this.#event(isCut ? "response.incomplete" : "response.completed", { response });
  }

  errorFrame(error: WireError): string {
    const { code, message, param } = openAiErrorOf(error);
    return this.#event("error", { code: code ?? "server_error", message, param });
  }

  whole(pieces: readonly Piece[], { stop, usage }: Ending): unknown {
    this.#done.push(...this.#itemsOf(assemble(pieces)));
    return this.#response(stop === "length" ? "incomplete" : "completed", usage);
  }

  #openItem({ index, piece }: OpenItem): string {
    const item = this.#itemBody({ index, piece, text: "" }, "in_progress");
    const added = this.#event("response.output_item.added", { output_index: index, item });
    if (piece.kind === "reasoning" && this.#prompt.showsReasoning) {
      const part = { type: "summary_text", text: "" };
      const at = this.#summaryAt(index);
      return added + this.#event("response.reasoning_summary_part.added", { ...at, part });
    }
    if (piece.kind !== "text") return added;
    const part = { type: "output_text", text: "", annotations: [], logprobs: [] };
    return added + this.#event("response.content_part.added", { ...this.#partAt(index), part });
  }

  #closeItem(): string {
    if (this.#item === null) return "";
    const { index, piece, text } = this.#item;
    const item = this.#itemBody(this.#item, "completed");
    this.#done.push(item);
    this.#item = null;

    let frames = "";
    if (piece.kind === "text") {
      const at = this.#partAt(index);
      const part = { type: "output_text", text, annotations: [], logprobs: [] };
      frames += this.#event("response.output_text.done", { ...at, text, logprobs: [] });
      frames += this.#event("response.content_part.done", { ...at, part });
    } else if (piece.kind === "reasoning" && this.#prompt.showsReasoning) {
      const at = this.#summaryAt(index);
      const part = { type: "summary_text", text };
      frames += this.#event("response.reasoning_summary_text.done", { ...at, text });
      frames += this.#event("response.reasoning_summary_part.done", { ...at, part });
    } else if (piece.kind === "tool") {
      const at = { output_index: index, item_id: this.#itemId(index), name: piece.name };
      frames += this.#event("response.function_call_arguments.done", { ...at, arguments: text });
    }
    return frames + this.#event("response.output_item.done", { output_index: index, item });
  }

  #itemsOf({ reasoning, text, toolCalls }: Reply): unknown[] {
    const pieces: { piece: Piece; text: string }[] = [];
    if (reasoning !== "") {
      pieces.push({ piece: { kind: "reasoning", text: reasoning }, text: reasoning });
    }
    if (text !== "") pieces.push({ piece: { kind: "text", text }, text });
    for (const [call, { name, argumentsJson }] of toolCalls.entries()) {
      const piece: Piece = { kind: "tool", call, name, text: argumentsJson };
      pieces.push({ piece, text: argumentsJson });
    }
    return pieces.map((item, index) => this.#itemBody({ ...item, index }, "completed"));
  }

  #itemBody({ index, piece, text }: Omit<OpenItem, "key">, status: string): unknown {
    const id = this.#itemId(index);
    const { model, showsReasoning: shows } = this.#prompt;
    switch (piece.kind) {
      case "reasoning":
        return {
          id,
          type: "reasoning",
          summary: text !== "" && shows ? [{ type: "summary_text", text }] : [],
          ...(this.#seals && status === "completed" && { encrypted_content: sealOf(model, id) }),
        };
      case "text": {
        const part = { type: "output_text", text, annotations: [], logprobs: [] };
        const content = status === "completed" ? [part] : [];
        return { id, type: "message", status, role: "assistant", content };
      }
      case "tool": {
        const callId = simulatedId("call_", this.#callNumber * 100 + piece.call);
        const { name } = piece;
        return { id, type: "function_call", status, call_id: callId, name, arguments: text };
      }
    }
  }

  #response(status: "in_progress" | "completed" | "incomplete", usage: Usage | null) {
    return {
      id: simulatedId("resp_", this.#callNumber),
      object: "response",
      created_at: this.#createdAtS,
      status,
      background: false,
      error: null,
      incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
      instructions: this.#prompt.system === "" ? null : this.#prompt.system,
      max_output_tokens: this.#prompt.maxOutputTokens,
      metadata: {},
      model: this.#prompt.model,
      output: [...this.#done],
      parallel_tool_calls: true,
      previous_response_id: null,
      // While it runs, the real API repeats what was asked for; only the end says what was served.
      service_tier: status === "in_progress" ? "auto" : servedTier(this.#prompt),
      store: false,
      temperature: 1,
      tool_choice: "auto",
      tools: [],
      top_p: 1,
      truncation: "disabled",
      usage: usage === null ? null : usageBody(usage),
    };
  }

  #event(type: string, fields: Record<string, unknown>): string {
    const sequence = this.#sequence;
    this.#sequence += 1;
    return sseFrame(type, { type, sequence_number: sequence, ...fields });
  }

  #partAt(index: number) {
    return { item_id: this.#itemId(index), output_index: index, content_index: 0 };
  }

  #summaryAt(index: number) {
    return { item_id: this.#itemId(index), output_index: index, summary_index: 0 };
  }

  #itemId(index: number): string {
    return simulatedId("item_", this.#callNumber * 100 + index);
  }
}

function usageBody({ tokens, reasoningTokens }: Usage) {
  const input = tokens.inputFresh + tokens.cacheRead + tokens.cacheWrite30m;
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: tokens.cacheRead,
      cache_write_tokens: tokens.cacheWrite30m,
    },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: input + tokens.output,
  };
}
