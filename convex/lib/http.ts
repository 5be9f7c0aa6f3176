/** HTTP routes that take and give JSON, with our failures as answers. */
import { HTTP_STATUS_BY_KIND, type AppErrorData } from "../../src/core/errors";
import { httpAction, type ActionCtx } from "../_generated/server";
import { asAppError, fail } from "./errors";

const BODY_LENGTH_MAX = 16_384;

/** Answers are about one person at one moment: nobody in between may keep them. */
const PRIVATE = { "Cache-Control": "no-store" };

export type Handler = (ctx: ActionCtx, request: Request) => Promise<Response>;

/** The handler, with failures answered as `{"error": {"kind": …}}` and the status of their kind. */
export function answering(handle: Handler): Handler {
  return async (ctx, request) => {
    try {
      return await handle(ctx, request);
    } catch (error) {
      const failure = asAppError(error);
      if (failure === null) throw error;
      return failureResponse(failure);
    }
  };
}

export function jsonAction(handle: Handler) {
  return httpAction(answering(handle));
}

export function jsonResponse(
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return Response.json(body, { status, headers: { ...PRIVATE, ...headers } });
}

function failureResponse(failure: AppErrorData): Response {
  const wait = failure.kind === "rate_limited" ? Math.ceil(failure.retryAfterMs / 1_000) : null;
  return jsonResponse(
    { error: failure },
    {
      status: HTTP_STATUS_BY_KIND[failure.kind],
      headers: wait === null ? {} : { "Retry-After": String(wait) },
    },
  );
}

type Fields<Needed extends string, Optional extends string> = Record<Needed, string> &
  Partial<Record<Optional, string>>;

/**
 * The texts in the body, which is a JSON object. A page of another origin cannot send JSON without asking the
 * server first, so this is also what keeps strangers' pages from using a visitor's cookie.
 *
 * @throws invalid_argument - The body is no JSON object of at most 16 kB, or a field is missing or no text.
 */
export async function readFields<Needed extends string, Optional extends string = never>(
  request: Request,
  needed: readonly Needed[],
  optional: readonly Optional[] = [],
): Promise<Fields<Needed, Optional>> {
  const body = await readObject(request);
  const fields: Record<string, string> = {};
  for (const field of [...needed, ...optional]) {
    const value = body[field];
    if (typeof value === "string") fields[field] = value;
    else if (value !== undefined || needed.includes(field as Needed)) {
      fail({ kind: "invalid_argument", field, reason: "must be a text" });
    }
  }
  return fields as Fields<Needed, Optional>;
}

async function readObject(request: Request): Promise<Record<string, unknown>> {
  const type = request.headers.get("Content-Type") ?? "";
  const isJson = /^application\/json\b/i.test(type);
  const text = isJson ? await request.text() : "";
  if (text.length > 0 && text.length <= BODY_LENGTH_MAX) {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) {
        return value as Record<string, unknown>;
      }
    } catch {
      // told below, with the other ways in which it is not what is wanted
    }
  }
  const reason = "must be a JSON object of at most 16 kB, sent as application/json";
  return fail({ kind: "invalid_argument", field: "body", reason });
}
