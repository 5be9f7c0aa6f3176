/**
 * Other ways for a user to sign in, linked by operators:
 * `npx convex run jobs/auth/identities:link '{"email": "…", "issuer": "https://…", "subject": "…"}'`.
 */
import { v } from "convex/values";
import { internalMutation } from "../../_generated/server";
import { fail } from "../../lib/errors";
import * as Accounts from "../../model/auth/accounts";

/** Lets whoever the issuer calls `subject` sign in as the user with the address. */
export const link = internalMutation({
  args: { email: v.string(), issuer: v.string(), subject: v.string() },
  returns: v.id("identities"),
  handler: async (ctx, { email, issuer, subject }) => {
    const user = await Accounts.findByEmail(ctx, email.trim().toLowerCase());
    if (user === null) return fail({ kind: "not_found", entity: "user", id: email });
    return await Accounts.linkIdentity(ctx, {
      userId: user._id,
      issuer,
      subject,
      nowMs: Date.now(),
    });
  },
});
