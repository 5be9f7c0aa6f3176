/**
 * Other accounts for a user to sign in with: what the routes store, and what operators link by
 * `npx convex run jobs/auth/identities:link '{"email": "…", "issuer": "https://…", "subject": "…"}'`.
 */
import { v } from "convex/values";
import { internalMutation } from "../../_generated/server";
import { fail } from "../../lib/errors";
import { requireSignIn, requireUser } from "../../model/access";
import * as Accounts from "../../model/auth/accounts";
import * as Identities from "../../model/auth/identities";

/** Lets whoever the issuer calls `subject` sign in as the user with the address. */
export const link = internalMutation({
  args: { email: v.string(), issuer: v.string(), subject: v.string() },
  returns: v.id("identities"),
  handler: async (ctx, { email, issuer, subject }) => {
    const user = await Accounts.findByEmail(ctx, email.trim().toLowerCase());
    if (user === null) return fail({ kind: "not_found", entity: "user", id: email });
    const account = { tokenIdentifier: `${issuer}|${subject}`, issuer, subject };
    return await Identities.link(ctx, { userId: user._id, account, nowMs: Date.now() });
  },
});

/** A code for whoever is signed in to link another account with, when the password that was checked is theirs. */
export const insertCode = internalMutation({
  args: { codeHash: v.string(), checkedDigest: v.union(v.string(), v.null()) },
  returns: v.number(),
  handler: async (ctx, { codeHash, checkedDigest }) => {
    const user = await requireUser(ctx);
    await Accounts.requireUnchanged(ctx, { userId: user._id, checkedDigest });
    return await Identities.insertCode(ctx, user, { codeHash, nowMs: Date.now() });
  },
});

/** Links the account that is signed in to the user who was given the code. */
export const redeem = internalMutation({
  args: { codeHash: v.string() },
  returns: v.null(),
  handler: async (ctx, { codeHash }) => {
    const account = await requireSignIn(ctx);
    await Identities.redeem(ctx, account, { codeHash, nowMs: Date.now() });
    return null;
  },
});
