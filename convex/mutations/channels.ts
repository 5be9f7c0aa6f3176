/** Pausing and removing channels. Writing them is `actions.channels`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Channels from "../model/channels/channels";

const channel = { ...caller, channelId: v.id("channels") };

/**
 * Has nothing come through the channel until it is resumed. Twice is no error. Needs `channels:write`.
 *
 * @throws not_found - The channel does not exist or is another tenant's.
 */
export const pause = mutation({
  args: channel,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, channelId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:write" });
    await Channels.pause(ctx, scope, { channelId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Makes the channel active again, after a pause or an error. Twice is no error. Needs `channels:write`.
 *
 * @throws not_found - The channel does not exist or is another tenant's.
 * @throws conflict - It has no credential, or its agent is archived.
 */
export const resume = mutation({
  args: channel,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, channelId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:write" });
    await Channels.resume(ctx, scope, { channelId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Deletes a channel with its credential. Sessions that came through it stay. Needs `channels:write`.
 *
 * @throws not_found - The channel does not exist or is another tenant's.
 */
export const remove = mutation({
  args: channel,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, channelId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:write" });
    await Channels.remove(ctx, scope, { channelId, nowMs: Date.now() });
    return null;
  },
});
