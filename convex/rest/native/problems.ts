/** Failures as RFC 9457 has them: `application/problem+json`, with the kind and the fields of ours beside its own. */
import { HTTP_STATUS_BY_KIND, type AppErrorData } from "../../../src/core/errors";
import { retryHeaders } from "../headers";

/** What only HTTP can do wrong. */
export type HttpFailure =
  | { kind: "method_not_allowed"; allowed: readonly string[] }
  | { kind: "body_too_large"; limitBytes: number }
  | { kind: "unsupported_media_type"; expected: string }
  /** Others were first each time, or the deployment is too busy. */
  | { kind: "unavailable"; retryAfterMs: number }
  | { kind: "internal" };

export type Failure = AppErrorData | HttpFailure;

const STATUS_BY_HTTP_KIND: Readonly<Record<HttpFailure["kind"], number>> = {
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  unavailable: 503,
  internal: 500,
};

export const STATUS_BY_KIND: Readonly<Record<Failure["kind"], number>> = {
  ...HTTP_STATUS_BY_KIND,
  ...STATUS_BY_HTTP_KIND,
};

/** The same for each failure of a kind. */
const TITLES: Readonly<Record<Failure["kind"], string>> = {
  unauthenticated: "Not signed in",
  forbidden: "Not permitted",
  not_found: "Not found",
  invalid_argument: "Invalid argument",
  limit_reached: "Limit reached",
  conflict: "Conflict",
  idempotency_key_reused: "Idempotency key reused",
  budget_exceeded: "Budget exceeded",
  price_unknown: "Price unknown",
  rate_limited: "Too many requests",
  provider_failed: "Provider failed",
  method_not_allowed: "Method not allowed",
  body_too_large: "Body too large",
  unsupported_media_type: "Unsupported media type",
  unavailable: "Try again",
  internal: "Internal error",
};

/** This failure in words, where its kind is not all there is to say. */
function detailOf(failure: Failure): string {
  switch (failure.kind) {
    case "unauthenticated":
      return "Send an API key as `authorization: Bearer ak_live_…` or `x-api-key`, or a sign-in's token.";
    case "forbidden":
      return `This needs the permission ${failure.permission}.`;
    case "not_found":
      return `There is no ${failure.entity} ${JSON.stringify(failure.id)}.`;
    case "invalid_argument":
      return `${failure.field} ${failure.reason}.`;
    case "limit_reached":
      return `The limit of ${failure.what} is ${failure.limit}.`;
    case "conflict":
      return `${failure.entity}: ${failure.reason}.`;
    case "idempotency_key_reused":
      return "This idempotency key was used with another request.";
    case "budget_exceeded":
      return `A budget of ${failure.scope} has no room for this.`;
    case "price_unknown":
      return `The price of ${failure.model} is not known, and a budget asks for it.`;
    case "rate_limited":
      return `Ask again in ${Math.ceil(failure.retryAfterMs / 1_000)} s.`;
    case "provider_failed":
      return `${failure.provider} has failed: ${failure.failureClass}.`;
    case "method_not_allowed":
      return `Here one may ${failure.allowed.join(", ")}.`;
    case "body_too_large":
      return `A body has at most ${failure.limitBytes} bytes.`;
    case "unsupported_media_type":
      return `The body must be sent as ${failure.expected}.`;
    case "unavailable":
      return "Others were first, or there is too much to do at the moment. Nothing was done: ask again.";
    case "internal":
      return "This is a mistake of the server's. It is written down under the id of the request.";
  }
}

export type ProblemOptions = { requestId: string; headers?: Record<string, string> };

export function problem(failure: Failure, { requestId, headers = {} }: ProblemOptions): Response {
  const { kind, ...fields } = failure;
  const body = {
    type: `urn:agentik:problem:${kind}`,
    title: TITLES[kind],
    status: STATUS_BY_KIND[kind],
    detail: detailOf(failure),
    kind,
    ...fieldsOf(fields),
    requestId,
  };
  return Response.json(body, {
    status: body.status,
    headers: {
      "content-type": "application/problem+json",
      ...headersOf(failure),
      ...headers,
    },
  });
}

/** `status` is the answer's: a provider's own has to go by another name. */
function fieldsOf(fields: object): object {
  if (!("status" in fields)) return fields;
  const { status, ...rest } = fields;
  return { ...rest, providerStatus: status };
}

function headersOf(failure: Failure): Record<string, string> {
  if (failure.kind === "unauthenticated") return { "www-authenticate": 'Bearer realm="api"' };
  if (failure.kind === "method_not_allowed") return { allow: failure.allowed.join(", ") };
  // A budget does not refill in seconds: official clients would try again at once.
  if (failure.kind === "budget_exceeded") return { "x-should-retry": "false" };
  const retryAfterMs = "retryAfterMs" in failure ? failure.retryAfterMs : undefined;
  if (retryAfterMs === undefined) {
    // Nor does a quota that somebody has to make room in.
    return failure.kind === "limit_reached" ? { "x-should-retry": "false" } : {};
  }
  return retryHeaders(retryAfterMs);
}
