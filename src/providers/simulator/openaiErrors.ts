/** The words in which both APIs of OpenAI refuse. */
import type { WireError } from "./wire";

export function openAiErrorOf({ status, type, message, code }: WireError) {
  return { message, type: TYPES[type] ?? type, param: null, code: code ?? CODES[status] ?? null };
}

export function openAiErrorBody(error: WireError): unknown {
  return { error: openAiErrorOf(error) };
}

const TYPES: Readonly<Record<string, string>> = {
  rate_limit_error: "requests",
  api_error: "server_error",
  overloaded_error: "server_error",
  billing_error: "insufficient_quota",
  not_found_error: "invalid_request_error",
  authentication_error: "invalid_request_error",
};

const CODES: Readonly<Record<number, string>> = {
  401: "invalid_api_key",
  404: "model_not_found",
  429: "rate_limit_exceeded",
};
