/**
 * What belongs to one installation and must outlive restarts: the key that signs its users' tokens, and the
 * secrets that its API keys are hashed and its credentials are sealed with.
 *
 * They stay in the data folder, readable by its owner only, and in the variables of the deployment there; what
 * checks tokens is the public half, as the `data:` JWKS of a `customJwt` provider, so that it needs no network.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type JWK, SignJWT, exportJWK, generateKeyPair, importJWK } from "jose";
import { z } from "zod";
import { UsageError } from "../embedded/command/ending";

const ISSUER = "https://local.agentik.invalid";
const APPLICATION_ID = "agentik";
const ALGORITHM = "ES256";
const KEY_FILE = "auth-signing-key.json";
const SECRETS_FILE = "deployment-secrets.json";
const SECRET_BYTES = 32;

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

const Secrets = z.object({ keyPepper: z.string(), sealingKeys: z.string() });
type Secrets = z.infer<typeof Secrets>;

export type Installation = Readonly<{
  issuer: string;
  /** The deployment's own variables, which sign-in, API keys and sealed credentials need. */
  variables: Readonly<Record<string, string>>;
  /** A token for the person `subject`, valid for `TOKEN_LIFETIME`. */
  signToken(person: { subject: string; name: string }): Promise<string>;
}>;

/**
 * The installation in `folder`, which the caller owns; what is missing is made.
 *
 * @throws UsageError - A file holds something else.
 */
export async function openInstallation(folder: string): Promise<Installation> {
  const key = await readOrMake(join(folder, KEY_FILE), {
    form: PrivateKey,
    make: makeKey,
    what: "a signing key",
    loss: "everyone has to sign in again",
  });
  const { keyPepper, sealingKeys } = await readOrMake(join(folder, SECRETS_FILE), {
    form: Secrets,
    make: makeSecrets,
    what: "the deployment's secrets",
    loss: "every API key is unknown and every provider's credential has to be entered again",
  });
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
    variables: {
      AUTH_PROVIDERS: JSON.stringify([provider]),
      AUTH_SIGNING_KEY: JSON.stringify(key),
      KEY_PEPPER: keyPepper,
      SEALING_KEYS: sealingKeys,
    },
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

type Kept<T> = {
  form: z.ZodType<T>;
  make: () => Promise<T>;
  what: string;
  /** What a new one costs. */
  loss: string;
};

async function readOrMake<T>(path: string, { form, make, what, loss }: Kept<T>): Promise<T> {
  const text = await readText(path);
  if (text === null) {
    const made = await make();
    // "wx": two starts at once must not both believe that what they made is the installation's.
    await writeFile(path, JSON.stringify(made), { mode: 0o600, flag: "wx" });
    return made;
  }
  const parsed = form.safeParse(parseJson(text));
  if (!parsed.success) {
    throw new UsageError(
      `${path} does not hold ${what}. Restore it from a backup, or delete it: a new one is then made, and ${loss}.`,
    );
  }
  return parsed.data;
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // reported by the caller, who knows the file
  }
}

async function makeKey(): Promise<PrivateKey> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk: JWK = await exportJWK(privateKey);
  return PrivateKey.parse({ ...jwk, kid: randomUUID() });
}

function makeSecrets(): Promise<Secrets> {
  const secret = () => randomBytes(SECRET_BYTES).toString("base64");
  return Promise.resolve({ keyPepper: secret(), sealingKeys: `1:${secret()}` });
}
