/** How many tokens messages have: counted once, when they are written, and kept with them. */
import { countTokens } from "../../src/context/tokens";
import type { Doc } from "../_generated/dataModel";
import { mentionOf } from "./attachments";

/** Sealed thoughts are base64 of about four bytes a token, and what seals them. */
const SEALED_CHARS_PER_TOKEN = 4;

/** Of all that a model reads of it. Write it wherever one of these fields is written. */
export function tokenCountOf({
  content,
  attachments = [],
  toolCalls = [],
  thoughts,
}: Pick<Doc<"messages">, "content" | "attachments" | "toolCalls" | "thoughts">): number {
  const calls = toolCalls.flatMap(({ name, argumentsJson, result }) => [
    name,
    argumentsJson,
    result?.text ?? "",
  ]);
  const sealedChars = (thoughts?.parts ?? []).reduce((sum, { block }) => sum + block.length, 0);
  return [content + mentionOf(attachments), ...calls].reduce(
    (sum, text) => sum + countTokens(text),
    Math.ceil(sealedChars / SEALED_CHARS_PER_TOKEN),
  );
}
