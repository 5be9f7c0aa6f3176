"use node";
/** Writing channels with their credentials: only actions have the randomness that sealing needs. */
import { internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { action } from "../_generated/server";
import { channels } from "../actionShapes";
import { omitUndefined } from "../lib/objects";
import { requirePermission } from "../model/actionAccess";
import { requireCredential, separated } from "../model/channels/settings";
import { changedCredential, sealedCredential } from "../model/credentials";

/**
 * Adds an active channel to an agent and returns its id. Needs `channels:write`.
 *
 * @param name - Unique in the tenant; without it, the channel is called by its type.
 * @param config - The settings of its type; others are refused.
 * @param credential - The bot's token or the like, for types that have one. Stored sealed, and never returned. It
 *   may stand in `config` by the name that the platform has for it, as `botToken`, and is taken out of there.
 *
 * @throws invalid_argument - The name is blank or too long, a setting is none of the type's, of another form or
 *   missing, or the credential is missing.
 * @throws not_found - The agent does not exist or is another tenant's.
 * @throws conflict - The agent is archived, or the tenant has a channel of that name.
 * @throws limit_reached - The tenant has 100 channels.
 */
export const create = action({
  args: channels.create.args,
  returns: channels.create.returns,
  handler: async (ctx, { config: given, credential: text, ...rest }): Promise<Id<"channels">> => {
    const { tenantId, apiKey, type } = rest;
    await requirePermission(ctx, { tenantId, apiKey, permission: "channels:write" });
    const { config, credential } = separated(type, { config: given, credential: text });
    requireCredential(type, credential);
    // What is wrong with the credential or the deployment's keys shall show before a row is there.
    const seal = sealedCredential(credential);
    const channel = omitUndefined({ ...rest, config });
    const made = await ctx.runMutation(internal.jobs.channels.insert, channel);
    const sealed = await seal({ ...made, table: "channels" });
    if (sealed !== null) {
      const { tenantId: home, id: channelId } = made;
      const change = {
        tenantId: home,
        apiKey,
        channelId,
        credential: sealed,
        status: "active",
      } as const;
      await ctx.runMutation(internal.jobs.channels.update, omitUndefined(change));
    }
    return made.id;
  },
});

/**
 * Changes what is given and leaves the rest; null takes a setting or the credential away. Writing the credential's
 * mask back changes nothing. Another server for outgoing mail takes the credential away unless one comes along:
 * nobody can have a secret sent to themselves. A channel without the credential it needs is paused. Needs
 * `channels:write`.
 *
 * @throws not_found - The channel or the agent does not exist or is another tenant's.
 * @throws invalid_argument, conflict - As for `create`.
 */
export const update = action({
  args: channels.update.args,
  returns: channels.update.returns,
  handler: async (ctx, { config: given, credential: text, ...rest }) => {
    const { tenantId, apiKey, channelId } = rest;
    await requirePermission(ctx, { tenantId, apiKey, permission: "channels:write" });
    const row = omitUndefined({ tenantId, apiKey, channelId });
    const { place, type, mask } = await ctx.runQuery(internal.jobs.channels.placeOf, row);
    const { config, credential: one } = separated(type, { config: given, credential: text });
    const credential = await changedCredential(one, { ...place, table: "channels", mask });
    const change = omitUndefined({ ...rest, config, credential });
    await ctx.runMutation(internal.jobs.channels.update, change);
    return null;
  },
});
