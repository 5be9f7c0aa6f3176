/** Reading about the tenant's channels. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Channels from "../model/channels/read";
import { vChannelType } from "../validators";
import { vChannelView } from "../views/channels";

/**
 * The tenant's channels in pages of at most 100, the newest first: all, an agent's, of a type, or both; of a
 * credential only its mask. Needs `channels:read`.
 */
export const list = query({
  args: {
    ...caller,
    agentId: v.optional(v.id("agents")),
    type: v.optional(vChannelType),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vChannelView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:read" });
    return await Channels.listPage(ctx, scope, { filter, paginationOpts });
  },
});

/**
 * One channel; of its credential only the mask. Needs `channels:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, channelId: v.id("channels") },
  returns: vChannelView,
  handler: async (ctx, { tenantId, apiKey, channelId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:read" });
    return await Channels.get(ctx, scope, channelId);
  },
});
