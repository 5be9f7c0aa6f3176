/**
 * What belongs to one installation and must outlive restarts: the key that signs its users' tokens.
 *
 * The private key stays in the data folder, readable by its owner only; the deployment gets the public
 * half, as the `data:` JWKS of a `customJwt` provider, so that checking a token needs no network.
 */
import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type JWK, SignJWT, exportJWK, generateKeyPair, importJWK } from "jose";
import { z } from "zod";
import { UsageError } from "../embedded/command/ending";

const ISSUER = "https://local.agentik.invalid";
const APPLICATION_ID = "agentik";
const ALGORITHM = "ES256";
const KEY_FILE = "auth-signing-key.json";

/** A browser or a script that keeps the printed token open for a working day. */
const TOKEN_LIFETIME = "24h";

const PrivateKey = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
});
type PrivateKey = z.infer<typeof PrivateKey>;

export type Installation = Readonly<{
  issuer: string;
  /** The value of the deployment's `AUTH_PROVIDERS`. */
  authProviders: string;
  /** A token for the person `subject`, valid for `TOKEN_LIFETIME`. */
  signToken(person: { subject: string; name: string }): Promise<string>;
}>;

/**
 * The installation in `folder`, which the caller owns; its key is made if it is missing.
 *
 * @throws UsageError - The key's file holds something else.
 */
export async function openInstallation(folder: string): Promise<Installation> {
  const path = join(folder, KEY_FILE);
  const key = (await readKey(path)) ?? (await makeKey(path));
  const { d: _private, ...publicKey } = key;
  const jwks = JSON.stringify({ keys: [{ ...publicKey, alg: ALGORITHM, use: "sig" }] });
  const provider = {
    type: "customJwt",
    applicationID: APPLICATION_ID,
    issuer: ISSUER,
    algorithm: ALGORITHM,
    jwks: `data:application/json;base64,${Buffer.from(jwks).toString("base64")}`,
  };
  const signingKey = await importJWK(key, ALGORITHM);

  return {
    issuer: ISSUER,
    authProviders: JSON.stringify([provider]),
    signToken: async ({ subject, name }) =>
      await new SignJWT({ name })
        .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: "JWT" })
        .setIssuer(ISSUER)
        .setAudience(APPLICATION_ID)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(TOKEN_LIFETIME)
        .sign(signingKey),
  };
}

async function readKey(path: string): Promise<PrivateKey | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const parsed = PrivateKey.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new UsageError(
      `${path} does not hold a signing key. Restore it from a backup, or delete it: a new key is then ` +
        "made, and everyone has to sign in again.",
    );
  }
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // reported by the caller, who knows the file
  }
}

async function makeKey(path: string): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk: JWK = await exportJWK(privateKey);
  const key = PrivateKey.parse({ ...jwk, kid: randomUUID() });
  // "wx": two starts at once must not both believe that their key is the installation's.
  await writeFile(path, JSON.stringify(key), { mode: 0o600, flag: "wx" });
  return key;
}
