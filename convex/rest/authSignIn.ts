/** Signing in with a password, staying signed in, signing out, and changing the password. */
import { internal } from "../_generated/api";
import { fail } from "../lib/errors";
import { jsonResponse, readFields } from "../lib/http";
import { omitUndefined } from "../lib/objects";
import { checkPassword, hashPassword, isOutdated, isPassword } from "../model/auth/passwords";
import { hashesOf, makeRefreshToken, nextRefreshToken } from "../model/auth/tokens";
import { authAction } from "./authCors";
import {
  countTry,
  deliveryOf,
  refreshTokenIn,
  signedInResponse,
  signedOutResponse,
} from "./authReplies";

/**
 * `{email, password, delivery?}`. The same answer, after the same work, to a wrong password and to an address
 * that nobody has.
 */
export const signIn = authAction(async (ctx, request) => {
  const fields = await readFields(request, ["email", "password"], ["delivery"]);
  const delivery = deliveryOf(fields.delivery);
  const email = fields.email.trim().toLowerCase();
  await countTry(ctx, email);

  const account = await ctx.runQuery(internal.jobs.auth.signIns.findAccount, { email });
  const isRight = await isPassword(fields.password, account?.hash ?? null);
  if (account === null || !isRight) return fail({ kind: "unauthenticated" });
  const { userId, hash } = account;

  const { token: refreshToken, hashes } = await makeRefreshToken();
  const renewedHash = isOutdated(hash) ? await hashPassword(fields.password) : undefined;
  const checked = { userId, hashes, checkedDigest: hash.digest };
  const args = { ...checked, ...omitUndefined({ renewedHash }) };
  const opened = await ctx.runMutation(internal.jobs.auth.signIns.open, args);
  return await signedInResponse(opened, { refreshToken, delivery });
});

/** `{refreshToken}`, or `{}` with the cookie: new tokens. Each refresh token is good for one use. */
export const refresh = authAction(async (ctx, request) => {
  const fields = await readFields(request, [], ["refreshToken"]);
  const { refreshToken, delivery } = refreshTokenIn(request, fields.refreshToken);
  await countTry(ctx);

  const hashes = await hashesOf(refreshToken);
  if (hashes === null) return fail({ kind: "unauthenticated" });
  const next = await nextRefreshToken(refreshToken);
  const args = { hashes, next: next.hashes };
  const opened = await ctx.runMutation(internal.jobs.auth.signIns.rotate, args);
  if (opened === null) return fail({ kind: "unauthenticated" });
  return await signedInResponse(opened, { refreshToken: next.token, delivery });
});

/** `{refreshToken}`, or `{}` with the cookie: ends the sign-in. No error when there is none any more. */
export const signOut = authAction(async (ctx, request) => {
  const fields = await readFields(request, [], ["refreshToken"]);
  const { refreshToken } = refreshTokenIn(request, fields.refreshToken);
  await countTry(ctx);

  const hashes = await hashesOf(refreshToken);
  if (hashes !== null) await ctx.runMutation(internal.jobs.auth.signIns.signOut, { hashes });
  return signedOutResponse();
});

/** `{currentPassword, newPassword}` of whoever is signed in. Ends all their other sign-ins. */
export const changePassword = authAction(async (ctx, request) => {
  const fields = await readFields(request, ["currentPassword", "newPassword"]);
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) return fail({ kind: "unauthenticated" });
  checkPassword("newPassword", fields.newPassword);
  await countTry(ctx, identity.tokenIdentifier);

  const account = await ctx.runQuery(internal.jobs.auth.signIns.ownAccount, {});
  const isRight = await isPassword(fields.currentPassword, account?.hash ?? null);
  if (account === null || !isRight) {
    const reason = "is not the password";
    return fail({ kind: "invalid_argument", field: "currentPassword", reason });
  }
  const hash = await hashPassword(fields.newPassword);
  const keptId = typeof identity["sid"] === "string" ? identity["sid"] : undefined;
  const args = { hash, checkedDigest: account.hash.digest, ...omitUndefined({ keptId }) };
  await ctx.runMutation(internal.jobs.auth.signIns.changePassword, args);
  return jsonResponse({});
});
