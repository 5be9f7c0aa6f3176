/** From a provider's trouble to the one class of failure that it is. */
import type { ProviderFailureClass } from "../core/errors";
import { OversizedStream, type NoStream } from "./guardedFetch";

/** What went wrong, before it is known what had been delivered by then. */
export type Failure = Readonly<{
  failureClass: ProviderFailureClass;
  status: number | null;
  retryAfterMs: number | null;
  message: string;
  cause?: unknown;
}>;

export function failureClassOfStatus(status: number): ProviderFailureClass {
  switch (status) {
    case 401:
      return "authentication";
    case 402:
      return "spend_limit";
    case 403:
      return "permission";
    case 404:
      return "not_found";
    case 408:
    case 504:
      return "timeout";
    case 429:
      return "rate_limited";
    case 503:
    case 529:
      return "overloaded";
    // A conflict passes, unlike anything else that is the request's own fault.
    case 409:
      return "server";
    default:
      return status >= 500 ? "server" : "invalid_request";
  }
}

/** What an error that is none of the provider's own answers says about the way to it. */
export function transportFailure(error: unknown, { opened }: { opened: boolean }): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const unknown = { status: null, retryAfterMs: null, cause: error };
  // The SDKs parse each frame; one that is no JSON was broken by the server, not by the way.
  if (error instanceof SyntaxError) return malformedFrame(error);
  if (error instanceof OversizedStream) return { ...unknown, failureClass: "server", message };
  if (opened) {
    return { ...unknown, failureClass: "cut_stream", message: `the stream broke off: ${message}` };
  }
  return { ...unknown, failureClass: "network", message };
}

/** A frame arrived that is no JSON, or lacks what every such frame has. */
export function malformedFrame(cause: unknown): Failure {
  const message = "the provider sent a malformed frame";
  return { failureClass: "server", status: null, retryAfterMs: null, message, cause };
}

const PAGE_CHARS_MAX = 200;

/** A page or some JSON came in place of the stream. `stated` is what it says of itself, if it says anything. */
export function noStreamFailure(
  { status, headers, text, message }: NoStream,
  stated: { failureClass: ProviderFailureClass; message: string } | null,
): Failure {
  const shown = text.replaceAll(/\s+/g, " ").trim().slice(0, PAGE_CHARS_MAX);
  return {
    failureClass: stated?.failureClass ?? "server",
    status,
    retryAfterMs: retryAfterMsOf(headers, Date.now()),
    message: stated?.message ?? `${message}: ${shown}`,
  };
}

/**
 * The wait that the headers of an answer ask for, or null when they name none.
 *
 * `retry-after-ms` counts first, as in the official SDKs; `retry-after` is seconds or a date.
 */
export function retryAfterMsOf(headers: Headers | undefined, nowMs: number): number | null {
  const milliseconds = numberIn(headers?.get("retry-after-ms"));
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return Math.ceil(milliseconds);

  const text = headers?.get("retry-after") ?? null;
  if (text === null) return null;
  const seconds = numberIn(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? Math.ceil(seconds * 1_000) : null;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? null : Math.max(dateMs - nowMs, 0);
}

/** An empty header names no number: it is not the zero that JavaScript takes it for. */
function numberIn(text: string | null | undefined): number {
  return text === null || text === undefined || text.trim() === "" ? Number.NaN : Number(text);
}
