/**
 * The failures a caller can act on. Anything else is a bug and stays a plain `Error`.
 *
 * `kind` is wire format: clients, the HTTP routes and the dashboard switch on it, so a kind may be
 * added but never renamed. Every number carries its unit in its name. Amounts are decimal strings,
 * because a JSON number is not exact beyond 2^53 and a bigint is no JSON at all.
 */
export type AppErrorData =
  | { kind: "unauthenticated" }
  | { kind: "forbidden"; permission: string }
  /** Also what a stranger is told about a row that exists: ids cannot be probed. */
  | { kind: "not_found"; entity: string; id: string }
  | { kind: "invalid_argument"; field: string; reason: string }
  /**
   * A count the tenant's plan or the product bounds is used up: agents, queued runs, keys. With `retryAfterMs` it empties
   * by itself; without, somebody has to remove something, or to have more allowed.
   */
  | { kind: "limit_reached"; what: string; limit: number; retryAfterMs?: number }
  /**
   * The row is not in a state that allows this now; reading it again and retrying may help. With `retryAfterMs` the state
   * passes by itself.
   */
  | { kind: "conflict"; entity: string; reason: string; retryAfterMs?: number }
  /** The idempotency key was used before with another request body. */
  | { kind: "idempotency_key_reused"; key: string }
  | {
      kind: "budget_exceeded";
      /** The policy that refused: the most specific one when several would have. */
      policyId: string;
      scope: string;
      /** What the four amounts below count. */
      unit: "pico_usd" | "tokens";
      limit: string;
      spent: string;
      reserved: string;
      requested: string;
      /** When the window ends and the budget is whole again; null for a total budget. */
      resetsAtMs: number | null;
    }
  /** The model has no price, and a hard cost budget does not admit what it cannot count. */
  | { kind: "price_unknown"; provider: string; model: string }
  | { kind: "rate_limited"; retryAfterMs: number }
  | {
      kind: "provider_failed";
      provider: string;
      failureClass: ProviderFailureClass;
      /** The provider's HTTP status, or null when no response arrived. */
      status: number | null;
      retryable: boolean;
    };

/** One row per kind: adding a kind without choosing its HTTP status does not compile. */
export const HTTP_STATUS_BY_KIND: Readonly<Record<AppErrorData["kind"], number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  invalid_argument: 400,
  // A quota. Official SDKs would repeat it in vain: where waiting does not help, `x-should-retry: false` comes with it.
  limit_reached: 429,
  conflict: 409,
  idempotency_key_reused: 422,
  // 402 and not 429: the official SDKs retry a 429 by themselves, and a budget does not refill in seconds.
  budget_exceeded: 402,
  price_unknown: 422,
  rate_limited: 429,
  provider_failed: 502,
};

/** What went wrong at a model provider, whatever words that provider uses for it. */
export type ProviderFailureClass =
  /** The provider refuses the request as it is; the same request will be refused again. */
  | "invalid_request"
  | "authentication"
  | "permission"
  | "not_found"
  /** Too many requests or tokens for now; `retryAfterMs` says how long, where the provider does. */
  | "rate_limited"
  | "overloaded"
  | "server"
  /** No answer, or no next piece of it, within the time we allow. */
  | "timeout"
  | "network"
  | "content_filtered"
  /** Credit or spend limit used up at the provider: waiting does not help, paying does. */
  | "spend_limit"
  /** The stream ended before the provider said that it was done. */
  | "cut_stream";
