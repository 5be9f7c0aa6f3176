/** From the claims of a verified token to the attributes of Convex's `UserIdentity`. */
import type { JWTPayload } from "jose";
import type { Json, JsonObject } from "../../values/json";

/** Claims that say how long and for whom a token is good; they are no attributes of the user. */
const REGISTERED_CLAIMS = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]);
/** What OpenID Connect adds to them. */
const OIDC_CLAIMS = new Set(["auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash"]);
/** Clerk's "factor verification age" differs in each token and would bust the query cache. */
const VOLATILE_CLAIM = "fva";

/** OpenID Connect's standard claims and Convex's names for them. */
const ATTRIBUTE_BY_CLAIM: Readonly<Record<string, string>> = {
  name: "name",
  given_name: "givenName",
  family_name: "familyName",
  nickname: "nickname",
  preferred_username: "preferredUsername",
  profile: "profileUrl",
  picture: "pictureUrl",
  website: "websiteUrl",
  email: "email",
  email_verified: "emailVerified",
  gender: "gender",
  birthdate: "birthday",
  zoneinfo: "timezone",
  locale: "language",
  phone_number: "phoneNumber",
  phone_number_verified: "phoneNumberVerified",
  address: "address",
  updated_at: "updatedAt",
};

export type VerifiedClaims = JWTPayload & { iss: string; sub: string; exp: number };

/** A custom JWT's claims keep their own names; those inside of others are called "a.b". */
export function customJwtAttributes(claims: VerifiedClaims): JsonObject {
  const entries = flatten(otherClaims(claims, REGISTERED_CLAIMS));
  return { ...Object.fromEntries(entries), ...fixedAttributes(claims) };
}

/** An OIDC token's standard claims get Convex's names; others keep their name and shape. */
export function oidcAttributes(claims: VerifiedClaims): JsonObject {
  const entries = otherClaims(claims, new Set([...REGISTERED_CLAIMS, ...OIDC_CLAIMS])).flatMap(
    ([claim, value]): [string, Json][] => {
      const attribute = Object.hasOwn(ATTRIBUTE_BY_CLAIM, claim) ? ATTRIBUTE_BY_CLAIM[claim] : null;
      if (attribute === null || attribute === undefined) return [[claim, value]];
      const standard = standardValue(claim, value);
      return standard === null ? [] : [[attribute, standard]];
    },
  );
  return { ...Object.fromEntries(entries), ...fixedAttributes(claims) };
}

export function tokenIdentifier(issuer: string, subject: string): string {
  return `${issuer}|${subject}`;
}

/** Put last, so that no claim of the same name can pose as one of them. */
function fixedAttributes({ iss, sub }: VerifiedClaims): JsonObject {
  return { tokenIdentifier: tokenIdentifier(iss, sub), issuer: iss, subject: sub };
}

function otherClaims(claims: VerifiedClaims, without: ReadonlySet<string>): [string, Json][] {
  return Object.entries(claims as JsonObject).filter(
    ([name]) => !without.has(name) && name !== VOLATILE_CLAIM,
  );
}

function flatten(entries: [string, Json][]): [string, Json][] {
  return entries.flatMap(([name, value]): [string, Json][] =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? flatten(Object.entries(value)).map(([inner, leaf]) => [`${name}.${inner}`, leaf])
      : [[name, value]],
  );
}

function standardValue(claim: string, value: Json): Json {
  if (claim === "address") {
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? (value["formatted"] ?? null) : value;
  }
  if (claim === "updated_at" && typeof value === "number") {
    const date = new Date(value * 1000);
    return Number.isNaN(date.getTime()) ? null : date.toISOString();
  }
  return value;
}
