/** What the HTTP API answers with, and how failures of the request itself look. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { CommitError, RequestError } from "../../runtime/types";

export type TextReply = {
  status: number;
  contentType: "application/json" | "text/plain";
  body: string;
};
/** Bytes that are read as fast as the client takes them. Null for none. */
export type StreamReply = { status: number; headers: OutgoingHttpHeaders; body: Readable | null };
export type Reply = TextReply | StreamReply;

export function json(body: string, status = 200): TextReply {
  return { status, contentType: "application/json", body };
}

export function text(body: string): TextReply {
  return { status: 200, contentType: "text/plain", body };
}

/** The reply to a request that failed before or beside its function. `reportError` hears of our own faults. */
export function errorReply(error: unknown, reportError: (error: unknown) => void): TextReply {
  if (error instanceof RequestError) return refusal(error);
  reportError(error);
  if (error instanceof CommitError) {
    return refusal(new RequestError(503, "CommitFailed", error.message));
  }
  return refusal(
    new RequestError(
      500,
      "InternalServerError",
      "Your request couldn't be completed. Try again later.",
    ),
  );
}

function refusal({ status, code, message }: RequestError): TextReply {
  return json(JSON.stringify({ code, message }), status);
}

/** How long a client may take nothing of a body that is there, before its connection is cut. */
const STALL_MS = 2 * 60_000;

export function sendReply(response: ServerResponse, reply: Reply, stallMs = STALL_MS): void {
  if ("headers" in reply) return sendStream(response, reply, stallMs);
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, {
    "Content-Type": `${reply.contentType}; charset=utf-8`,
    "Content-Length": body.length,
  });
  response.end(body);
}

function sendStream(
  response: ServerResponse,
  { status, headers, body }: StreamReply,
  stallMs: number,
): void {
  response.writeHead(status, headers);
  if (body === null) return void response.end();
  // Any number of clients that take nothing would hold as many open files.
  response.setTimeout(stallMs, () => response.destroy());
  // Too late for a status: when reading fails, a cut connection says that the body is not whole.
  pipeline(body, response, () => {});
}

/** Lets go of a reply that nobody is there to get. */
export function dropReply(reply: Reply): void {
  if ("headers" in reply) reply.body?.destroy();
}

/** A body that was announced as smaller is taken in and thrown away, so that the connection can stay. */
const DISCARDED_BYTES_MAX = 1024 * 1024;
/** How long a client with a larger one may go on sending before its connection is cut. */
const LINGER_MS = 2_000;

/**
 * Lets go of a body that nobody will read. Closing at once would reset the connection, and the
 * client might lose the answer that tells it why.
 */
export function discardBody(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || request.destroyed) return;
  request.resume();
  if (Number(request.headers["content-length"] ?? Infinity) <= DISCARDED_BYTES_MAX) return;
  if (!response.headersSent) response.setHeader("Connection", "close");
  response.once("finish", () => {
    setTimeout(() => request.destroy(), LINGER_MS).unref();
  });
}

const CORS_METHODS = "GET,POST,OPTIONS,PATCH,DELETE,PUT";
const CORS_MAX_AGE_SECONDS = 86_400;

/** Any origin may call, as in Convex: functions check their callers by tokens, not by cookies. */
export function setCorsHeaders(request: IncomingMessage, response: ServerResponse): void {
  const { origin } = request.headers;
  response.setHeader(
    "Vary",
    "origin, access-control-request-method, access-control-request-headers",
  );
  if (origin === undefined) return;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Allow-Credentials", "true");
  if (request.method !== "OPTIONS") return;
  response.setHeader("Access-Control-Allow-Methods", CORS_METHODS);
  response.setHeader("Access-Control-Max-Age", CORS_MAX_AGE_SECONDS);
  const headers = request.headers["access-control-request-headers"];
  if (headers !== undefined) response.setHeader("Access-Control-Allow-Headers", headers);
}
