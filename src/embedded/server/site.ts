/** HTTP actions: from Node's request to the web `Request` that functions get, and their `Response` back. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity } from "../engine/types";
import { RequestError, type Runtime } from "../runtime/types";
import type { Authenticator } from "./auth/authenticator";
import { refuseDeclaredSize, tooLarge } from "./http/body";
import { discardBody, errorReply, sendReply } from "./http/reply";
import { newRequestId } from "./replies";
import { connectionOf, header, requestMetadata } from "./requests";

/** Convex's own limit of a request to an HTTP action. */
const BODY_BYTES_MAX = 20 * 1024 * 1024;
const BODILESS_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
/** Node frames the body itself, so these may not be a function's to say. */
const CONNECTION_HEADERS = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade"]);
const BODILESS_STATUSES = new Set([204, 304]);

export type SiteOptions = {
  runtime: Runtime;
  authenticator: Authenticator;
  reportError: (error: unknown) => void;
};

/** Answers one request by the project's router. `path` is what the router sees. Never throws. */
export async function serveHttpAction(
  options: SiteOptions & { path: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const abort = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) abort.abort(new Error("The client disconnected."));
  });
  const body = new LimitedBody(request);
  const requestId = newRequestId();
  let reply: Response;
  try {
    const webRequest = toWebRequest(request, { ...options, body, signal: abort.signal });
    reply = await options.runtime.httpAction(webRequest, {
      identity: await identityOrNone(options.authenticator, request),
      requestId,
      request: requestMetadata(request),
      connection: connectionOf(request),
    });
    if (body.isTooLarge && reply.status >= 500) throw tooLarge(BODY_BYTES_MAX);
  } catch (error) {
    if (response.destroyed) return;
    const refusal = body.isTooLarge ? tooLarge(BODY_BYTES_MAX) : error;
    discardBody(request, response);
    sendReply(response, failureReply(refusal, requestId, options.reportError));
    return;
  }
  if (!request.complete) discardBody(request, response);
  await sendResponse(reply, response, { isHead: request.method === "HEAD" });
}

/** An Authorization header may as well be something of the developer's own, so a bad one is no error. */
async function identityOrNone(
  authenticator: Authenticator,
  request: IncomingMessage,
): Promise<Identity> {
  try {
    return await authenticator.identifyHeader(header(request, "authorization"));
  } catch {
    return { kind: "none" };
  }
}

function failureReply(error: unknown, requestId: string, reportError: (error: unknown) => void) {
  if (error instanceof RequestError) return errorReply(error, reportError);
  const { message, stack } = error instanceof Error ? error : { message: String(error), stack: "" };
  const code = `[Request ID: ${requestId}] Server Error: ${message}`;
  return {
    status: 500,
    contentType: "application/json" as const,
    body: JSON.stringify({ code, trace: stack ?? message }),
  };
}

function toWebRequest(
  request: IncomingMessage,
  options: { path: string; body: LimitedBody; signal: AbortSignal },
): Request {
  const method = request.method ?? "GET";
  const init: RequestInit = { method, headers: webHeaders(request), signal: options.signal };
  try {
    const url = requestUrl(request, options.path);
    if (BODILESS_METHODS.has(method)) return new Request(url, init);
    refuseDeclaredSize(request, BODY_BYTES_MAX);
    // "half" is what fetch demands of a streamed body; the DOM's types do not know it.
    const withBody: RequestInit & { duplex: "half" } = {
      ...init,
      body: options.body.stream(),
      duplex: "half",
    };
    return new Request(url, withBody);
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(400, "BadRequest", (error as Error).message);
  }
}

/** What the client asked for, which a proxy in front of us tells. */
function requestUrl(request: IncomingMessage, path: string): string {
  const protocol =
    first(header(request, "x-forwarded-proto")) ?? forwarded(request, "proto") ?? "http";
  const host =
    first(header(request, "x-forwarded-host")) ??
    forwarded(request, "host") ??
    request.headers.host ??
    "localhost";
  return new URL(`${protocol}://${host}${path}`).href;
}

function first(list: string | undefined): string | undefined {
  return list?.split(",")[0]?.trim() || undefined;
}

/** `name` of the first element of a `Forwarded` header (RFC 7239). */
function forwarded(request: IncomingMessage, name: string): string | undefined {
  const element = first(header(request, "forwarded"));
  const pair = element
    ?.split(";")
    .map((part) => part.split("="))
    .find(([key]) => key?.trim().toLowerCase() === name);
  return pair?.[1]?.trim().replaceAll('"', "") || undefined;
}

function webHeaders(request: IncomingMessage): Headers {
  const headers = new Headers();
  const { rawHeaders } = request;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  return headers;
}

/** A request's body as a stream that is read only as fast as the function reads it. */
class LimitedBody {
  readonly #request: IncomingMessage;
  isTooLarge = false;

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  stream(): ReadableStream<Uint8Array> {
    const chunks = this.#chunks();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { value, done } = await chunks.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
      },
      { highWaterMark: 0 },
    );
  }

  async *#chunks(): AsyncGenerator<Uint8Array, undefined> {
    let bytes = 0;
    // Left early, the iterator would destroy the request, and with it the way to answer.
    for await (const chunk of this.#request.iterator({ destroyOnReturn: false })) {
      const piece = chunk as Buffer;
      bytes += piece.length;
      if (bytes > BODY_BYTES_MAX) {
        this.isTooLarge = true;
        throw tooLarge(BODY_BYTES_MAX);
      }
      yield new Uint8Array(piece);
    }
    return undefined;
  }
}

async function sendResponse(
  reply: Response,
  response: ServerResponse,
  { isHead }: { isHead: boolean },
): Promise<void> {
  const reader = reply.body?.getReader();
  try {
    response.writeHead(reply.status, reply.statusText || undefined, nodeHeaders(reply.headers));
    if (reader === undefined || isHead || BODILESS_STATUSES.has(reply.status)) {
      void reader?.cancel().catch(() => {});
      response.end();
      return;
    }
    await pipe(reader, response);
  } catch {
    // Too late for a status: a cut connection is the only way to say that the body is not whole.
    response.destroy();
    void reader?.cancel().catch(() => {});
  }
}

async function pipe(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  response: ServerResponse,
): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once("close", resolve));
  // Ends a read that still waits; after the last piece it does nothing.
  void closed.then(() => reader.cancel("The client disconnected.")).catch(() => {});
  // A stream may take its time with the first piece; the client should have the headers meanwhile.
  const flush = setImmediate(() => response.flushHeaders());
  for (;;) {
    const { value, done } = await reader.read();
    clearImmediate(flush);
    if (response.destroyed) return;
    if (done) break;
    if (!response.write(value)) await Promise.race([closed, drained(response)]);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once("drain", resolve));
}

function nodeHeaders(headers: Headers): Record<string, string | string[]> {
  const entries = [...headers].filter(([name]) => !CONNECTION_HEADERS.has(name));
  const cookies = headers.getSetCookie();
  return {
    ...Object.fromEntries(entries),
    ...(cookies.length === 0 ? {} : { "set-cookie": cookies }),
  };
}
