/** What links that work once are for: signing up a tenant, joining one, signing in, and a new password. */
import { internal } from "../_generated/api";
import { sha256 } from "../lib/crypto";
import { jsonResponse, readFields } from "../lib/http";
import { checkPassword, hashPassword } from "../model/auth/passwords";
import { makeRefreshToken } from "../model/auth/tokens";
import { authAction } from "./authCors";
import { countTry, deliveryOf, signedInResponse } from "./authReplies";

/** `{token, name, email, password, tenantName, tenantSlug, delivery?}`: a user, their tenant, and a sign-in. */
export const firstAdmin = authAction(async (ctx, request) => {
  const needed = ["token", "name", "email", "password", "tenantName", "tenantSlug"] as const;
  const fields = await readFields(request, needed, ["delivery"]);
  const delivery = deliveryOf(fields.delivery);
  checkPassword("password", fields.password);
  await countTry(ctx);

  const { token: refreshToken, hashes } = await makeRefreshToken();
  const opened = await ctx.runMutation(internal.jobs.auth.links.useFirstAdmin, {
    tokenHash: await sha256(fields.token),
    name: fields.name,
    email: fields.email,
    hash: await hashPassword(fields.password),
    tenant: { name: fields.tenantName, slug: fields.tenantSlug },
    hashes,
  });
  return await signedInResponse(opened, { refreshToken, delivery });
});

/** `{token, name, password, delivery?}` of an invited person without an account: one, and a sign-in. */
export const acceptInvitation = authAction(async (ctx, request) => {
  const fields = await readFields(request, ["token", "name", "password"], ["delivery"]);
  const delivery = deliveryOf(fields.delivery);
  checkPassword("password", fields.password);
  await countTry(ctx);

  const { token: refreshToken, hashes } = await makeRefreshToken();
  const opened = await ctx.runMutation(internal.jobs.auth.invitations.signUp, {
    tokenHash: await sha256(fields.token),
    name: fields.name,
    hash: await hashPassword(fields.password),
    hashes,
  });
  return await signedInResponse(opened, { refreshToken, delivery });
});

/** `{token, delivery?}` of an operator's link: a sign-in. */
export const signInByLink = authAction(async (ctx, request) => {
  const { token, delivery } = await readFields(request, ["token"], ["delivery"]);
  const wanted = deliveryOf(delivery);
  await countTry(ctx);
  const { token: refreshToken, hashes } = await makeRefreshToken();
  const args = { tokenHash: await sha256(token), hashes };
  const opened = await ctx.runMutation(internal.jobs.auth.links.useSignIn, args);
  return await signedInResponse(opened, { refreshToken, delivery: wanted });
});

/** `{token, password}`: sets it, and ends everything that the person is signed in with. */
export const resetPassword = authAction(async (ctx, request) => {
  const { token, password } = await readFields(request, ["token", "password"]);
  checkPassword("password", password);
  await countTry(ctx);
  const args = { tokenHash: await sha256(token), hash: await hashPassword(password) };
  await ctx.runMutation(internal.jobs.auth.links.useReset, args);
  return jsonResponse({});
});
