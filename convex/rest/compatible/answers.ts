/** Answers of the compatible API: headers, failures, and bodies that are streamed. */
import { BadRequest } from "../../../src/completions/fields";
import {
  BUSY,
  failureOfKind,
  failureOfRequest,
  INTERNAL,
  tooLarge,
  type Failure,
} from "../../../src/completions/failures";
import { HEARTBEAT } from "../../../src/completions/dialect";
import { SECOND_MS } from "../../../src/core/limits";
import { asAppError } from "../../lib/errors";
import { isRolledBack } from "../../lib/persistently";
import type { Rate } from "../../model/rateLimits";
import { anthropicRateHeaders, rateHeaders } from "../guard";
import { newRequestId, retryHeaders } from "../headers";
import { corsHeaders } from "../native/cors";
import { BODY_BYTES_MAX, TooLarge } from "./body";

/** Which family's words and headers a path speaks. */
export type Family = "openai" | "anthropic";

export type About = {
  family: Family;
  requestId: string;
  rate: Rate | null;
  cors: Record<string, string>;
};

const HEARTBEAT_INTERVAL_MS = 15 * SECOND_MS;

export function aboutOf(request: Request, family: Family): About {
  return { family, requestId: newRequestId(), rate: null, cors: corsHeaders(request) };
}

export function headersOf({ family, requestId, rate, cors }: About): Record<string, string> {
  const named = family === "anthropic" ? { "request-id": requestId } : {};
  const limits =
    rate === null
      ? {}
      : {
          ...rateHeaders(rate),
          ...(family === "anthropic" && anthropicRateHeaders(rate, Date.now())),
        };
  return { "x-request-id": requestId, ...named, "cache-control": "no-store", ...limits, ...cors };
}

/** Notes the caller's limit as soon as it is known. */
export function rateOf(about: About): (rate: Rate) => void {
  return (rate) => {
    about.rate = rate;
  };
}

/** The response with the headers of this moment, wherever it comes from. */
export function told(response: Response, about: About): Response {
  for (const [name, value] of Object.entries(headersOf(about))) response.headers.set(name, value);
  return response;
}

export function failureResponse(
  failure: Failure,
  about: About & { errorBody: (failure: Failure, requestId: string) => unknown },
): Response {
  const { status, retryAfterMs, shouldRetry } = failure;
  const headers = {
    ...headersOf(about),
    ...(retryAfterMs !== undefined && retryHeaders(retryAfterMs)),
    ...(shouldRetry !== undefined && { "x-should-retry": String(shouldRetry) }),
  };
  const body = about.errorBody(failure, about.requestId);
  return Response.json(body, { status, headers });
}

/** What an error that was thrown is to the client; a bug of ours is told to nobody but the log. */
export function failureIn(error: unknown): Failure {
  if (error instanceof BadRequest) return failureOfRequest(error);
  if (error instanceof TooLarge) return tooLarge(BODY_BYTES_MAX);
  const data = asAppError(error);
  if (data !== null) return failureOfKind(data);
  if (isRolledBack(error)) return BUSY;
  console.error("a request of the compatible API failed:", error);
  return INTERNAL;
}

/** A body that is written to as the answer arrives. A reader who stays away for long is sent a comment now and then. */
export class LiveBody {
  readonly stream: ReadableStream<Uint8Array>;
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  readonly #encoder = new TextEncoder();
  readonly #heartbeat: ReturnType<typeof setInterval>;

  /** @param onLeave - The reader has left. */
  constructor(onLeave: () => void) {
    this.stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.#controller = null;
        onLeave();
      },
    });
    this.#heartbeat = setInterval(() => this.write(HEARTBEAT), HEARTBEAT_INTERVAL_MS);
  }

  write(text: string): void {
    if (text !== "") this.#controller?.enqueue(this.#encoder.encode(text));
  }

  end(): void {
    clearInterval(this.#heartbeat);
    this.#controller?.close();
    this.#controller = null;
  }
}

export { HEARTBEAT_INTERVAL_MS };
