/** The Anthropic Messages API, in both versions that current and older SDKs send. */
import { z } from "zod";
import type { Usage } from "../../pricing/usage";
import {
  assemble,
  RefusedRequest,
  simulatedId,
  splitModel,
  sseFrame,
  type Ending,
  type Piece,
  type Prompt,
  type Segment,
  type Wire,
  type WireError,
  type Writer,
} from "./wire";
import { checked } from "./checked";

const VERSIONS = ["2023-06-01", "2026-10-21"];
/** Since this version sampling parameters are refused, even at their defaults. */
const VERSION_WITHOUT_SAMPLING = "2026-10-21";

const CacheControl = z.looseObject({
  type: z.literal("ephemeral"),
  ttl: z.enum(["5m", "1h"]).optional(),
});
const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.unknown().optional(),
  input: z.unknown().optional(),
  name: z.string().optional(),
  id: z.string().optional(),
  tool_use_id: z.string().optional(),
  cache_control: CacheControl.nullish(),
});
const Content = z.union([z.string(), z.array(Block)]);
const Request = z.looseObject({
  model: z.string(),
  max_tokens: z.int().min(1),
  messages: z
    .array(z.looseObject({ role: z.enum(["user", "assistant", "system"]), content: Content }))
    .min(1),
  system: Content.optional(),
  stream: z.boolean().optional(),
  tools: z
    .array(z.looseObject({ name: z.string(), cache_control: CacheControl.nullish() }))
    .optional(),
  thinking: z.looseObject({ type: z.string() }).nullish(),
  cache_control: CacheControl.nullish(),
  metadata: z.looseObject({ user_id: z.string().nullish() }).nullish(),
});
type BlockShape = z.infer<typeof Block>;

export const anthropicWire: Wire = {
  api: "anthropic_messages",
  requestIdHeader: "request-id",

  read(body, headers) {
    const version = headers["anthropic-version"];
    if (version === undefined || !VERSIONS.includes(version)) {
      throw new RefusedRequest(`anthropic-version: "${version ?? ""}" is not a valid version`);
    }
    const request = checked(Request, body);
    for (const name of ["temperature", "top_p", "top_k"]) {
      if (version === VERSION_WITHOUT_SAMPLING && name in request) {
        throw new RefusedRequest(`${name}: Extra inputs are not permitted`);
      }
    }
    requireResults(request);
    return toPrompt(request);
  },

  writer: (prompt, callNumber) => new AnthropicWriter(prompt, callNumber),

  errorBody: ({ type, message, code }, requestId) => ({
    type: "error",
    error: { type, message, ...(code === null ? {} : { details: { error_code: code } }) },
    request_id: requestId,
  }),
};

/** Each call of a tool has its result in the message that follows. */
function requireResults({ messages }: z.infer<typeof Request>): void {
  for (const [index, { content }] of messages.entries()) {
    const results = blocksOf(messages[index + 1]?.content ?? []).map(({ tool_use_id: id }) => id);
    const open = blocksOf(content).filter(
      ({ type, id }) => type === "tool_use" && !results.includes(id),
    );
    if (open.length === 0) continue;
    const ids = open.map(({ id }) => id).join(", ");
    throw new RefusedRequest(
      `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks: ${ids}`,
    );
  }
}

function toPrompt(request: z.infer<typeof Request>): Prompt {
  const tools = (request.tools ?? []).map((tool) => toSegment(JSON.stringify(tool), tool));
  const system = blocksOf(request.system ?? []);
  const messages = request.messages.flatMap(({ content }) => blocksOf(content));
  const segments = [
    ...tools,
    ...[...system, ...messages].map((block) => toSegment(textOf(block), block)),
  ];
  const last = segments.at(-1);
  // At the top level of the request it marks the end of the prompt.
  if (request.cache_control && last !== undefined) {
    segments[segments.length - 1] = { ...last, keepFor: request.cache_control.ttl ?? "5m" };
  }
  const { model, faultText } = splitModel(request.model);
  const userId = request.metadata?.user_id ?? "";
  return {
    model,
    isStream: request.stream ?? false,
    maxOutputTokens: request.max_tokens,
    system: system.map(textOf).join("\n"),
    turns: request.messages.map(({ role, content }) => {
      const blocks = blocksOf(content);
      const isToolResult = blocks.some(({ type }) => type === "tool_result");
      const text = blocks.map(textOf).join("\n");
      return { role: isToolResult ? "tool" : role === "assistant" ? "assistant" : "user", text };
    }),
    segments,
    reasons: request.thinking?.type === "adaptive" || request.thinking?.type === "enabled",
    wantsUsage: true,
    serviceTier: null,
    faultText:
      faultText ?? (userId.startsWith("simulate:") ? userId.slice("simulate:".length) : null),
  };
}

function blocksOf(content: z.infer<typeof Content>): BlockShape[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function textOf({ text, content, name, input }: BlockShape): string {
  if (text !== undefined) return text;
  if (typeof content === "string") return content;
  return [name ?? "", JSON.stringify(content ?? input ?? "")].join("");
}

function toSegment(
  text: string,
  { cache_control: mark }: Pick<BlockShape, "cache_control">,
): Segment {
  return { text, keepFor: mark ? (mark.ttl ?? "5m") : null };
}

class AnthropicWriter implements Writer {
  readonly #prompt: Prompt;
  readonly #id: string;
  readonly #callNumber: number;
  #blockIndex = -1;
  #openBlock: string | null = null;

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
    const content = [
      ...(reasoning === "" ? [] : [{ type: "thinking", thinking: reasoning, signature: "sim" }]),
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
        return { type: "thinking", thinking: "", signature: "" };
      case "tool":
        return { type: "tool_use", id: this.#toolUseId(piece.call), name: piece.name, input: {} };
    }
  }

  #closeBlock(): string {
    if (this.#openBlock === null) return "";
    this.#openBlock = null;
    return event("content_block_stop", { index: this.#blockIndex });
  }

  #toolUseId(call: number): string {
    return simulatedId("toolu_", this.#callNumber * 100 + call);
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
