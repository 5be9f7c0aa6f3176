/** The Anthropic Messages API, in both versions that current and older SDKs send. */
import { z } from "zod";
import { AnthropicWriter } from "./anthropicWriter";
import { checked } from "./checked";
import { isThoughtOut, sealOf } from "./thoughts";
import {
  mediaText,
  RefusedRequest,
  splitModel,
  type Prompt,
  type Segment,
  type Wire,
} from "./wire";

const VERSIONS = ["2023-06-01", "2026-10-21"];
/** Since this version sampling parameters are refused, even at their defaults. */
const VERSION_WITHOUT_SAMPLING = "2026-10-21";

const CacheControl = z.looseObject({
  type: z.literal("ephemeral"),
  ttl: z.enum(["5m", "1h"]).optional(),
});
/** The kinds of media that the API takes, each in the block that it takes it in. */
const MEDIA = {
  image: ["image/png", "image/jpeg", "image/webp", "image/gif"],
  document: ["application/pdf", "text/plain"],
} as const;
const Source = z.discriminatedUnion("type", [
  z.looseObject({ type: z.enum(["base64", "text"]), media_type: z.string(), data: z.string() }),
  z.looseObject({ type: z.literal("url"), url: z.string() }),
]);
const Block = z.looseObject({
  type: z.string(),
  text: z.string().optional(),
  content: z.unknown().optional(),
  input: z.unknown().optional(),
  name: z.string().optional(),
  id: z.string().optional(),
  tool_use_id: z.string().optional(),
  source: Source.optional(),
  thinking: z.string().optional(),
  signature: z.string().optional(),
  data: z.string().optional(),
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
    requireThoughts(request);
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

/** Thoughts come back as they were sealed; with thinking, no call of the turn comes back without its own. */
function requireThoughts({ model: asked, messages, thinking }: z.infer<typeof Request>): void {
  const { model } = splitModel(asked);
  for (const [index, block] of messages.flatMap(({ content }) => blocksOf(content)).entries()) {
    if (isThought(block) && sealIn(block) !== sealOf(model, block.thinking ?? "")) {
      throw new RefusedRequest(`block ${index}: Invalid \`signature\` in \`${block.type}\` block`);
    }
  }
  if (thinking?.type !== "enabled" && thinking?.type !== "adaptive") return;
  const asks = messages.findLastIndex(
    ({ role, content }) => role === "user" && !blocksOf(content).some(isResult),
  );
  for (const { role, content } of messages.slice(asks + 1)) {
    const blocks = blocksOf(content);
    const wantsThought = blocks.some(
      ({ type, id = "" }) =>
        type === "tool_use" && (thinking.type === "enabled" || isThoughtOut(id, model)),
    );
    if (role === "assistant" && wantsThought && !blocks.some(isThought)) {
      throw new RefusedRequest(
        `Expected \`thinking\` or \`redacted_thinking\`, but found \`${blocks[0]?.type}\`. When thinking is ` +
          "enabled, a final assistant message must start with a thinking block",
      );
    }
  }
}

function isThought({ type }: BlockShape): boolean {
  return type === "thinking" || type === "redacted_thinking";
}

function isResult({ type }: BlockShape): boolean {
  return type === "tool_result";
}

function sealIn({ type, signature, data }: BlockShape): string | undefined {
  return type === "thinking" ? signature : data;
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
      const text = blocks
        .filter((block) => !isThought(block))
        .map(textOf)
        .join("\n");
      return {
        role: blocks.some(isResult) ? "tool" : role === "assistant" ? "assistant" : "user",
        text,
      };
    }),
    segments,
    reasons: request.thinking?.type === "adaptive" || request.thinking?.type === "enabled",
    showsReasoning: true,
    thoughts: messages.filter(isThought).length,
    wantsUsage: true,
    serviceTier: null,
    faultText:
      faultText ?? (userId.startsWith("simulate:") ? userId.slice("simulate:".length) : null),
  };
}

function blocksOf(content: z.infer<typeof Content>): BlockShape[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function textOf(block: BlockShape): string {
  const { type, text, content, name, input, source } = block;
  if (text !== undefined) return text;
  if (isThought(block)) return (block.thinking ?? "") + (sealIn(block) ?? "");
  if (source !== undefined && (type === "image" || type === "document")) {
    if (source.type === "url") return source.url;
    if (!(MEDIA[type] as readonly string[]).includes(source.media_type)) {
      throw new RefusedRequest(`source.media_type: ${source.media_type} is no type of ${type}`);
    }
    return mediaText(source.media_type, source.data);
  }
  if (typeof content === "string") return content;
  return [name ?? "", JSON.stringify(content ?? input ?? "")].join("");
}

function toSegment(
  text: string,
  { cache_control: mark }: Pick<BlockShape, "cache_control">,
): Segment {
  return { text, keepFor: mark ? (mark.ttl ?? "5m") : null };
}
