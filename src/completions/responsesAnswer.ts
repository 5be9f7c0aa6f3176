/** OpenAI's Responses: what stands in an answer. */
import { costFields, type Call, type Ending } from "./dialect";
import type { Failure } from "./failures";
import type { Json } from "./fields";

export const RESPONSE_ID_PREFIX = "resp_";

/** As far as a response has come. */
export type Progress =
  | Readonly<{ status: "queued" | "in_progress" | "cancelled" }>
  | Readonly<{ status: "ended"; ending: Ending }>
  | Readonly<{ status: "failed"; failure: Failure }>;

/** What a response is about, from its request or from what was kept of it. */
export type ResponseHead = Readonly<{
  id: string;
  model: string;
  createdAtMs: number;
  echo: Json;
  isBackground: boolean;
}>;

export function responseBody(
  { id, model, createdAtMs, echo, isBackground }: ResponseHead,
  { output, progress }: { output: readonly object[]; progress: Progress },
): object {
  return {
    id: RESPONSE_ID_PREFIX + id,
    object: "response",
    created_at: Math.floor(createdAtMs / 1_000),
    model,
    background: isBackground,
    service_tier: "default",
    ...echo,
    output,
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

export function outputOf(
  id: string,
  { text, calls }: { text: string; calls: readonly Call[] },
): object[] {
  const message = text === "" && calls.length > 0 ? [] : [messageItem(id, text)];
  return [...message, ...calls.map((call, at) => callItem(`${id}_${at}`, call))];
}

export function messageItem(id: string, text: string): object {
  return {
    id: `msg_${id}`,
    type: "message",
    status: "completed",
    role: "assistant",
    content: [textPart(text)],
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
