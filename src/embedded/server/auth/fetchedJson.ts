/** JSON documents of auth providers, kept for as long as their servers say, within bounds. */

const FETCH_TIMEOUT_MS = 5_000;
const BODY_BYTES_MAX = 1_000_000;
const MINUTE_MS = 60_000;
/** How long a document is kept whose server says nothing, and the bounds of what it may say. */
const KEPT_MS = 10 * MINUTE_MS;
const KEPT_MIN_MS = MINUTE_MS;
const KEPT_MAX_MS = 60 * MINUTE_MS;
/** A document is asked for ahead of time at most this often, whoever it is that needs a newer one. */
const RENEWAL_PAUSE_MS = 30_000;
/** As at Convex. */
const MEDIA_TYPES = new Set(["application/json", "application/jwk-set+json"]);

/** Why a document cannot be had now. */
export class FetchError extends Error {
  override readonly name = "FetchError";
}

export class FetchedJson<T> {
  readonly #url: string;
  readonly #read: (document: unknown) => T;
  #kept: { value: T; untilMs: number } | null = null;
  #pending: Promise<T> | null = null;
  #renewableAtMs = 0;

  /** @param read - What the document says; throws when it is none of the kind. */
  constructor(url: string, read: (document: unknown) => T) {
    this.#url = url;
    this.#read = read;
  }

  /** @throws FetchError */
  async get(): Promise<T> {
    if (this.#kept !== null && this.#kept.untilMs > Date.now()) return this.#kept.value;
    return await this.#fetchOnce();
  }

  /** A newer document than the one that was kept; null when it was renewed only just now. @throws FetchError */
  async renewed(): Promise<T | null> {
    if (this.#pending !== null) return await this.#pending;
    if (Date.now() < this.#renewableAtMs) return null;
    this.#renewableAtMs = Date.now() + RENEWAL_PAUSE_MS;
    return await this.#fetchOnce();
  }

  #fetchOnce(): Promise<T> {
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #fetch(): Promise<T> {
    try {
      const response = await fetch(this.#url, {
        headers: { accept: "application/json" },
        signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`it answered ${response.status}`);
      requireJson(response.headers.get("content-type"));
      const value = this.#read(JSON.parse(await boundedText(response)));
      const keptMs = keptMsOf(response.headers.get("cache-control"));
      this.#kept = { value, untilMs: Date.now() + keptMs };
      return value;
    } catch (error) {
      throw new FetchError(reasonOf(error), { cause: error });
    }
  }
}

/** How long the server lets its document be kept, within our bounds. */
export function keptMsOf(cacheControl: string | null): number {
  if (cacheControl === null) return KEPT_MS;
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return KEPT_MIN_MS;
  const [, seconds] = /\bmax-age\s*=\s*"?(\d+)/i.exec(cacheControl) ?? [];
  if (seconds === undefined) return KEPT_MS;
  return Math.min(Math.max(Number(seconds) * 1_000, KEPT_MIN_MS), KEPT_MAX_MS);
}

function requireJson(contentType: string | null): void {
  const [type = "", ...parameters] = (contentType ?? "").split(";").map((part) => part.trim());
  const charset = parameters.find((parameter) => /^charset=/i.test(parameter));
  if (MEDIA_TYPES.has(type.toLowerCase()) && /^(?:charset="?utf-8"?)?$/i.test(charset ?? ""))
    return;
  throw new Error(
    `Invalid Content-Type '${contentType ?? "unknown"}'. Expected 'application/json' or 'application/jwk-set+json'.`,
  );
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) throw new Error(`it is larger than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** What a failed fetch says, including what lies beneath "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
