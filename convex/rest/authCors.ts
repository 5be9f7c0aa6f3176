/**
 * Sign-in for pages of other origins: dashboards that `AUTH_ALLOWED_ORIGINS` names. Browsers then let them send
 * JSON along with the cookie and read the answer; everybody else's pages are told nothing, as without it.
 */
import { httpAction } from "../_generated/server";
import { answering, type Handler } from "../lib/http";
import { allowedOrigins } from "../model/deploymentSecrets";

const PREFLIGHT = {
  "Access-Control-Allow-Methods": "POST",
  "Access-Control-Allow-Headers": "Content-Type, Authorization",
  "Access-Control-Max-Age": "600",
};

/** A JSON route that pages of the allowed origins may call. */
export function authAction(handle: Handler) {
  const answer = answering(handle);
  return httpAction(async (ctx, request) => withOrigin(request, await answer(ctx, request)));
}

/** What a browser asks before it sends JSON to another origin. */
export const preflight = httpAction((_ctx, request) => {
  const headers = isAllowed(request) ? PREFLIGHT : {};
  return Promise.resolve(withOrigin(request, new Response(null, { status: 204, headers })));
});

function withOrigin(request: Request, response: Response): Response {
  response.headers.set("Vary", "Origin");
  if (isAllowed(request)) {
    response.headers.set("Access-Control-Allow-Origin", request.headers.get("Origin") ?? "");
    response.headers.set("Access-Control-Allow-Credentials", "true");
    response.headers.set("Access-Control-Expose-Headers", "Retry-After");
  }
  return response;
}

/** Origins are compared as texts: there are no patterns, so that no slip in one lets strangers in. */
function isAllowed(request: Request): boolean {
  const origin = request.headers.get("Origin") ?? "";
  // A star is nobody's origin; "null" is what sandboxed frames and files of anybody call themselves.
  if (!/^https?:\/\//.test(origin)) return false;
  return allowedOrigins().includes(origin);
}
