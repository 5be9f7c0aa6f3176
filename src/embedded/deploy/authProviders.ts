/** From what `auth.config.ts` exports to providers, with Convex's checks and words (crates/common/src/auth.rs). */
import { z } from "zod";
import { PushError, type AuthProvider } from "./types";

const customJwt = z
  .object({
    type: z.literal("customJwt"),
    issuer: z.string(),
    jwks: z.string(),
    algorithm: z.enum(["RS256", "ES256"]),
    applicationID: z.string().nullish(),
  })
  .transform((provider) => ({ ...provider, applicationID: provider.applicationID ?? null }));
const oidc = z.object({ type: z.literal("oidc"), domain: z.string(), applicationID: z.string() });
const providerSchema = z.preprocess(
  (provider) =>
    typeof provider === "object" && provider !== null && !Object.hasOwn(provider, "type")
      ? { ...provider, type: "oidc" }
      : provider,
  z.discriminatedUnion("type", [customJwt, oidc]),
);
const configSchema = z.object({ providers: z.array(providerSchema) });

const DOCS = "To learn more, see the auth documentation at https://docs.convex.dev/auth.";

/**
 * @param config - The default export, by way of JSON; null where there is none.
 * @throws PushError
 */
export function parseAuthConfig(config: unknown): AuthProvider[] {
  if (config === null || config === undefined) {
    const message = `auth config file is missing default export. ${DOCS}`;
    throw refusal("AuthConfigMissingExportError", message);
  }
  const given = (config as { providers?: unknown }).providers;
  if (Array.isArray(given)) given.forEach(refuseConfusions);
  const parsed = configSchema.safeParse(config);
  if (!parsed.success) throw mismatch(z.prettifyError(parsed.error));
  const { providers } = parsed.data;
  for (const provider of providers) {
    checkIssuerUrl(provider.type === "oidc" ? provider.domain : provider.issuer);
  }
  return providers;
}

/** Mistakes that the shape alone would not tell of, for it allows other properties. */
function refuseConfusions(provider: unknown, position: number): void {
  if (typeof provider !== "object" || provider === null) return;
  const given = provider as Record<string, unknown>;
  const has = (name: string) => Object.hasOwn(given, name);
  const where = `Provider at index ${position}`;
  const { type = "oidc", issuer } = given;
  if (has("applicationId") || has("applicationid")) {
    throw mismatch(
      `${where} must have applicationID property spelled lowercase 'application', capital I, capital D.`,
    );
  }
  if (type !== "customJwt" && type !== "oidc") {
    throw mismatch(`${where} has unexpected 'type' value '${String(type)}'`);
  }
  if (type === "customJwt" && has("domain")) {
    throw mismatch(`${where} is a customJwt so cannot have a 'domain' specified`);
  }
  if (type === "oidc" && has("issuer")) {
    throw mismatch(`${where} is oidc so cannot have an 'issuer' specified.`);
  }
  if (!has("applicationID") && /^https:\/\/api\.workos\.com\/?$/.test(String(issuer))) {
    throw refusal(
      "InsecureConfiguration",
      `This auth configuration appears potentially insecure: ${where} has an issuer that is shared among ` +
        "many applications, so must to specify an ApplicationID to check against an `aud` field of a JWT.",
    );
  }
}

const SCHEME = /^\w+:\/\//;

function checkIssuerUrl(given: string): void {
  const refuse = (reason: string) =>
    refusal("InvalidProviderDomainUrl", `Invalid provider domain URL "${given}": ${reason}`);
  if (given.startsWith('"')) throw refuse('starts with a double quote (")');
  const hasScheme = SCHEME.test(given);
  const text = hasScheme ? given : `https://${given}`;
  if (!URL.canParse(text)) throw refuse("it is no URL");
  const { protocol, hostname } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") {
    throw refuse("scheme should be http or https");
  }
  if (!hasScheme && hostname !== "localhost" && !/\.(?:[a-z]{2,}|xn--[a-z0-9-]+)$/.test(hostname)) {
    throw refuse("Does not look like a URL (must have a scheme or end with a top-level domain)");
  }
}

function mismatch(reason: string): PushError {
  const message = `auth config file must include a list of provider credentials: ${reason}`;
  return refusal("AuthConfigNotMatchingSchemaError", message);
}

function refusal(code: string, message: string): PushError {
  return new PushError(message, { file: "auth.config.ts", code });
}
