/** The best report that can be given of a call that did not end with a statement of its usage. */
import { tokensAbout, tokensInBytes } from "../../pricing/estimate";
import { usageOf, type UsageReport } from "../../pricing/usage";
import { isMedia } from "../media";
import { mediaTokensAbout } from "../mediaTokens";
import type { ChatMessage, ProviderRequest } from "../provider";

/**
 * What the provider stated, and the rest counted from the text that was sent and delivered.
 *
 * A count that the provider stated is never replaced, least of all an explicit zero; only the output, which
 * at the start of a stream is a placeholder, grows with what was delivered.
 *
 * @param stated - What the provider said so far, or null when it said nothing.
 * @param deliveredBytes - Of all text, reasoning and tool arguments that arrived.
 */
export function partialUsage(
  stated: UsageReport | null,
  { request, deliveredBytes }: { request: ProviderRequest; deliveredBytes: number },
): UsageReport {
  const deliveredTokens = tokensInBytes(deliveredBytes);
  if (stated === null) {
    return {
      usage: usageOf({ inputFresh: tokensSent(request), output: deliveredTokens }),
      source: "estimated",
      reconciliation: "unknown",
      notes: ["the provider stated no usage: counted from the text that was sent and delivered"],
      raw: null,
    };
  }
  const output = Math.max(stated.usage.tokens.output, deliveredTokens);
  return {
    ...stated,
    usage: { ...stated.usage, tokens: { ...stated.usage.tokens, output } },
    source: "estimated_partial",
    reconciliation: "unknown",
    notes: [...stated.notes, "the reply was not finished: its output is counted from what arrived"],
  };
}

/** About how many tokens the model reads. */
function tokensSent({ model, system, tools = [], messages }: ProviderRequest): number {
  const parts = messages.flatMap(({ content }): readonly Part[] => content);
  const texts = [system ?? "", ...tools.map((tool) => JSON.stringify(tool)), ...parts.map(textOf)];
  const media = parts.filter(isMedia);
  const ofMedia = media.reduce((sum, part) => sum + mediaTokensAbout(part, model), 0);
  return tokensAbout(texts.join("\n")) + ofMedia;
}

type Part = ChatMessage["content"][number];

function textOf(part: Part): string {
  switch (part.kind) {
    case "text":
    case "tool_result":
      return part.text;
    case "tool_call":
      return part.name + part.argumentsJson;
    case "reasoning_part":
      return part.block;
    case "image":
    case "image_url":
    case "file":
      return "";
  }
}
