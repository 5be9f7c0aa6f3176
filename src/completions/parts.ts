/** Parts of messages that several APIs have under other names. */
import type {
  ChatMessage,
  FilePart,
  ImagePart,
  ImageUrlPart,
  ToolCallPart,
  ToolSpec,
} from "../providers/provider";
import { BadRequest, type Fields, type Json } from "./fields";

/** Whether the message is the developer's, to be said before all others. */
export function isSystem({ json }: Fields): boolean {
  return json["role"] === "system" || json["role"] === "developer";
}

/** A text, or the texts of parts. */
export function textIn(fields: Fields, name: string): string {
  const value = fields.json[name];
  if (typeof value === "string") return value;
  return fields
    .objects(name)
    .map((part) => {
      if (part.has("refusal")) return part.text("refusal");
      return part.has("text") ? part.text("text") : part.refuse("type", "must be text");
    })
    .join("\n");
}

/** @param named - The object that names the tool and has its arguments. */
export function toolCall(named: Fields, id: string): ToolCallPart {
  return {
    kind: "tool_call",
    toolCallId: id,
    name: named.text("name"),
    argumentsJson: named.text("arguments"),
  };
}

const DATA_URL = /^data:([^;,]+);base64,([A-Za-z0-9+/=_-]*)$/;

const URL_CHARS_MAX = 8_192;

/** An image as a data URL, or where it is. We fetch nothing in a client's name: who knows what we can reach. */
export function imageOf(fields: Fields, name: string): ImagePart | ImageUrlPart {
  return fields.text(name).startsWith("data:")
    ? { kind: "image", ...mediaOf(fields, name) }
    : imageAt(fields, name);
}

/** An image's address, for the provider to fetch. */
export function imageAt(fields: Fields, name: string): ImageUrlPart {
  const url = fields.text(name);
  if (url.length > URL_CHARS_MAX || !isHttps(url)) {
    fields.refuse(
      name,
      'must be an https URL, or have the image itself ("data:image/png;base64,…")',
    );
  }
  return { kind: "image_url", url };
}

function isHttps(text: string): boolean {
  try {
    const { protocol, username, password } = new URL(text);
    return protocol === "https:" && username === "" && password === "";
  } catch {
    return false;
  }
}

export function fileOf(fields: Fields, name: string, fileName: string): FilePart {
  return { kind: "file", ...mediaOf(fields, name), name: fileName };
}

function mediaOf(fields: Fields, name: string): { contentType: string; base64: string } {
  const [, contentType, base64] = DATA_URL.exec(fields.text(name)) ?? [];
  if (contentType === undefined || base64 === undefined) {
    return fields.refuse(
      name,
      'must be a data URL ("data:image/png;base64,…"): nothing is fetched',
    );
  }
  return { contentType, base64 };
}

const NAME = /^[A-Za-z0-9_-]{1,128}$/;

export function toolSpec(
  fields: Fields,
  { schema, at = "name" }: { schema: Json | undefined; at?: string },
): ToolSpec {
  const name = fields.text(at);
  if (!NAME.test(name)) fields.refuse(at, "must be 1 to 128 letters, digits, _ or -");
  return {
    name,
    description: fields.textOr("description", ""),
    inputSchema: schema ?? { type: "object", properties: {} },
    ...(fields.flag("strict") && { strict: true }),
  };
}

/** Each tool once. */
export function checkedTools(tools: readonly ToolSpec[], param: string): readonly ToolSpec[] {
  const names = new Set<string>();
  for (const { name } of tools) {
    if (names.has(name)) throw new BadRequest(`${param} has "${name}" twice`, param);
    names.add(name);
  }
  return tools;
}

/**
 * The conversation, if a model can be given it: something is asked, and each tool call stands before its result, and has
 * one. Results of one reply stand together.
 *
 * @throws BadRequest
 */
export function checkedConversation(
  messages: readonly ChatMessage[],
  param: string,
): readonly ChatMessage[] {
  if (!messages.some(({ role }) => role !== "assistant")) {
    throw new BadRequest(`${param} must have a message of the user's`, param);
  }
  const together: ChatMessage[] = [];
  for (const message of messages) {
    const last = together.at(-1);
    if (message.role === "tool" && last?.role === "tool") {
      together[together.length - 1] = {
        role: "tool",
        content: [...last.content, ...message.content],
      };
    } else together.push(message);
  }
  for (const [at, message] of together.entries())
    checkCalls(message, { before: together[at - 1], after: together[at + 1], param });
  return together;
}

function checkCalls(
  message: ChatMessage,
  {
    before,
    after,
    param,
  }: { before: ChatMessage | undefined; after: ChatMessage | undefined; param: string },
): void {
  if (message.role === "tool") {
    const calls = idsOf(before);
    const stray = message.content.find(({ toolCallId }) => !calls.has(toolCallId));
    if (stray === undefined) return;
    throw new BadRequest(
      `${param}: the result for "${stray.toolCallId}" does not follow a message with that tool call`,
      param,
    );
  }
  const answered = new Set(
    after?.role === "tool" ? after.content.map(({ toolCallId }) => toolCallId) : [],
  );
  const open = [...idsOf(message)].find((id) => !answered.has(id));
  if (open === undefined) return;
  throw new BadRequest(`${param}: the tool call "${open}" must be followed by its result`, param);
}

function idsOf(message: ChatMessage | undefined): Set<string> {
  if (message?.role !== "assistant") return new Set();
  return new Set(
    message.content.flatMap((part) => (part.kind === "tool_call" ? [part.toolCallId] : [])),
  );
}
