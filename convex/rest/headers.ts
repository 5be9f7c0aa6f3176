/** Headers that answers of either API have. */

/** When to ask again: for clients that read whole seconds, and for those of OpenAI's and Anthropic's that read more. */
export function retryHeaders(retryAfterMs: number): Record<string, string> {
  return {
    "retry-after": String(Math.ceil(retryAfterMs / 1_000)),
    "retry-after-ms": String(Math.ceil(retryAfterMs)),
  };
}

/** By which a request is found in the log. */
export function newRequestId(): string {
  return `req_${crypto.randomUUID().replaceAll("-", "")}`;
}
