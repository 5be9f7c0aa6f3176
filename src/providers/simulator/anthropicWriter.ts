/** Replies in the frames of the Anthropic Messages API. */
import type { Usage } from "../../pricing/usage";
import { sealOf, thoughtOutId } from "./thoughts";
import {
  assemble,
  simulatedId,
  sseFrame,
  type Ending,
  type Piece,
  type Prompt,
  type WireError,
  type Writer,
} from "./wire";

export class AnthropicWriter implements Writer {
  readonly #prompt: Prompt;
  readonly #id: string;
  readonly #callNumber: number;
  #blockIndex = -1;
  #openBlock: string | null = null;
  /** What was thought so far; null when nothing was. */
  #thought: string | null = null;

  constructor(prompt: Prompt, callNumber: number) {
    this.#prompt = prompt;
    this.#callNumber = callNumber;
    this.#id = simulatedId("msg_", callNumber);
  }

  open(input: Usage): string {
    // The output of one is the real API's placeholder, and a trap for whoever takes it for the truth.
    const usage = { ...usageBody(input), output_tokens: 1, output_tokens_details: null };
    return event("message_start", { message: this.#message([], { usage, stopReason: null }) });
  }

  piece(piece: Piece): string {
    const block = piece.kind === "tool" ? `tool ${piece.call}` : piece.kind;
    let frames = "";
    if (this.#openBlock !== block) {
      const isFirst = this.#blockIndex === -1;
      frames += this.#closeBlock();
      this.#blockIndex += 1;
      this.#openBlock = block;
      frames += event("content_block_start", {
        index: this.#blockIndex,
        content_block: this.#emptyBlock(piece),
      });
      if (isFirst) frames += event("ping", {});
    }
    if (piece.kind === "reasoning") {
      this.#thought = (this.#thought ?? "") + piece.text;
      if (!this.#prompt.showsReasoning) return frames;
    }
    return (
      frames + event("content_block_delta", { index: this.#blockIndex, delta: deltaOf(piece) })
    );
  }

  close({ stop, usage }: Ending): string {
    const { service_tier: _tier, inference_geo: _geo, speed: _speed, ...rest } = usageBody(usage);
    const { cache_creation: _split, ...totals } = rest;
    return (
      this.#closeBlock() +
      event("message_delta", {
        delta: { stop_reason: STOP_REASONS[stop], stop_sequence: null, container: null },
        usage: totals,
      }) +
      event("message_stop", {})
    );
  }

  errorFrame({ type, message }: WireError): string {
    return event("error", { error: { type, message } });
  }

  whole(pieces: readonly Piece[], { stop, usage }: Ending): unknown {
    const { reasoning, text, toolCalls } = assemble(pieces);
    if (reasoning !== "") this.#thought = reasoning;
    const content = [
      ...(reasoning === "" ? [] : [this.#thoughtBlock(reasoning)]),
      ...(text === "" ? [] : [{ type: "text", text, citations: null }]),
      ...toolCalls.map(({ name, argumentsJson }, call) => ({
        type: "tool_use",
        id: this.#toolUseId(call),
        name,
        input: JSON.parse(argumentsJson) as unknown,
      })),
    ];
    return this.#message(content, { usage: usageBody(usage), stopReason: STOP_REASONS[stop] });
  }

  #message(
    content: unknown[],
    { usage, stopReason }: { usage: unknown; stopReason: string | null },
  ): unknown {
    return {
      id: this.#id,
      type: "message",
      role: "assistant",
      model: this.#prompt.model,
      content,
      stop_reason: stopReason,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage,
    };
  }

  #emptyBlock(piece: Piece): unknown {
    switch (piece.kind) {
      case "text":
        return { type: "text", text: "", citations: null };
      case "reasoning":
        return this.#prompt.showsReasoning
          ? { type: "thinking", thinking: "", signature: "" }
          : this.#thoughtBlock("");
      case "tool":
        return { type: "tool_use", id: this.#toolUseId(piece.call), name: piece.name, input: {} };
    }
  }

  #thoughtBlock(thinking: string): object {
    const { model, showsReasoning } = this.#prompt;
    return showsReasoning
      ? { type: "thinking", thinking, signature: sealOf(model, thinking) }
      : { type: "redacted_thinking", data: sealOf(model, "") };
  }

  #closeBlock(): string {
    if (this.#openBlock === null) return "";
    const isThought = this.#openBlock === "reasoning" && this.#prompt.showsReasoning;
    this.#openBlock = null;
    const signature = sealOf(this.#prompt.model, this.#thought ?? "");
    const delta = { type: "signature_delta", signature };
    const sealed = isThought
      ? event("content_block_delta", { index: this.#blockIndex, delta })
      : "";
    return sealed + event("content_block_stop", { index: this.#blockIndex });
  }

  #toolUseId(call: number): string {
    const id = simulatedId("toolu_", this.#callNumber * 100 + call);
    return this.#thought === null ? id : thoughtOutId(id, this.#prompt.model);
  }
}

const STOP_REASONS = { end: "end_turn", length: "max_tokens", tool_calls: "tool_use" } as const;

function event(type: string, fields: Record<string, unknown>): string {
  return sseFrame(type, { type, ...fields });
}

function deltaOf(piece: Piece): unknown {
  switch (piece.kind) {
    case "text":
      return { type: "text_delta", text: piece.text };
    case "reasoning":
      return { type: "thinking_delta", thinking: piece.text };
    case "tool":
      return { type: "input_json_delta", partial_json: piece.text };
  }
}

function usageBody({ tokens, reasoningTokens }: Usage) {
  return {
    input_tokens: tokens.inputFresh,
    cache_creation_input_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
    cache_read_input_tokens: tokens.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: tokens.cacheWrite5m,
      ephemeral_1h_input_tokens: tokens.cacheWrite1h,
    },
    output_tokens: tokens.output,
    output_tokens_details: { thinking_tokens: reasoningTokens },
    server_tool_use: null,
    service_tier: "standard",
    inference_geo: "not_available",
    speed: "standard",
  };
}
