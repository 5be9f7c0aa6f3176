/** OpenAI's Responses: what stands in an answer. */
import { costFields, type Call, type Ending } from "./dialect";
import type { Failure } from "./failures";
import type { Json } from "./fields";

export const RESPONSE_ID_PREFIX = "resp_";

type ItemStatus = "in_progress" | "completed" | "incomplete";

/** As far as a response has come. */
export type Progress =
  | Readonly<{ status: "queued" | "in_progress" | "cancelled" }>
  | Readonly<{ status: "ended"; ending: Ending }>
  | Readonly<{ status: "failed"; failure: Failure }>;

/** What of an answer has come: its text, and calls of the client's tools. */
type Said = Readonly<{ text: string; calls: readonly Call[] }>;

/** What a response is about, from its request or from what was kept of it. */
export type ResponseHead = Readonly<{
  id: string;
  model: string;
  createdAtMs: number;
  echo: Json;
  isBackground: boolean;
}>;

/** @param said - Null: nothing has been said. */
export function responseBody(
  { id, model, createdAtMs, echo, isBackground }: ResponseHead,
  { said, progress }: { said: Said | null; progress: Progress },
): object {
  return {
    id: RESPONSE_ID_PREFIX + id,
    object: "response",
    created_at: Math.floor(createdAtMs / 1_000),
    model,
    background: isBackground,
    service_tier: "default",
    ...echo,
    output: said === null ? [] : outputOf(id, said, progress),
    ...statusOf(progress),
  };
}

function statusOf(progress: Progress): object {
  const open = { error: null, incomplete_details: null, usage: null };
  switch (progress.status) {
    case "queued":
    case "in_progress":
    case "cancelled":
      return { ...open, status: progress.status };
    case "failed": {
      const { failure } = progress;
      const error = { code: failure.code ?? "server_error", message: failure.message };
      return { ...open, status: "failed", error };
    }
    case "ended": {
      const { ending } = progress;
      const reason = INCOMPLETE_REASONS[ending.finishReason];
      return {
        ...open,
        status: reason === undefined ? "completed" : "incomplete",
        incomplete_details: reason === undefined ? null : { reason },
        usage: usageOf(ending),
      };
    }
  }
}

/** Of an answer that did not come to its end by itself. */
export const INCOMPLETE_REASONS: Partial<Record<Ending["finishReason"], string>> = {
  length: "max_output_tokens",
  filtered: "content_filter",
};

function outputOf(id: string, { text, calls }: Said, progress: Progress): object[] {
  const hasText = text !== "" || calls.length === 0;
  const message = hasText ? [messageItem(id, text, textStatusOf(progress, calls))] : [];
  return [...message, ...calls.map((call, at) => callItem(`${id}_${at}`, call))];
}

/** Text before calls has come to its end, whatever became of the rest. */
export function textStatusOf(progress: Progress, calls: readonly Call[]): ItemStatus {
  if (calls.length > 0) return "completed";
  switch (progress.status) {
    case "queued":
    case "in_progress":
      return "in_progress";
    case "cancelled":
    case "failed":
      return "incomplete";
    case "ended": {
      const isCut = INCOMPLETE_REASONS[progress.ending.finishReason] !== undefined;
      return isCut ? "incomplete" : "completed";
    }
  }
}

export function messageItem(id: string, text: string, status: ItemStatus): object {
  return {
    id: `msg_${id}`,
    type: "message",
    status,
    role: "assistant",
    content: status === "in_progress" && text === "" ? [] : [textPart(text)],
  };
}

export function textPart(text: string): object {
  return { type: "output_text", text, annotations: [], logprobs: [] };
}

export function callItem(id: string, { toolCallId, name, argumentsJson }: Call): object {
  return {
    id: `fc_${id}`,
    type: "function_call",
    status: "completed",
    call_id: toolCallId,
    name,
    arguments: argumentsJson,
  };
}

function usageOf({ usage, cost }: Ending) {
  const { input, cacheRead, cacheWrite, output, reasoning } = usage;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
    ...costFields(cost),
  };
}
