/** Where the public keys of auth providers come from: the provider's entry itself, a URL, or discovery. */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from "jose";
import { RequestError } from "../../runtime/types";

const FETCH_TIMEOUT_MS = 5_000;
/** Discovery documents and fetched key sets are asked for again after this time. */
const CACHE_MS = 10 * 60_000;

type KeySet = { getKey: JWTVerifyGetKey; expiresAtMs: number };

export class KeySets {
  readonly #byUrl = new Map<string, KeySet>();
  readonly #discovered = new Map<string, { url: Promise<string>; expiresAtMs: number }>();

  /** The keys at `jwks`, a `data:` or http(s) URL. */
  at(jwks: string): JWTVerifyGetKey {
    const known = this.#byUrl.get(jwks);
    if (known !== undefined && known.expiresAtMs > Date.now()) return known.getKey;
    const getKey = jwks.startsWith("data:") ? localKeySet(jwks) : remoteKeySet(jwks);
    this.#byUrl.set(jwks, { getKey, expiresAtMs: Date.now() + 6 * CACHE_MS });
    return getKey;
  }

  /** The keys of the OpenID Connect provider that calls itself `issuer`. */
  async discover(issuer: string): Promise<JWTVerifyGetKey> {
    const known = this.#discovered.get(issuer);
    if (known !== undefined && known.expiresAtMs > Date.now()) return this.at(await known.url);
    const url = discoverKeysUrl(issuer);
    this.#discovered.set(issuer, { url, expiresAtMs: Date.now() + CACHE_MS });
    url.catch(() => this.#discovered.delete(issuer)); // so that the next token tries again
    return this.at(await url);
  }

  forget(): void {
    this.#byUrl.clear();
    this.#discovered.clear();
  }
}

function localKeySet(dataUrl: string): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(JSON.parse(dataUrlText(dataUrl)) as JSONWebKeySet);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RequestError(
      401,
      "InvalidAuthHeader",
      `The auth provider's JWKS is a data URL without a JSON Web Key Set in it: ${reason}`,
    );
  }
}

function dataUrlText(dataUrl: string): string {
  const comma = dataUrl.indexOf(",");
  if (comma === -1) throw new Error("it has no comma");
  const content = decodeURIComponent(dataUrl.slice(comma + 1));
  const isBase64 = /;\s*base64$/i.test(dataUrl.slice(0, comma));
  return isBase64 ? Buffer.from(content, "base64").toString("utf8") : content;
}

function remoteKeySet(url: string): JWTVerifyGetKey {
  if (!URL.canParse(url)) {
    throw new RequestError(
      401,
      "InvalidAuthHeader",
      `The auth provider's JWKS is no URL: ${JSON.stringify(url)}`,
    );
  }
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cacheMaxAge: CACHE_MS,
  });
}

async function discoverKeysUrl(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  let configuration: { issuer?: unknown; jwks_uri?: unknown };
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json" },
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    configuration = (await response.json()) as typeof configuration;
  } catch (error) {
    throw discoveryFailed(issuer, reasonOf(error));
  }
  if (configuration.issuer !== issuer) {
    throw discoveryFailed(issuer, `it calls itself ${JSON.stringify(configuration.issuer)}`);
  }
  if (typeof configuration.jwks_uri !== "string" || !URL.canParse(configuration.jwks_uri)) {
    throw discoveryFailed(issuer, `its "jwks_uri" is no URL`);
  }
  return configuration.jwks_uri;
}

function discoveryFailed(issuer: string, reason: string): RequestError {
  return new RequestError(
    503,
    "AuthProviderDiscoveryFailed",
    `Auth provider discovery of ${issuer} failed: ${reason}`,
  );
}

/** What a failed fetch says, including what lies beneath "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
