/** What a client brings for a call, whatever API it speaks: its conversation, its tools and its settings. */
import { tokensInBytes, utf8Bytes } from "../pricing/estimate";
import { isMedia } from "../providers/media";
import { mediaTokensAbout, shownIn, type Shown } from "../providers/mediaTokens";
import type { CallSettings, ChatMessage, ToolSpec } from "../providers/provider";

export type Given = Readonly<{
  /** The client's own system prompts, which follow the agent's. */
  system: string | null;
  /** Those that are part of the conversation: who goes on from it has them, too. */
  rules?: string;
  messages: readonly ChatMessage[];
  tools: readonly ToolSpec[];
  settings: CallSettings;
}>;

/** All that the client tells the model beside the conversation itself. */
export function systemOf({ system, rules }: Given): string | null {
  const told = [system, rules].filter((text) => text !== null && text !== undefined);
  return told.length === 0 ? null : told.join("\n\n");
}

/** As an estimate counts it, and the most that its text can come to, for a token is at least a byte, and what is shown. */
export function sizesOf(given: Given): {
  chars: number;
  tokens: number;
  tokensMax: number;
  shown: Shown;
} {
  const { messages, tools, settings } = given;
  const system = systemOf(given);
  const { output } = settings;
  const told = { system, tools, output, messages: messages.map(withoutMedia) };
  const json = JSON.stringify(told);
  const bytes = utf8Bytes(json);
  // Which model is called is not known yet.
  const mediaTokens = mediaTokensIn(messages, "");
  return {
    chars: json.length + mediaTokens * 4,
    tokens: tokensInBytes(bytes) + mediaTokens,
    tokensMax: bytes,
    shown: shownIn(messages),
  };
}

/** All that a model reads of it, and what it makes of its pictures and files. */
export function textsOf(given: Given, model: string): { texts: string[]; mediaTokens: number } {
  const { messages, tools, settings } = given;
  const system = systemOf(given);
  const said = messages.flatMap(({ content }) => [...content].map(readIn));
  const { output } = settings;
  const told = [...tools, ...(output === undefined ? [] : [output])].map((one) =>
    JSON.stringify(one),
  );
  return {
    texts: [...(system === null ? [] : [system]), ...told, ...said],
    mediaTokens: mediaTokensIn(messages, model),
  };
}

function mediaTokensIn(messages: readonly ChatMessage[], model: string): number {
  const media = messages.flatMap(({ content }) => [...content].filter(isMedia));
  return media.reduce((sum, part) => sum + mediaTokensAbout(part, model), 0);
}

function readIn(part: ChatMessage["content"][number]): string {
  if ("text" in part) return part.text;
  if (part.kind === "tool_call") return `${part.name}${part.argumentsJson}`;
  if (part.kind === "image_url") return part.url;
  if (part.kind === "file") return part.name;
  return part.kind === "reasoning_part" ? part.block : "";
}

/** A file's name is read like any text, and so is an image's URL. */
function withoutMedia({ role, content }: ChatMessage) {
  return {
    role,
    content: [...content].map((part) => ("base64" in part ? { ...part, base64: "" } : part)),
  };
}

/** What the client says last, for people who look at the session: its text, or what its tools said. */
export function lastSaid({ messages }: Given): string {
  const last = messages.findLast(({ role }) => role !== "assistant");
  const texts = (last?.content ?? []).flatMap((part) => ("text" in part ? [part.text] : []));
  const text = texts.join("\n").trim();
  const shown = last?.role === "tool" ? `[Results of tools]\n${text}` : text;
  return shown === "" ? "[No text]" : shown;
}
