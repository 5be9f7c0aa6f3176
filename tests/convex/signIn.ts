/** People with passwords, and the sign-in routes as a program calls them. */
import { decodeJwt } from "jose";
import { expect } from "vitest";
import { internal } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { toBase64 } from "../../convex/lib/crypto";
import { hashPassword } from "../../convex/model/auth/passwords";
import { makeRefreshToken } from "../../convex/model/auth/tokens";
import type { PasswordHash } from "../../convex/validators";
import type { Backend, Caller } from "./drivers";

export const PASSWORD = "correct horse battery";
/** Made once: hashing takes long by design. */
const hash = await hashPassword(PASSWORD);

export type Tokens = { accessToken: string; accessTokenExpiresAt: number; refreshToken: string };

/** A user with an address and `PASSWORD`, in no tenant. */
export async function personWith(t: Backend, email: string): Promise<Id<"users">> {
  return await t.run(async (ctx) => {
    const times = { createdAt: 0, updatedAt: 0 };
    const user = { name: email, email, status: "active" as const, ...times };
    const userId = await ctx.db.insert("users", user);
    await ctx.db.insert("passwords", { userId, hash, updatedAt: 0 });
    return userId;
  });
}

/** Gives a user without either an address and `PASSWORD`. */
export async function givePassword(
  t: Backend,
  { userId, email }: { userId: Id<"users">; email: string },
): Promise<void> {
  await t.run(async (ctx) => {
    await ctx.db.patch("users", userId, { email });
    await ctx.db.insert("passwords", { userId, hash, updatedAt: 0 });
  });
}

/** A POST of JSON, by default as a program sends it. */
export async function post(
  t: Caller,
  to: string | { path: string; headers: Record<string, string> },
  body: object,
): Promise<Response> {
  const { path, headers } = typeof to === "string" ? { path: to, headers: {} } : to;
  return await t.fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

export async function signInAs(t: Caller, email: string, password = PASSWORD): Promise<Tokens> {
  return await tokensIn(await post(t, "/auth/sign-in", { email, password }));
}

/** Tokens of a person with `PASSWORD`, without the work that checking it takes. */
export async function entered(t: Backend, userId: Id<"users">): Promise<Tokens> {
  const { token: refreshToken, hashes } = await makeRefreshToken();
  const checked = { userId, hashes, checkedDigest: hash.digest };
  await t.mutation(internal.jobs.auth.signIns.open, checked);
  return await tokensIn(await post(t, "/auth/refresh", { refreshToken }));
}

export async function tokensIn(response: Response): Promise<Tokens> {
  expect(response.status).toBe(200);
  return (await response.json()) as Tokens;
}

/** A caller with the access token, as if the deployment had checked it: these drivers know no tokens. */
export function withToken(t: Backend, { accessToken }: Pick<Tokens, "accessToken">): Caller {
  const { iss, sub, sid } = decodeJwt<{ sid: string }>(accessToken);
  const identity = { issuer: iss!, subject: sub!, tokenIdentifier: `${iss}|${sub}`, sid };
  return t.withIdentity(identity) as Caller;
}

/** A hash as it was made with fewer iterations. */
export async function weakHash(password: string): Promise<PasswordHash> {
  const salt = new Uint8Array(16);
  const bytes = new TextEncoder().encode(password);
  const key = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const parameters = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 1_000 };
  const digest = Buffer.from(await crypto.subtle.deriveBits(parameters, key, 256));
  const encoded = { salt: toBase64(salt), digest: digest.toString("base64") };
  return { algorithm: "pbkdf2-sha256", iterations: 1_000, ...encoded };
}

type RunCtx = Parameters<Parameters<Backend["run"]>[0]>[0];

export async function signInsOf(ctx: RunCtx, userId: Id<"users">) {
  return await ctx.db
    .query("auth_sessions")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .collect();
}
