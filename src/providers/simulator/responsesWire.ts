/** OpenAI's Responses API. */
import { z } from "zod";
import type { Usage } from "../../pricing/usage";
import { servedTier } from "./chatWire";
import { checked } from "./checked";
import { openAiErrorBody, openAiErrorOf } from "./openaiErrors";
import { sealOf } from "./thoughts";
import {
  assemble,
  dataUrlText,
  RefusedRequest,
  simulatedId,
  splitModel,
  sseFrame,
  type Ending,
  type Piece,
  type Prompt,
  type Reply,
  type Turn,
  type Wire,
  type WireError,
  type Writer,
} from "./wire";

const Part = z.looseObject({
  text: z.string().optional(),
  image_url: z.string().optional(),
  file_data: z.string().optional(),
});
const Content = z.union([z.string(), z.array(Part)]);
const Item = z.looseObject({
  id: z.string().optional(),
  encrypted_content: z.string().nullish(),
  type: z.string().optional(),
  role: z.string().optional(),
  content: Content.optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: Content.optional(),
});
const Request = z.looseObject({
  model: z.string(),
  input: z.union([z.string(), z.array(Item).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  tools: z.array(z.unknown()).optional(),
  include: z.array(z.string()).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish() }).nullish(),
  service_tier: z.string().nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});

/** What the API allows when the request says nothing. */
const MAX_OUTPUT_TOKENS = 4_096;

export const responsesWire: Wire = {
  api: "openai_responses",
  requestIdHeader: "x-request-id",
  read: (body) => toPrompt(checked(Request, body)),
  writer: (prompt, callNumber) => new ResponsesWriter(prompt, callNumber),
  errorBody: openAiErrorBody,
};

/** Thoughts are given away, sealed, to whoever asks for them. */
type ResponsesPrompt = Prompt & { sealsReasoning: boolean };

function toPrompt(request: z.infer<typeof Request>): ResponsesPrompt {
  const { model, faultText } = splitModel(request.model);
  const items =
    typeof request.input === "string" ? [{ role: "user", content: request.input }] : request.input;
  const thoughts = items.filter(({ type }) => type === "reasoning");
  for (const { id = "", encrypted_content: sealed } of thoughts) {
    if (sealed === sealOf(model, id)) continue;
    const what = `The encrypted content for item ${id} could not be verified.`;
    throw new RefusedRequest(what, { code: "invalid_encrypted_content" });
  }
  const turns = items.filter(({ type }) => type !== "reasoning").map(toTurn);
  const instructions = request.instructions ?? "";
  return {
    model,
    isStream: request.stream ?? false,
    maxOutputTokens: request.max_output_tokens ?? MAX_OUTPUT_TOKENS,
    system: instructions,
    turns,
    segments: [
      ...(request.tools ?? []).map((tool) => JSON.stringify(tool)),
      ...(instructions === "" ? [] : [instructions]),
      ...items.map((item) => item.encrypted_content ?? toTurn(item).text),
    ].map((text) => ({ text, keepFor: null })),
    showsReasoning: false,
    thoughts: thoughts.length,
    sealsReasoning: request.include?.includes("reasoning.encrypted_content") ?? false,
    reasons: (request.reasoning?.effort ?? "none") !== "none",
    wantsUsage: true,
    serviceTier: request.service_tier ?? null,
    faultText: faultText ?? request.metadata?.["simulate"] ?? null,
  };
}

function toTurn(item: z.infer<typeof Item>): Turn {
  if (item.type === "function_call_output") return { role: "tool", text: textOf(item.output) };
  if (item.type === "function_call") {
    return { role: "assistant", text: `${item.name ?? ""}${item.arguments ?? ""}` };
  }
  return { role: item.role === "assistant" ? "assistant" : "user", text: textOf(item.content) };
}

function textOf(content: z.infer<typeof Content> | undefined): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .map(({ text, image_url: image, file_data: file }) => text ?? dataUrlText(image ?? file ?? ""))
    .join("\n");
}

/** An item of the output while it is being written. */
type OpenItem = { index: number; key: string; piece: Piece; text: string };

class ResponsesWriter implements Writer {
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
