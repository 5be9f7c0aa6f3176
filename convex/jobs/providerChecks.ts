/**
 * Asking providers whether an account works: the action behind `actions.providers.verify`, and what it reads. In Convex's
 * default runtime, as the runs' worker, because both load the providers.
 */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalAction, internalMutation } from "../_generated/server";
import { fail } from "../lib/errors";
import { caller, requireScope } from "../model/access";
import { settingsFor } from "../model/providers/credentials";
import { countCheck } from "../model/providers/checks";
import { accountOf, vAccount } from "../model/providers/providers";
import { vVerified, type Verified } from "../views/administration";
import { verify as verifyAccount } from "../../src/providers/verify";

const which = { ...caller, id: v.id("providers") };

const vBegunCheck = v.object({
  account: vAccount,
  retryAfterMs: v.union(v.number(), v.null()), // null: it was counted, and may go on
});

/** The call of `actions.providers.verify`; the caller's sign-in comes along. */
export const verify = internalAction({
  args: which,
  returns: vVerified,
  handler: async (ctx, args): Promise<Verified> => {
    const { account, retryAfterMs }: typeof vBegunCheck.type = await ctx.runMutation(
      internal.jobs.providerChecks.begin,
      args,
    );
    if (retryAfterMs !== null) return fail({ kind: "rate_limited", retryAfterMs });
    const setUp = await settingsFor(account.provider, account);
    if (!setUp.ok) return { outcome: "unusable", detail: setUp.detail };
    return await verifyAccount(account.provider, setUp.settings);
  },
});

/** Counts the question, and finds whom it is about. */
export const begin = internalMutation({
  args: which,
  returns: vBegunCheck,
  handler: async (ctx, { tenantId, apiKey, id }): Promise<typeof vBegunCheck.type> => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:write" });
    const account = await accountOf(ctx, scope, id);
    return { account, retryAfterMs: await countCheck(ctx, scope) };
  },
});
