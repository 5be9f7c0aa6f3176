/**
 * Gemini's own API over HTTP. Without Google's SDK: that brings thirty packages for a request and a stream, and
 * keeps of a failure neither headers nor details.
 */
import { createParser } from "eventsource-parser";
import type { ProviderFailureClass } from "../core/errors";
import { failureClassOfStatus, noStreamFailure, retryAfterMsOf, type Failure } from "./failure";
import { guarded, NoStream } from "./guardedFetch";
import type { ProviderSettings } from "./settings";
import type { OpenedStream } from "./streamCall";
import { fieldOf } from "./usage/counts";

/** The version that Google's own SDK asks for since 3.0. */
const BASE_URL = "https://generativelanguage.googleapis.com/v1";

/** The provider's refusal. */
class GoogleApiError extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export function toGoogleFailure(error: unknown): Failure | null {
  if (error instanceof NoStream) return noStreamFailure(error, failureIn(error.json));
  return error instanceof GoogleApiError ? error.failure : null;
}

/** Begins a reply; its frames are JSON as it came. */
export async function openStream(
  { apiKey, baseUrl, fetch: fetchWith = fetch }: ProviderSettings,
  { model, body, signal }: { model: string; body: object; signal: AbortSignal },
): Promise<OpenedStream<unknown>> {
  const at = `${baseUrl ?? BASE_URL}/models/${encodeURIComponent(model)}`;
  const response = await guarded(fetchWith)(`${at}:streamGenerateContent?alt=sse`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "x-goog-api-key": apiKey },
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok || response.body === null) throw await refusal(response);
  const providerRequestId = response.headers.get("x-request-id");
  return { frames: framesOf(response.body), providerRequestId };
}

/** The beginning of the list of models, as it came. */
export async function listModels(
  { apiKey, baseUrl, fetch: fetchWith = fetch }: ProviderSettings,
  { guard, signal }: { guard: typeof guarded; signal: AbortSignal },
): Promise<unknown> {
  const response = await guard(fetchWith)(`${baseUrl ?? BASE_URL}/models?pageSize=1`, {
    headers: { "x-goog-api-key": apiKey },
    signal,
  });
  if (!response.ok) throw await refusal(response);
  return await response.json();
}

async function* framesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
  const ready: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => ready.push(data) });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
    for (const data of ready.splice(0)) yield JSON.parse(data) as unknown;
  }
}

async function refusal(response: Response): Promise<GoogleApiError> {
  const text = await response.text();
  const stated = failureIn(parsed(text)) ?? {
    failureClass: failureClassOfStatus(response.status),
    message: text === "" ? `status ${response.status}` : text,
    retryAfterMs: null,
  };
  return new GoogleApiError({
    ...stated,
    status: response.status,
    retryAfterMs: stated.retryAfterMs ?? retryAfterMsOf(response.headers, Date.now()),
  });
}

/** What a body or frame of the form `{"error": {…}}` says; null when it has no error. */
export function failureIn(frame: unknown): Failure | null {
  // A refused stream comes as a list of one.
  const error = fieldOf(Array.isArray(frame) ? frame[0] : frame, "error");
  if (error === undefined) return null;
  const [code, message] = [fieldOf(error, "code"), fieldOf(error, "message")];
  const details = fieldOf(error, "details");
  const facts = Array.isArray(details) ? (details as unknown[]) : [];
  const reason = facts.map((fact) => fieldOf(fact, "reason")).find((one) => one !== undefined);
  const named = typeof reason === "string" ? CLASS_BY_REASON[reason] : undefined;
  const ofCode = typeof code === "number" ? failureClassOfStatus(code) : "server";
  return {
    failureClass: named ?? ofCode,
    status: null,
    retryAfterMs: delayMsIn(facts),
    message: typeof message === "string" ? message : "the provider reported an error",
  };
}

/** Reasons of `google.rpc.ErrorInfo` that say more than the status they come with. */
const CLASS_BY_REASON: Readonly<Record<string, ProviderFailureClass>> = {
  API_KEY_INVALID: "authentication",
  BILLING_DISABLED: "spend_limit",
};

/** `google.rpc.RetryInfo`: "retryDelay": "34.5s". */
function delayMsIn(facts: readonly unknown[]): number | null {
  for (const fact of facts) {
    const delay = fieldOf(fact, "retryDelay");
    const seconds = typeof delay === "string" ? /^(\d+(?:\.\d+)?)s$/.exec(delay)?.[1] : undefined;
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1_000);
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null; // A proxy's page: its text is the message.
  }
}
