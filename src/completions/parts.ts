/** Parts of messages that several APIs have under other names. */
import type { ChatMessage, ToolCallPart, ToolSpec } from "../providers/provider";
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
