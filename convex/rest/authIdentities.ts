/**
 * Linking another account to oneself, in two requests that only the same person can make: as whoever they are, for
 * a code, and as the account at the other provider, with the code.
 */
import { internal } from "../_generated/api";
import type { ActionCtx } from "../_generated/server";
import { randomToken, sha256 } from "../lib/crypto";
import { fail } from "../lib/errors";
import { jsonResponse, readFields } from "../lib/http";
import { isPassword } from "../model/auth/passwords";
import { authAction } from "./authCors";
import { countTry } from "./authReplies";

const CODE_BYTES = 32;

/**
 * `{currentPassword?}` of whoever is signed in: a code that links an account, good once and for ten minutes. Whoever
 * has a password has to give it: a token that got lost must not become a way in that stays.
 */
export const createCode = authAction(async (ctx, request) => {
  const { currentPassword = "" } = await readFields(request, [], ["currentPassword"]);
  await countSignedInTry(ctx);
  const account = await ctx.runQuery(internal.jobs.auth.signIns.ownAccount, {});
  if (account !== null && !(await isPassword(currentPassword, account.hash))) {
    const reason = "is not the password";
    return fail({ kind: "invalid_argument", field: "currentPassword", reason });
  }
  const code = randomToken(CODE_BYTES);
  const checkedDigest = account?.hash.digest ?? null;
  const args = { codeHash: await sha256(code), checkedDigest };
  const expiresAt = await ctx.runMutation(internal.jobs.auth.identities.insertCode, args);
  return jsonResponse({ code, expiresAt });
});

/** `{code}` of whoever another provider vouches for: from now on they are the user who was given the code. */
export const redeemCode = authAction(async (ctx, request) => {
  const { code } = await readFields(request, ["code"]);
  await countSignedInTry(ctx);
  const args = { codeHash: await sha256(code) };
  await ctx.runMutation(internal.jobs.auth.identities.redeem, args);
  return jsonResponse({});
});

async function countSignedInTry(ctx: ActionCtx): Promise<void> {
  const identity = await ctx.auth.getUserIdentity();
  if (identity === null) return fail({ kind: "unauthenticated" });
  await countTry(ctx, identity.tokenIdentifier);
}
