/** Which thoughts of earlier replies go back to a model: its own, to it alone. */
import type { ChatMessage, ProviderName, ProviderRequest, ReasoningPart } from "./provider";

/** The request without the thoughts of other models. A message of nothing else is left out with them. */
export function withOwnThoughts(request: ProviderRequest, provider: ProviderName): ProviderRequest {
  const { model } = request;
  const isForeign = (part: ReasoningPart): boolean =>
    part.provider !== provider || part.model !== model;
  const messages = request.messages.flatMap((message): ChatMessage[] => {
    if (message.role !== "assistant") return [message];
    const content = message.content.filter(
      (part) => part.kind !== "reasoning_part" || !isForeign(part),
    );
    return content.length === 0 && message.content.length > 0 ? [] : [{ ...message, content }];
  });
  return { ...request, messages };
}

/** The replies with which the model has called tools since the user last said something. */
export function repliesOfTurn(
  messages: readonly ChatMessage[],
): Extract<ChatMessage, { role: "assistant" }>[] {
  const asked = messages.findLastIndex(({ role }) => role === "user");
  return messages
    .slice(asked + 1)
    .flatMap((message) => (message.role === "assistant" ? [message] : []));
}
