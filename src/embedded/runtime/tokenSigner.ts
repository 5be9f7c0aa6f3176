/**
 * `ctx.auth.signJwt`: tokens that the deployment signs with a key of its own (ES256). The key is made with the
 * first token, kept in the data folder, and its public half is served at `/.well-known/jwks.json`.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { UserError, type ComponentPath } from "../engine/types";
import { openSecretFile } from "../store/secretFile";
import type { Json, JsonObject } from "../values/json";

export interface TokenSigner {
  /** @throws UserError - Claims that are Convex's to set, or a life that is too short or too long. */
  sign(request: SignRequest): string;
  /** The public key as a JSON Web Key Set. */
  jwks(): string;
}

export type SignRequest = {
  claims: Json | undefined;
  expiresInSeconds: Json | undefined;
  componentPath: ComponentPath;
  /** What the deployment calls itself: CONVEX_CLOUD_URL. */
  cloudUrl: string;
  nowMs: number;
};

const FILE_NAME = "signing_key";
const LIFE_MAX_SECONDS = 3_600;
/** What the package's types forbid, it does not check. */
const RESERVED = new Set(["iss", "iat", "exp", "nbf"]);
const RESERVED_PREFIX = /^(?:convex|cvx)/i;

export function createTokenSigner(folder: string): TokenSigner {
  let opened: SigningKey | undefined;
  const key = () => (opened ??= openKey(join(folder, FILE_NAME)));
  return {
    sign({ claims = {}, expiresInSeconds, componentPath, cloudUrl, nowMs }) {
      requireClaims(claims);
      requireLife(expiresInSeconds);
      const iat = Math.floor(nowMs / 1_000);
      const { privateKey, kid } = key();
      const iss = componentPath === "" ? cloudUrl : `${cloudUrl}/components/${componentPath}`;
      const payload = { ...claims, iss, iat, exp: iat + Math.floor(expiresInSeconds) };
      const content = `${base64url({ alg: "ES256", kid, typ: "JWT" })}.${base64url(payload)}`;
      const signature = sign("sha256", Buffer.from(content), {
        key: privateKey,
        dsaEncoding: "ieee-p1363",
      });
      return `${content}.${signature.toString("base64url")}`;
    },
    jwks: () => JSON.stringify({ keys: [key().publicJwk] }),
  };
}

type SigningKey = {
  privateKey: KeyObject;
  publicJwk: Readonly<Record<string, unknown>>;
  kid: string;
};

/** @throws Error - The file holds something else; the message says which file, not what is in it. */
function openKey(path: string): SigningKey {
  const pem = openSecretFile(path, () =>
    generateKeyPairSync("ec", {
      namedCurve: "P-256",
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    }).privateKey.trim(),
  );
  try {
    const privateKey = createPrivateKey(pem);
    const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
    if (crv !== "P-256") throw new Error(`a key of another kind (${crv})`);
    // RFC 7638: the key names itself, so a new one has a new name.
    const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
    return { privateKey, publicJwk: { kty, crv, x, y, kid, alg: "ES256", use: "sig" }, kid };
  } catch {
    throw new Error(`${path} does not hold a signing key. Delete the file to get a new one.`);
  }
}

function requireClaims(claims: Json): asserts claims is JsonObject {
  if (typeof claims !== "object" || claims === null || Array.isArray(claims)) {
    throw refusal("`claims` must be an object.");
  }
  for (const name of Object.keys(claims)) {
    if (RESERVED.has(name)) throw refusal(`The claim "${name}" is set by Convex.`);
    if (RESERVED_PREFIX.test(name)) {
      throw refusal(`The claim "${name}" starts with "convex" or "cvx", which are reserved.`);
    }
  }
}

function requireLife(seconds: Json | undefined): asserts seconds is number {
  if (typeof seconds === "number" && seconds >= 1 && seconds <= LIFE_MAX_SECONDS) return;
  throw refusal(`\`expiresInSeconds\` must be a number from 1 to ${LIFE_MAX_SECONDS}.`);
}

function refusal(message: string): UserError {
  return new UserError(`signJwt: ${message}`, "InvalidJwtOptions");
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
