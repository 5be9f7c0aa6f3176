/** What both APIs of OpenAI share: the client, and the meaning of its errors. */
import OpenAI, { APIConnectionError, APIConnectionTimeoutError, APIError } from "openai";
import type { ProviderFailureClass } from "../core/errors";
import { failureClassOfStatus, noStreamFailure, retryAfterMsOf, type Failure } from "./failure";
import { guarded, NoStream } from "./guardedFetch";
import { modelFacts, nearestEffort, type Effort } from "./modelFacts";
import type { FilePart, ImagePart, ProviderName, ProviderRequest } from "./provider";
import type { ProviderSettings } from "./settings";
import { fieldOf } from "./usage/counts";

export function openAiClient(
  { apiKey, baseUrl, fetch = globalThis.fetch }: ProviderSettings,
  guard = guarded,
): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: baseUrl ?? "https://api.openai.com/v1",
    // Retries are ours: one that the SDK makes by itself would be billed without a row in the ledger.
    maxRetries: 0,
    logLevel: "off",
    fetch: guard(fetch),
  });
}

/** Of the settings that not every model takes, those that this one does; and a warning for each other. */
export function acceptedSettings(
  provider: ProviderName,
  { model, temperature, reasoning }: ProviderRequest,
): { temperature?: number; effort?: Effort; warnings: string[] } {
  const facts = modelFacts({ provider, model, atMs: Date.now() });
  const takesEffort = facts.reasoning === "effort";
  const warnings: string[] = [];
  if (temperature !== undefined && !facts.acceptsTemperature) {
    warnings.push(`temperature was left out: ${model} does not take it`);
  }
  if (reasoning !== undefined && !takesEffort) {
    warnings.push(`reasoning was left out: ${model} does not take it`);
  }
  const effort = reasoning === undefined ? undefined : nearestEffort(reasoning, facts.efforts);
  if (takesEffort && effort !== reasoning) {
    warnings.push(`reasoning is ${effort}: ${model} does not take ${reasoning}`);
  }
  return {
    ...(temperature !== undefined && facts.acceptsTemperature ? { temperature } : {}),
    ...(effort !== undefined && takesEffort ? { effort } : {}),
    warnings,
  };
}

/** With it a picture has a bound: left to choose, the newest models take it as it is, at up to twelve times the tokens. */
export const IMAGE_DETAIL = "high";

/** As both APIs take media that stand nowhere on the web. */
export function dataUrl({ contentType, base64 }: ImagePart | FilePart): string {
  return `data:${contentType};base64,${base64}`;
}

export function toOpenAiFailure(error: unknown): Failure | null {
  if (error instanceof NoStream) {
    const stated = fieldOf(error.json, "error");
    const [code, type] = [fieldOf(stated, "code"), fieldOf(stated, "type")];
    const message = fieldOf(stated, "message");
    const failureClass = failureClassOf({ status: null, code, type });
    return noStreamFailure(error, typeof message === "string" ? { failureClass, message } : null);
  }
  if (!(error instanceof APIError)) return null;
  if (error instanceof APIConnectionError) {
    const failureClass = error instanceof APIConnectionTimeoutError ? "timeout" : "network";
    const { message } = error;
    return { failureClass, status: null, retryAfterMs: null, message, cause: error };
  }
  const status: number | null = error.status ?? null;
  return {
    failureClass: failureClassOf({ status, code: error.code, type: error.type }),
    status,
    retryAfterMs: retryAfterMsOf(error.headers, Date.now()),
    message: error.message,
    cause: error,
  };
}

/** The failure that a frame inside a stream reports; there is no status then, only a code. */
export function inBandFailure({
  code,
  message,
}: {
  code: string | null;
  message: string;
}): Failure {
  return {
    failureClass: failureClassOf({ status: null, code, type: null }),
    status: null,
    retryAfterMs: null,
    message,
  };
}

function failureClassOf({
  status,
  code,
  type,
}: {
  status: number | null;
  /** Of whatever type: the servers that imitate OpenAI's are many. */
  code: unknown;
  type: unknown;
}): ProviderFailureClass {
  const [ofCode, ofType] = [String(code), String(type)];
  const named = CLASS_BY_CAUSE[ofCode] ?? CLASS_BY_CAUSE[ofType];
  if (named !== undefined) return named;
  if (status !== null) return failureClassOfStatus(status);
  // OpenRouter says there what the status would have been.
  if (/^[45]\d\d$/.test(ofCode)) return failureClassOfStatus(Number(ofCode));
  return CLASS_BY_CODE[ofCode] ?? CLASS_BY_CODE[ofType] ?? "server";
}

/** Causes that say more than the status they come with. */
const CLASS_BY_CAUSE: Readonly<Record<string, ProviderFailureClass>> = {
  insufficient_quota: "spend_limit",
  billing_hard_limit_reached: "spend_limit",
  billing_not_active: "spend_limit",
  content_filter: "content_filtered",
  content_policy_violation: "content_filtered",
  image_content_policy_violation: "content_filtered",
  bio_policy: "content_filtered",
};

/** Inside a stream there is no status. Beside one these say less: a wrong key is an "invalid request", too. */
const CLASS_BY_CODE: Readonly<Record<string, ProviderFailureClass>> = {
  rate_limit_exceeded: "rate_limited",
  overloaded: "overloaded",
  overloaded_error: "overloaded",
  context_length_exceeded: "invalid_request",
  invalid_prompt: "invalid_request",
  invalid_request_error: "invalid_request",
};
