/** Reading request bodies, never more of them than allowed. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { RequestError } from "../../runtime/types";
import type { Json, JsonObject } from "../../values/json";

/** Convex's own: 16 MiB of arguments and a little for what is around them. */
export const API_BODY_BYTES_MAX = 16 * 1024 * 1024 + 2_000;

/** @throws RequestError - 413 when the body is larger than `bytesMax`, 400 when the client goes away. */
async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  refuseDeclaredSize(request, bytesMax);
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLarge(bytesMax);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError(400, "IncompleteBody", "The request ended before its body did.");
  }
  return Buffer.concat(chunks, bytes);
}

/** @throws RequestError - 413 when the client announces a larger body: it need not send it then. */
export function refuseDeclaredSize(request: IncomingMessage, bytesMax: number): void {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
}

export function tooLarge(bytesMax: number): RequestError {
  return new RequestError(
    413,
    "RequestBodyTooLarge",
    `The request body is larger than ${bytesMax} bytes.`,
  );
}

/** @throws RequestError - 400 when the body is not a JSON object; the message says where it breaks. */
export async function readJsonObject(
  request: IncomingMessage,
  bytesMax = API_BODY_BYTES_MAX,
): Promise<JsonObject> {
  const body = await decompressed(request, await readBody(request, bytesMax), bytesMax);
  const value = parseJson(body.toString("utf8"), "The request body");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badBody(`The request body must be a JSON object, not ${kindOf(value)}.`);
  }
  return value;
}

const brotli = promisify(brotliDecompress);

/** @throws RequestError - The body is compressed by other means than ours, or is too large by itself. */
async function decompressed(
  request: IncomingMessage,
  body: Buffer,
  bytesMax: number,
): Promise<Buffer> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return body;
  if (encoding !== "br") {
    throw new RequestError(
      415,
      "UnsupportedEncoding",
      `Content-Encoding may be "br", not "${encoding}".`,
    );
  }
  try {
    return await brotli(body, { maxOutputLength: bytesMax });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(bytesMax);
    throw badBody("The request body is not valid Brotli.");
  }
}

export function parseJson(text: string, what: string): Json {
  if (text.trim() === "") throw badBody(`${what} is empty; it must be JSON.`);
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw badBody(`${what} is not valid JSON: ${(error as Error).message}`);
  }
}

export function badBody(message: string): RequestError {
  return new RequestError(400, "BadJsonBody", message);
}

export function kindOf(value: Json | undefined): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
