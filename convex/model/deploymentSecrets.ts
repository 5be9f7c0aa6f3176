/**
 * The deployment's own secrets, and whom it trusts with sign-in, from its environment. Without a secret, what
 * needs it fails: nothing is ever hashed or sealed with a default.
 */
import type { RequestLimits } from "../../src/core/rateLimits";
import { env } from "../_generated/server";
import { fromBase64 } from "../lib/crypto";

const KEY_BYTES = 32;

/** What hashes of API keys are made with. Changing it makes every key unknown. */
export function pepper(): Uint8Array<ArrayBuffer> {
  return keyFrom("KEY_PEPPER", env.KEY_PEPPER ?? "");
}

export type SealingKey = { id: string; key: Uint8Array<ArrayBuffer> };

/**
 * What secrets are sealed with: `id:base64` and more of them after commas. The first one seals; the others
 * open what was sealed before, until the rotation has sealed it anew.
 */
export function sealingKeys(): readonly [SealingKey, ...SealingKey[]] {
  const [first, ...others] = (env.SEALING_KEYS ?? "").split(",").map((entry) => {
    const [id = "", key = ""] = entry.trim().split(":");
    if (id === "") throw missing("SEALING_KEYS");
    return { id, key: keyFrom("SEALING_KEYS", key) };
  });
  if (first === undefined) throw missing("SEALING_KEYS");
  return [first, ...others];
}

/** Our own issuer: what it signs with, and under which name its tokens are believed. */
export type OwnIssuer = Readonly<{
  issuer: string;
  audience: string;
  kid: string;
  privateKey: Readonly<Record<string, unknown>>; // JWK
  /** The public keys, as anybody may have them. */
  jwks: Readonly<Record<string, unknown>>;
}>;

/**
 * The key is `AUTH_SIGNING_KEY`, a private ES256 JWK; issuer, audience and public keys are those of the entry
 * of `AUTH_PROVIDERS` whose `data:` JWKS has the key's `kid`. So tokens are signed only as they are believed.
 */
export function ownIssuer(): OwnIssuer {
  const own = findOwnIssuer();
  if (own !== null) return own;
  throw new Error(
    "AUTH_SIGNING_KEY must hold a private ES256 JWK whose kid is in the data: JWKS of an entry of " +
      "AUTH_PROVIDERS; see convex/README.md.",
  );
}

/** Null where people sign in by other providers only. */
export function findOwnIssuer(): OwnIssuer | null {
  const privateKey = parsed(env.AUTH_SIGNING_KEY ?? "");
  const kid = privateKey["kid"];
  if (typeof kid !== "string") return null;
  for (const { issuer, applicationID, jwks } of providers()) {
    const keys = keySetIn(jwks);
    const isOurs = keys?.["keys"]?.some((key) => key["kid"] === kid) ?? false;
    if (!isOurs || keys === null) continue;
    if (typeof issuer !== "string" || typeof applicationID !== "string") return null;
    return { issuer, audience: applicationID, kid, privateKey, jwks: keys };
  }
  return null;
}

/** Whether people whom the issuer vouches for are let in, so that an account there is a way to sign in. */
export function isTrustedIssuer(issuer: string): boolean {
  return trustedIssuers().includes(bare(issuer));
}

/** Whether somebody beside our own issuer may vouch for people, so that there are accounts to link. */
export function hasOtherIssuer(): boolean {
  const own = findOwnIssuer();
  return trustedIssuers().some((issuer) => own === null || issuer !== bare(own.issuer));
}

function trustedIssuers(): string[] {
  return providers().map((entry) => bare(String(entry["issuer"] ?? entry["domain"])));
}

/** Convex takes an issuer's name with and without its protocol or a slash behind it for the same. */
function bare(issuer: string): string {
  return issuer.replace(/^https?:\/\//, "").replace(/\/$/, "");
}

/**
 * How many requests a minute a key may make on this deployment, by what they do: the entries of `API_RATE_LIMITS`, in
 * place of the plan's.
 */
export function requestLimits(): Partial<RequestLimits> {
  const given = parsed(env.API_RATE_LIMITS ?? "");
  const limits = Object.entries(given).filter(
    ([, value]) => typeof value === "number" && Number.isInteger(value) && value > 0,
  );
  return Object.fromEntries(limits);
}

/** Whose pages may sign people in beside the deployment's own: the entries of `AUTH_ALLOWED_ORIGINS`. */
export function allowedOrigins(): readonly string[] {
  return (env.AUTH_ALLOWED_ORIGINS ?? "").split(",").map((entry) => entry.trim());
}

/** Whose pages may call the API: the entries of `API_ALLOWED_ORIGINS`, none without it. */
export function apiOrigins(): readonly string[] {
  const entries = (env.API_ALLOWED_ORIGINS ?? "").split(",").map((entry) => entry.trim());
  return entries.filter((entry) => entry !== "");
}

/** Where the deployment itself is called. */
export function ownUrls(): readonly string[] {
  return [env.CONVEX_CLOUD_URL, env.CONVEX_SITE_URL];
}

/** Where traces go. The headers hold what it lets us in by. */
export type OtlpCollector = Readonly<{
  url: string;
  headers: Readonly<Record<string, string>>;
  serviceName: string;
}>;

/** As OpenTelemetry's variables say; null: nobody collects traces. */
export function otlpCollector(): OtlpCollector | null {
  const endpoint = (env.OTEL_EXPORTER_OTLP_ENDPOINT ?? "").trim().replace(/\/+$/, "");
  if (endpoint === "") return null;
  const entries = (env.OTEL_EXPORTER_OTLP_HEADERS ?? "").split(",").flatMap((entry) => {
    const [name = "", ...value] = entry.split("=");
    const text = decodeURIComponent(value.join("=").trim());
    return name.trim() === "" ? [] : [[name.trim(), text] as const];
  });
  const headers = Object.fromEntries(entries);
  const serviceName = (env.OTEL_SERVICE_NAME ?? "").trim() || "agentik";
  return { url: `${endpoint}/v1/traces`, headers, serviceName };
}

type JsonObject = Record<string, unknown>;
type KeySet = { keys?: JsonObject[] };

function providers(): JsonObject[] {
  return JSON.parse(env.AUTH_PROVIDERS) as JsonObject[];
}

function keySetIn(jwks: unknown): KeySet | null {
  const [, base64] = /^data:application\/json;base64,(.+)$/.exec(String(jwks)) ?? [];
  return base64 === undefined ? null : (parsed(atob(base64)) as KeySet);
}

function parsed(json: string): JsonObject {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as JsonObject) : {};
  } catch {
    return {}; // what is missing in it is reported by whoever looks for it
  }
}

function keyFrom(variable: string, text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text);
  if (bytes?.length !== KEY_BYTES) throw missing(variable);
  return bytes;
}

function missing(variable: string): Error {
  return new Error(
    `The environment variable ${variable} must hold ${KEY_BYTES} random bytes as base64; see convex/README.md.`,
  );
}
