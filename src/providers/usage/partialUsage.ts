/** The best report that can be given of a call that did not end with a statement of its usage. */
import { tokensAbout } from "../../pricing/estimate";
import { usageOf, type UsageReport } from "../../pricing/usage";
import type { ProviderRequest } from "../provider";

/**
 * What the provider stated, and the rest counted from the text that was sent and delivered.
 *
 * A count that the provider stated is never replaced, least of all an explicit zero; only the output, which
 * at the start of a stream is a placeholder, grows with what was delivered.
 *
 * @param stated - What the provider said so far, or null when it said nothing.
 * @param delivered - All text, reasoning and tool arguments that arrived.
 */
export function partialUsage(
  stated: UsageReport | null,
  { request, delivered }: { request: ProviderRequest; delivered: string },
): UsageReport {
  const deliveredTokens = tokensAbout(delivered);
  if (stated === null) {
    return {
      usage: usageOf({ inputFresh: tokensAbout(sentText(request)), output: deliveredTokens }),
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

/** Everything of the request that the model reads. */
export function sentText(request: ProviderRequest): string {
  const messages = request.messages.flatMap(({ content }) =>
    content.map((part) => (part.kind === "tool_call" ? part.name + part.argumentsJson : part.text)),
  );
  const tools = (request.tools ?? []).map((tool) => JSON.stringify(tool));
  return [request.system ?? "", ...tools, ...messages].join("\n");
}
