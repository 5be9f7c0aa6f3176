"use node";
/** Writing providers with their credentials: only actions have the randomness that sealing needs. */
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { action } from "../_generated/server";
import { providers } from "../actionShapes";
import { omitUndefined } from "../lib/objects";
import { requirePermission } from "../model/actionAccess";
import { changedCredential, sealedCredential } from "../model/credentials";
import type { Verified } from "../views/administration";

/**
 * Registers an account of the tenant's at a model provider: runs use it, once enabled, in place of the
 * deployment's. It is enabled unless `enabled` is false. Needs `providers:write`.
 *
 * @param credential - The provider's API key. Stored sealed, and never returned.
 * @param baseUrl - Where the provider is: for Anthropic without `/v1`, else with it. Without it, the provider's
 *   own address; `openai_compatible` needs one.
 *
 * @throws invalid_argument - The name is blank or too long, the credential is none, the address not allowed.
 * @throws conflict - The tenant has a provider of that name.
 * @throws limit_reached - The tenant has 50 providers.
 */
export const register = action({
  args: providers.register.args,
  returns: providers.register.returns,
  handler: async (ctx, { credential, enabled = true, ...provider }): Promise<Id<"providers">> => {
    const { tenantId, apiKey } = provider;
    await requirePermission(ctx, { tenantId, apiKey, permission: "providers:write" });
    // What is wrong with the credential or the deployment's keys shall show before a row is there.
    const seal = sealedCredential(credential);
    const made = await ctx.runMutation(internal.jobs.providers.insert, provider);
    const change = {
      ...made,
      apiKey,
      credential: await seal({ ...made, table: "providers" }),
      status: enabled ? ("enabled" as const) : undefined,
    };
    await ctx.runMutation(internal.jobs.providers.update, omitUndefined(change));
    return made.id;
  },
});

/**
 * Changes what is given and leaves the rest; null takes the credential away, or goes back to the provider's own
 * address. Writing the credential's mask back changes nothing. A new address takes the credential away unless
 * one comes along: nobody can have a secret sent to themselves. Needs `providers:write`.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 * @throws invalid_argument, conflict - As for `register`.
 */
export const update = action({
  args: providers.update.args,
  returns: providers.update.returns,
  handler: async (ctx, { credential, ...changes }) => {
    const { tenantId, apiKey, id } = changes;
    await requirePermission(ctx, { tenantId, apiKey, permission: "providers:write" });
    const row = omitUndefined({ tenantId, apiKey, id });
    const place = await ctx.runQuery(internal.jobs.providers.placeOf, row);
    const written = await changedCredential(credential, { ...place, table: "providers" });
    const change = omitUndefined({ ...changes, credential: written });
    await ctx.runMutation(internal.jobs.providers.update, change);
    return null;
  },
});

/**
 * Asks the provider for its models with the account, which costs nothing, and says what came of it; enabled or not.
 * Of what the provider answers, nothing is kept or returned. Needs `providers:write`.
 *
 * @returns `outcome` "works": it takes the key. "open": it lists its models to anybody, so only a call tells whether
 *   the key is right. "failed", with the class of the failure and the status of the answer: "authentication" is a
 *   wrong key, "permission" one that may not list models, "network" and "timeout" an address where nobody answers in
 *   10 s. "unusable", with what to do: there is no key, or it cannot be opened, and nobody was asked.
 *
 * @throws not_found - The provider does not exist or is another tenant's.
 * @throws rate_limited - The tenant has asked 20 times in a minute.
 */
export const verify = action({
  args: providers.verify.args,
  returns: providers.verify.returns,
  handler: async (ctx, args): Promise<Verified> => {
    const { tenantId, apiKey } = args;
    await requirePermission(ctx, { tenantId, apiKey, permission: "providers:write" });
    // Not run by Node.js but where the providers are loaded.
    return await ctx.runAction(internal.jobs.providerChecks.verify, args);
  },
});
