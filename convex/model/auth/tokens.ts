/**
 * The two tokens of a sign-in. The access token is a JWT that everybody can check and nobody can take back,
 * so it is short-lived; the refresh token is good for one use and is kept as a hash only.
 *
 *   refresh token = <family>.<turn>     family: the same for the whole sign-in; turn: another at each refresh
 */
import { importJWK, SignJWT } from "jose";
import { hmacSha256, randomToken, sha256 } from "../../lib/crypto";
import { ownIssuer, pepper } from "../deploymentSecrets";

const ALGORITHM = "ES256";
export const ACCESS_TOKEN_LIFETIME_MS = 15 * 60 * 1_000;
const HALF_BYTES = 32;
const FORM = /^([\w-]{43})\.([\w-]{43,64})$/;

/** What is stored of a refresh token. */
export type RefreshHashes = { familyHash: string; refreshHash: string };

/**
 * Its claims are the same in every token of a sign-in: a claim that changes would make every cached query of
 * the person's miss.
 */
export async function signAccessToken({
  subject,
  signInId,
  nowMs,
}: {
  subject: string;
  signInId: string;
  nowMs: number;
}): Promise<{ accessToken: string; accessTokenExpiresAt: number }> {
  const { issuer, audience, kid, privateKey } = ownIssuer();
  const issuedAt = Math.floor(nowMs / 1_000);
  const expiresAt = issuedAt + ACCESS_TOKEN_LIFETIME_MS / 1_000;
  const accessToken = await new SignJWT({ sid: signInId })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(await importJWK(privateKey, ALGORITHM));
  return { accessToken, accessTokenExpiresAt: expiresAt * 1_000 };
}

export async function makeRefreshToken(): Promise<{ token: string; hashes: RefreshHashes }> {
  const token = `${randomToken(HALF_BYTES)}.${randomToken(HALF_BYTES)}`;
  return { token, hashes: (await hashesOf(token)) as RefreshHashes };
}

/** Null for what has not the form of one. */
export async function hashesOf(token: string): Promise<RefreshHashes | null> {
  const [, family, turn] = FORM.exec(token) ?? [];
  if (family === undefined || turn === undefined) return null;
  return { familyHash: await sha256(family), refreshHash: await sha256(turn) };
}

/**
 * The token after this one. It follows from it under the deployment's secret, so that whoever asks again
 * because the answer got lost is given the same one, and two tabs that ask at once do not part ways.
 */
export async function nextRefreshToken(
  token: string,
): Promise<{ token: string; hashes: RefreshHashes }> {
  const family = token.slice(0, token.indexOf("."));
  const turn = await hmacSha256(pepper(), `refresh token after ${token}`);
  const next = `${family}.${turn}`;
  return { token: next, hashes: (await hashesOf(next)) as RefreshHashes };
}
