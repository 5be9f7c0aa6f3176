/** The endpoints of files: uploads by a token, downloads by whoever has the URL. */
import type { IncomingMessage } from "node:http";
import { isUrlId } from "../../runtime/files/fileTable";
import type { ServedFile, UploadHeaders } from "../../runtime/files/httpFiles";
import { isContentType, parseDigest } from "../../runtime/files/uploads";
import { RequestError } from "../../runtime/types";
import { header } from "../requests";
import type { ApiCall } from "./api";
import { parseRange } from "./ranges";
import { json, type Reply, type StreamReply } from "./reply";

const BELOW = "/api/storage/";
/** What a URL names never changes, so browsers may keep it long. */
const CACHE_CONTROL = `private, max-age=${30 * 24 * 3_600}`;
const DIGEST_PREFIX = "sha-256=";

type Route = (call: ApiCall) => Promise<Reply>;

/** By method, or undefined for a path that is none of these. */
export function storageRoutes(path: string): Record<string, Route> | undefined {
  if (path === `${BELOW}upload`) return { POST: uploadPost };
  return path.startsWith(BELOW) ? { GET: fileGet } : undefined;
}

async function uploadPost({ request, runtime, url }: ApiCall): Promise<Reply> {
  const token = url.searchParams.get("token");
  if (token === null) {
    throw new RequestError(400, "BadQueryArgs", 'The URL of an upload has a "token" in it.');
  }
  const { files } = runtime;
  const componentPath = files.authorize(token);
  const headers = uploadHeaders(request);
  const storageId = await files.upload(componentPath, piecesOf(request), headers);
  return json(JSON.stringify({ storageId }));
}

function uploadHeaders(request: IncomingMessage): UploadHeaders {
  const contentType = header(request, "content-type") ?? null;
  if (contentType !== null && !isContentType(contentType)) throw badHeader("content-type");
  const digest = header(request, "digest");
  if (digest === undefined) return { contentType, sha256: null };
  const sha256 = digest.startsWith(DIGEST_PREFIX)
    ? parseDigest(digest.slice(DIGEST_PREFIX.length))
    : null;
  if (sha256 === null) throw badHeader("digest");
  return { contentType, sha256 };
}

async function* piecesOf(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    // Left early, the iterator would destroy the request, and with it the way to answer.
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    throw new RequestError(400, "IncompleteBody", "The request ended before its body did.");
  }
}

async function fileGet({ request, runtime, url, reportError }: ApiCall): Promise<Reply> {
  const urlId = url.pathname.slice(BELOW.length);
  if (!isUrlId(urlId)) {
    throw new RequestError(
      400,
      "InvalidStoragePath",
      `Invalid storage path: "${urlId}". Please use \`storage.getUrl(storageId: Id<"_storage">)\` to generate a valid URL to retrieve files. See https://docs.convex.dev/file-storage/serve-files for more details`,
    );
  }
  const file = runtime.files.find(url.searchParams.get("component") ?? "", urlId);
  const reply = file && (await serveFile(file, request));
  if (reply === null) throw notFound(urlId);
  reply.body?.on("error", (error: NodeJS.ErrnoException) => {
    // A client that has left is no fault.
    if (error.syscall !== undefined) reportError(error);
  });
  return reply;
}

/** Null when the file was deleted after it was found. */
async function serveFile(file: ServedFile, request: IncomingMessage): Promise<StreamReply | null> {
  const { contentType, sizeBytes, sha256 } = file;
  const asked = parseRange(header(request, "range"), sizeBytes);
  if (asked.kind === "unsatisfiable") {
    return { status: 416, headers: { "Content-Range": `bytes */${sizeBytes}` }, body: null };
  }
  const range = asked.kind === "part" ? asked.range : { start: 0, end: sizeBytes - 1 };
  const headers = {
    "Accept-Ranges": "bytes",
    "Cache-Control": CACHE_CONTROL,
    "Content-Length": range.end - range.start + 1,
    // An imported row may say anything.
    ...(contentType !== null && isContentType(contentType) ? { "Content-Type": contentType } : {}),
    // A browser must not take for a page or a script what its sender did not call so.
    "X-Content-Type-Options": "nosniff",
  };
  const isHead = request.method === "HEAD";
  const body = isHead ? null : await file.read(sizeBytes === 0 ? undefined : range);
  if (body === null && !isHead) return null;
  if (asked.kind === "whole") {
    return { status: 200, headers: { ...headers, Digest: `${DIGEST_PREFIX}${sha256}` }, body };
  }
  const contentRange = `bytes ${range.start}-${range.end}/${sizeBytes}`;
  return { status: 206, headers: { ...headers, "Content-Range": contentRange }, body };
}

function notFound(urlId: string): RequestError {
  return new RequestError(404, "FileNotFound", `File ${urlId} not found`);
}

function badHeader(name: string): RequestError {
  return new RequestError(400, "BadHeader", `Bad header for ${name}: invalid HTTP header`);
}
