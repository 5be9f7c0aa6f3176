/** Why a request is not answered, in the words of both families of APIs. */
import type { AppErrorData, ProviderFailureClass } from "../core/errors";
import { HTTP_STATUS_BY_KIND } from "../core/errors";
import type { RunFailureReason } from "../core/runState";
import type { BadRequest } from "./fields";

export type Failure = Readonly<{
  status: number;
  /** What programs switch on. */
  code: string | null;
  param: string | null;
  message: string;
  retryAfterMs?: number;
  /** Absent: as SDKs decide by the status. */
  shouldRetry?: boolean;
}>;

/** The types of OpenAI's errors, by status; of any other, an error of the server's. */
function openAiType({ status, code }: Failure): string {
  if (status === 402) return "insufficient_quota";
  if (status === 429) return code === "rate_limit_exceeded" ? "requests" : "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

export function openAiError(failure: Failure): {
  message: string;
  type: string;
  param: string | null;
  code: string | null;
} {
  const { message, param, code } = failure;
  return { message, type: openAiType(failure), param, code };
}

export function anthropicError({ status, message, code }: Failure): {
  type: string;
  message: string;
  details?: { error_code: string };
} {
  const otherwise = status < 500 ? "invalid_request_error" : "api_error";
  const type = ANTHROPIC_TYPES[status] ?? otherwise;
  return { type, message, ...(code !== null && { details: { error_code: code } }) };
}

export function failureOfRequest({ message, param, code }: BadRequest): Failure {
  return { status: 400, code, param, message };
}

export function tooLarge(bytesMax: number): Failure {
  const message = `The body may have ${bytesMax / 1024 ** 2} MiB.`;
  return { status: 413, code: "request_too_large", param: null, message };
}

/** A failure of a door, for the client of an API that has fewer words for it. */
export function failureOfKind(data: AppErrorData): Failure {
  const status = HTTP_STATUS_BY_KIND[data.kind];
  const of = { status, code: data.kind as string, param: null };
  switch (data.kind) {
    case "unauthenticated":
      return {
        ...of,
        code: "invalid_api_key",
        message: "The API key is missing, unknown or no longer valid.",
      };
    case "forbidden":
      return {
        ...of,
        code: "insufficient_permissions",
        message: `This needs the permission ${data.permission}.`,
      };
    case "not_found":
      return data.entity === "model"
        ? {
            ...of,
            code: "model_not_found",
            param: "model",
            message: `The model "${data.id}" does not exist, or you have no access to it.`,
          }
        : { ...of, message: `There is no ${data.entity} "${data.id}".` };
    case "invalid_argument":
      return { ...of, code: null, param: data.field, message: `${data.field} ${data.reason}` };
    case "limit_reached":
      return {
        ...of,
        ...(data.retryAfterMs === undefined
          ? { shouldRetry: false }
          : { retryAfterMs: data.retryAfterMs }),
        message: `No more ${data.what}: the limit is ${data.limit}.`,
      };
    case "conflict":
      return {
        ...of,
        // Somebody is at it under the same idempotency key, say: SDKs ask again by themselves.
        ...(data.retryAfterMs === undefined
          ? { shouldRetry: false }
          : { retryAfterMs: data.retryAfterMs }),
        message: sentence(data.reason),
      };
    case "idempotency_key_reused":
      return { ...of, message: "The idempotency key came before with another request." };
    case "budget_exceeded":
      return { ...of, shouldRetry: false, message: "A budget does not allow the call." };
    case "price_unknown":
      return { ...of, param: "model", message: `${data.provider}/${data.model} has no price.` };
    case "rate_limited":
      return {
        ...of,
        code: "rate_limit_exceeded",
        retryAfterMs: data.retryAfterMs,
        message: "Too many requests: try again later.",
      };
    case "provider_failed":
      return { ...of, message: `${data.provider} failed.` };
  }
}

/** Why a run ended without a whole answer. */
export function failureOfRun({
  reason,
  detail,
  error,
  retryAfterMs,
}: {
  reason: RunFailureReason;
  detail: string;
  error?: { failureClass: ProviderFailureClass } | undefined;
  retryAfterMs?: number | undefined;
}): Failure {
  const of = { param: null, message: detail };
  switch (reason) {
    case "budget_exceeded":
      return { ...of, status: 402, code: reason, shouldRetry: false };
    case "price_unknown":
      return { ...of, status: 422, code: reason, param: "model", shouldRetry: false };
    case "misconfigured":
      return { ...of, status: 503, code: reason, shouldRetry: false };
    case "limit_reached":
      return { ...of, status: 400, code: reason };
    case "provider_failed":
      return {
        ...of,
        ...PROVIDER_FAILURES[error?.failureClass ?? "server"],
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    case "effect_unknown":
      return { ...of, status: 500, code: reason, shouldRetry: false };
    case "workers_lost":
    case "internal":
      return { ...of, status: 500, code: reason };
  }
}

/** Where the provider does not say: it was tried a few times already. */
const PROVIDER_RETRY_MS = 5_000;

/** The provider's own refusals of a request are the client's to put right; of its account, the deployment's. */
const PROVIDER_FAILURES: Readonly<
  Record<ProviderFailureClass, Pick<Failure, "status" | "code" | "shouldRetry" | "retryAfterMs">>
> = {
  invalid_request: { status: 400, code: "provider_refused" },
  content_filtered: { status: 400, code: "content_filter" },
  authentication: { status: 502, code: "provider_authentication", shouldRetry: false },
  permission: { status: 502, code: "provider_permission", shouldRetry: false },
  not_found: { status: 502, code: "provider_model_not_found", shouldRetry: false },
  spend_limit: { status: 502, code: "provider_spend_limit", shouldRetry: false },
  rate_limited: {
    status: 429,
    code: "provider_rate_limited",
    retryAfterMs: PROVIDER_RETRY_MS,
  },
  overloaded: { status: 503, code: "provider_overloaded", retryAfterMs: PROVIDER_RETRY_MS },
  server: { status: 502, code: "provider_failed" },
  network: { status: 502, code: "provider_unreachable" },
  cut_stream: { status: 502, code: "provider_cut_stream" },
  timeout: { status: 504, code: "provider_timeout" },
};

export const CANCELLED: Failure = {
  status: 409,
  code: "cancelled",
  param: null,
  message: "The run was cancelled.",
  shouldRetry: false,
};

/** Others were first each time, or there is too much to do: nothing was done. */
export const BUSY: Failure = {
  status: 503,
  code: "unavailable",
  param: null,
  message: "There is too much to do at the moment: ask again.",
  retryAfterMs: 1_000,
};

export const INTERNAL: Failure = {
  status: 500,
  code: "internal",
  param: null,
  message: "The request could not be served.",
};

function sentence(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
}
