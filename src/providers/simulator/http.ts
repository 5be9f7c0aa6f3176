/** The simulator's HTTP: bodies in, JSON and refusals out. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { RefusedRequest, simulatedId, type Wire, type WireError } from "./wire";

/** As the real APIs: a request beyond it is refused with 413. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

export function refuse(
  response: ServerResponse,
  {
    wire,
    error,
    requestId = simulatedId("req_", 0),
  }: { wire: Wire; error: WireError; requestId?: string },
): void {
  response.setHeader(wire.requestIdHeader, requestId);
  response.writeHead(error.status, { "content-type": "application/json" });
  response.end(JSON.stringify(wire.errorBody(error, requestId)));
}

/** A page, as a proxy answers, or nothing at all. */
export function answerOddly(
  response: ServerResponse,
  status: number,
  body: "page" | "nothing",
): void {
  response.writeHead(status, { "content-type": "text/html" });
  response.end(
    body === "page" ? "<!doctype html><title>Simulated</title><h1>Bad gateway</h1>" : "",
  );
}

export function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_BYTES_MAX) {
      throw new RefusedRequest("the request is too large", {
        status: 413,
        type: "request_too_large",
      });
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    throw new RefusedRequest("the body is not JSON");
  }
}

export function headersOf(request: IncomingMessage): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
}
