/** Anthropic's Messages: what stands in a message, as a model is given it. */
import type {
  AssistantPart,
  ChatMessage,
  TextPart,
  ToolResultPart,
  UserPart,
} from "../providers/provider";
import { Fields } from "./fields";
import { fileIn, imageAt, imageIn } from "./media";
import { textIn } from "./parts";

/** Begins what Google's models want back with a call, where it stands as the signature of a thought before that. */
export const CALL_SIGNATURE_PREFIX = "google:";

/** Results of tools come in a message of the user's, and stand before whatever else it says. */
export function toMessages(message: Fields): ChatMessage[] {
  const role = message.oneOf("role", ["user", "assistant"]);
  const blocks = blocksOf(message);
  if (role === "assistant") {
    const content = toReply(blocks);
    return content.length === 0 && blocks.length > 0 ? [] : [{ role, content }];
  }
  const results = blocks.filter(isResult).map(toResult);
  const parts = blocks.filter((block) => !isResult(block)).map(toUserPart);
  if (blocks.length === 0) message.refuse("content", "must not be empty");
  return [
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ...(parts.length > 0 ? [{ role: "user" as const, content: parts }] : []),
  ];
}

function blocksOf(message: Fields): Fields[] {
  const { content } = message.json;
  if (typeof content !== "string") return message.objects("content");
  return [new Fields({ type: "text", text: content }, message.pathOf("content"))];
}

function isResult(block: Fields): boolean {
  return block.json["type"] === "tool_result";
}

function toResult(block: Fields): ToolResultPart {
  return {
    kind: "tool_result",
    toolCallId: block.text("tool_use_id"),
    text: block.has("content") ? textIn(block, "content") : "",
    isError: block.flag("is_error"),
  };
}

function toUserPart(block: Fields): UserPart {
  switch (block.text("type")) {
    case "text":
      return textPart(block);
    case "image":
      return pictureOf(block.object("source"));
    case "document":
      return documentOf(block);
    default:
      return block.refuse("type", "must be text, image, document or tool_result");
  }
}

function pictureOf(source: Fields): UserPart {
  if (source.json["type"] === "url") return imageAt(source, "url");
  return imageIn(source, "data", dataIn(source));
}

function documentOf(block: Fields): UserPart {
  const source = block.object("source");
  const fileName = block.textOr("title", "document");
  if (source.json["type"] === "text") {
    return { kind: "text", text: `[${fileName}]\n${source.text("data")}` };
  }
  return fileIn(source, "data", { base64: dataIn(source), fileName });
}

function dataIn(source: Fields): string {
  if (source.json["type"] !== "base64") {
    return source.refuse("type", "must be base64: nothing is fetched");
  }
  return source.text("data");
}

function toReply(blocks: readonly Fields[]): AssistantPart[] {
  return blocks.flatMap((block, at) => {
    // What no model has signed, none takes back: such is what models of other providers thought.
    const isUnsigned = block.json["type"] === "thinking" && block.json["signature"] === "";
    if (isUnsigned || signatureIn(block) !== undefined) return [];
    const part = toReplyPart(block);
    const signature = signatureIn(blocks[at - 1]);
    if (part.kind !== "tool_call" || signature === undefined) return [part];
    return [{ ...part, signature }];
  });
}

/** Of the call that follows, if that is what the block is there for. */
function signatureIn(block: Fields | undefined): string | undefined {
  const { type, signature } = block?.json ?? {};
  if (type !== "thinking" || typeof signature !== "string") return undefined;
  if (!signature.startsWith(CALL_SIGNATURE_PREFIX)) return undefined;
  return signature.slice(CALL_SIGNATURE_PREFIX.length);
}

function toReplyPart(block: Fields): AssistantPart {
  switch (block.text("type")) {
    case "text":
      return textPart(block);
    case "tool_use":
      return {
        kind: "tool_call",
        toolCallId: block.text("id"),
        name: block.text("name"),
        argumentsJson: JSON.stringify(block.object("input").json),
      };
    case "thinking":
    case "redacted_thinking":
      // The model that is called has to have thought it: which one that is, is known when it is called.
      return {
        kind: "reasoning_part",
        provider: "anthropic",
        model: "",
        block: JSON.stringify(block.json),
      };
    default:
      return block.refuse("type", "must be text, thinking, redacted_thinking or tool_use");
  }
}

function textPart(block: Fields): TextPart {
  return { kind: "text", text: block.text("text") };
}
