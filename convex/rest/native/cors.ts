/** Pages of other origins: those that `API_ALLOWED_ORIGINS` names may call the API and read its answers. */
import { apiOrigins } from "../../model/deploymentSecrets";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const ASKED =
  "authorization, x-api-key, x-tenant-id, content-type, idempotency-key, if-none-match, last-event-id";
const TOLD =
  "etag, location, retry-after, retry-after-ms, x-should-retry, request-id, x-request-id, idempotent-replayed, " +
  "x-cost-usd, x-overhead-ms, " +
  "x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, " +
  "anthropic-ratelimit-requests-limit, anthropic-ratelimit-requests-remaining, anthropic-ratelimit-requests-reset";

/** Origins are compared as texts, as sign-in does. No credentials: the API knows no cookies. */
export function corsHeaders(request: Request): Record<string, string> {
  const allowed = apiOrigins();
  if (allowed.length === 0) return {};
  const origin = request.headers.get("origin") ?? "";
  if (!/^https?:\/\//.test(origin) || !allowed.includes(origin)) return { vary: "origin" };
  const ours = { vary: "origin", "access-control-allow-origin": origin };
  if (request.method !== "OPTIONS") return { ...ours, "access-control-expose-headers": TOLD };
  // The official clients send headers that tell of themselves, more with each version; none of them is a secret's way in.
  const asked = request.headers.get("access-control-request-headers");
  return {
    ...ours,
    vary: "origin, access-control-request-headers",
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": asked ?? ASKED,
    "access-control-max-age": "600",
  };
}
