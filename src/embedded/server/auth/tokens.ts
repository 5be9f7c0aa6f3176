/** Checks a user's JWT against the providers of `auth.config`, as Convex does. */
import { decodeJwt, decodeProtectedHeader, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { AuthProvider } from "../../deploy/types";
import type { Identity } from "../../engine/types";
import { RequestError } from "../../runtime/types";
import {
  customJwtAttributes,
  oidcAttributes,
  tokenIdentifier,
  type VerifiedClaims,
} from "./attributes";
import { FetchError, reasonOf } from "./fetchedJson";
import type { KeySets } from "./keySets";

/** For clocks that differ a little, as at Convex. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** Of OIDC tokens Convex looks at no "nbf", and at "exp" without any tolerance. */
const OIDC_NBF_TOLERANCE_SECONDS = 300;
const OIDC_ALGORITHMS = ["RS256", "EdDSA"];
/** Far more than a header may hold; over a socket nothing else would bound the work of checking one. */
const TOKEN_CHARS_MAX = 64 * 1024;
/** Access tokens may call themselves the latter (RFC 9068). Other types are not meant for sign-in. */
const TOKEN_TYPES = new Set(["jwt", "at+jwt", "application/at+jwt"]);

/**
 * The user that `token` speaks for.
 *
 * @throws RequestError - 401: the token is malformed, expired, or signed by no provider. 503: the
 *   provider's keys cannot be had now.
 */
export async function verifyToken(
  token: string,
  options: { providers: readonly AuthProvider[]; keySets: KeySets },
): Promise<Identity> {
  if (token.length > TOKEN_CHARS_MAX) {
    throw refused(`It is too large (${token.length} > ${TOKEN_CHARS_MAX} characters).`);
  }
  const provider = providerOf(token, options.providers);
  const keys = await keysOf(token, provider, options.keySets);
  const audience = provider.applicationID === null ? {} : { audience: provider.applicationID };
  let claims: VerifiedClaims;
  try {
    const { payload } = await jwtVerify(token, keys.getKey, {
      algorithms: keys.algorithms,
      clockTolerance:
        provider.type === "oidc" ? OIDC_NBF_TOLERANCE_SECONDS : CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["iss", "sub", "exp", ...(provider.type === "oidc" ? ["iat"] : [])],
      ...audience,
    });
    claims = payload as VerifiedClaims;
  } catch (error) {
    throw toRequestError(error, provider);
  }
  if (typeof claims.sub !== "string" || claims.sub === "") throw refused(`It has no "sub".`);
  if (provider.type === "oidc") checkIdToken(claims, provider.applicationID);
  const attributes =
    provider.type === "oidc" ? oidcAttributes(claims) : customJwtAttributes(claims);
  return {
    kind: "user",
    tokenIdentifier: tokenIdentifier(claims.iss, claims.sub),
    attributes,
    expiresAtMs: claims.exp * 1000,
    token,
  };
}

/** What Convex asks of OIDC tokens beyond what it asks of others. */
function checkIdToken(claims: VerifiedClaims, applicationID: string): void {
  if (claims.exp * 1_000 <= Date.now()) throw refused(`"exp" claim timestamp check failed.`);
  const others = [claims.aud ?? []].flat().filter((audience) => audience !== applicationID);
  if (others.length === 0) return;
  throw refused(`It is for other applications too ("aud" has ${JSON.stringify(others[0])}).`);
}

/** The first provider whose issuer and audience the token names. Its signature is checked after this. */
function providerOf(token: string, providers: readonly AuthProvider[]): AuthProvider {
  let claims: { iss?: unknown; aud?: unknown };
  try {
    claims = decodeJwt(token);
  } catch {
    throw refused("It is no JWT: three base64url parts separated by dots.");
  }
  const { iss, aud } = claims;
  if (typeof iss !== "string") throw refused(`It has no issuer claim ("iss").`);
  const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
  const provider = providers.find(
    (candidate) =>
      canonicalIssuer(issuerOf(candidate)) === canonicalIssuer(iss) &&
      (candidate.applicationID === null || audiences.includes(candidate.applicationID)),
  );
  if (provider !== undefined) return provider;
  const configured = providers.map(
    (known) => `${known.type}(${issuerOf(known)}, ${known.applicationID ?? "any application"})`,
  );
  throw new RequestError(
    401,
    "NoAuthProvider",
    "No auth provider found matching the given token. Its issuer is " +
      `${JSON.stringify(iss)} and its audience ${JSON.stringify(aud ?? null)}; ` +
      `convex/auth.config has: ${configured.join(", ") || "no providers"}.`,
  );
}

function issuerOf(provider: AuthProvider): string {
  return provider.type === "oidc" ? provider.domain : provider.issuer;
}

/** Providers and their users disagree on the protocol and on a slash at the end. */
function canonicalIssuer(issuer: string): string {
  const withProtocol = /^https?:\/\//.test(issuer) ? issuer : `https://${issuer}`;
  return withProtocol.replace(/\/+$/, "");
}

async function keysOf(
  token: string,
  provider: AuthProvider,
  keySets: KeySets,
): Promise<{ getKey: JWTVerifyGetKey; algorithms: string[] }> {
  const { kid, typ } = protectedHeader(token);
  if (typeof typ === "string" && !TOKEN_TYPES.has(typ.toLowerCase())) {
    throw refused(`Its type ("typ") is ${JSON.stringify(typ)}, not "JWT".`);
  }
  if (provider.type === "oidc") {
    const { iss } = decodeJwt(token);
    return { getKey: await keySets.discover(String(iss)), algorithms: OIDC_ALGORITHMS };
  }
  if (typeof kid !== "string") throw refused(`Its header has no key id ("kid").`);
  return { getKey: keySets.at(provider.jwks), algorithms: [provider.algorithm] };
}

function protectedHeader(token: string): { kid?: unknown; typ?: unknown } {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw refused("Its header is no JSON.");
  }
}

function toRequestError(error: unknown, provider: AuthProvider): RequestError {
  if (error instanceof errors.JWKSNoMatchingKey) {
    return refused(`None of the keys of ${issuerOf(provider)} has its key id ("kid").`);
  }
  if (error instanceof RequestError) return error;
  if (!(error instanceof FetchError)) return refused(`${reasonOf(error)}.`);
  return new RequestError(
    503,
    "AuthProviderUnavailable",
    `The keys of ${issuerOf(provider)} cannot be fetched: ${reasonOf(error)}`,
  );
}

function refused(reason: string): RequestError {
  return new RequestError(401, "InvalidAuthHeader", `Could not verify the token. ${reason}`);
}
