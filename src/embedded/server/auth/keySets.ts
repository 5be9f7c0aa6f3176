/** Where the public keys of auth providers come from: the provider's entry itself, a URL, or discovery. */
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { RequestError } from "../../runtime/types";
import { FetchedJson, FetchError } from "./fetchedJson";

/** More than the providers of any project; each may be known by some spellings of its name. */
const ENTRIES_MAX = 100;

type Discovery = FetchedJson<{ jwksUrl: string }>;

export class KeySets {
  readonly #byUrl = new Map<string, JWTVerifyGetKey>();
  readonly #discovered = new Map<string, Discovery>();

  /** The keys at `jwks`, a `data:` or http(s) URL. @throws RequestError - 401: it is neither. */
  at(jwks: string): JWTVerifyGetKey {
    return entry(this.#byUrl, jwks, () =>
      jwks.startsWith("data:") ? localKeySet(jwks) : remoteKeySet(jwks),
    );
  }

  /**
   * The keys of the OpenID Connect provider that calls itself `issuer`.
   *
   * @throws RequestError - 401: that is no URL. 503: the provider cannot be asked now.
   */
  async discover(issuer: string): Promise<JWTVerifyGetKey> {
    if (!/^https?:/.test(issuer) || !URL.canParse(issuer)) {
      throw misconfigured(`The token's issuer is no URL: ${JSON.stringify(issuer)}`);
    }
    const discovery = entry(this.#discovered, issuer, () => discoveryOf(issuer));
    try {
      return this.at((await discovery.get()).jwksUrl);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      throw new RequestError(
        503,
        "AuthProviderDiscoveryFailed",
        `Auth provider discovery of ${issuer} failed: ${error.message}`,
      );
    }
  }

  forget(): void {
    this.#byUrl.clear();
    this.#discovered.clear();
  }
}

/** The entry for `key`, made if it is missing; the oldest goes when there are too many. */
function entry<T>(entries: Map<string, T>, key: string, make: () => T): T {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const made = make();
  for (const oldest of entries.keys()) {
    if (entries.size < ENTRIES_MAX) break;
    entries.delete(oldest);
  }
  entries.set(key, made);
  return made;
}

function discoveryOf(issuer: string): Discovery {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  return new FetchedJson(url, (document) => {
    const { issuer: own, jwks_uri: jwksUrl } = document as { issuer?: unknown; jwks_uri?: unknown };
    if (own !== issuer) throw new Error(`it calls itself ${JSON.stringify(own)}`);
    if (typeof jwksUrl !== "string" || !URL.canParse(jwksUrl)) {
      throw new Error(`its "jwks_uri" is no URL`);
    }
    return { jwksUrl };
  });
}

/** Keys that are fetched once, and again when a token names one that is not among them. */
function remoteKeySet(url: string): JWTVerifyGetKey {
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    throw misconfigured(`The auth provider's JWKS is no URL: ${JSON.stringify(url)}`);
  }
  const keys = new FetchedJson(url, (document) => createLocalJWKSet(document as JSONWebKeySet));
  return async (header, token) => {
    try {
      return await (
        await keys.get()
      )(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      const renewed = await keys.renewed();
      if (renewed === null) throw error;
      return await renewed(header, token);
    }
  };
}

function localKeySet(dataUrl: string): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(JSON.parse(dataUrlText(dataUrl)) as JSONWebKeySet);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw misconfigured(
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

function misconfigured(message: string): RequestError {
  return new RequestError(401, "InvalidAuthHeader", message);
}
