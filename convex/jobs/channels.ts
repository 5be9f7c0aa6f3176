/** What `actions/channels.ts` reads and writes; the caller's sign-in comes along, so it is checked here. */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Channels from "../model/channels/channels";
import { getOrFail } from "../model/channels/read";
import { vCredential } from "../model/credentials";
import { vChannelType, vOpenRecord } from "../validators";

const vPlace = v.object({ tenantId: v.id("tenants"), id: v.id("channels") });

/** The channel of `actions.channels.create`, without its credential, and paused if it needs one. */
export const insert = internalMutation({
  args: {
    ...caller,
    ...Channels.vNewChannel.fields,
  },
  returns: vPlace,
  handler: async (ctx, { tenantId, apiKey, ...channel }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:write" });
    const id = await Channels.insert(ctx, scope, { channel, nowMs: Date.now() });
    return { tenantId: scope.tenantId, id };
  },
});

/** What a new credential would be sealed for, and what reads show of the present one; null: there is none. */
export const placeOf = internalQuery({
  args: { ...caller, channelId: v.id("channels") },
  returns: v.object({
    place: vPlace,
    type: vChannelType,
    mask: v.union(v.string(), v.null()),
  }),
  handler: async (ctx, { tenantId, apiKey, channelId: id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:write" });
    const { type, credentialMask: mask = null } = await getOrFail(ctx, scope, id);
    return { place: { tenantId: scope.tenantId, id }, type, mask };
  },
});

/** The changes of `actions.channels`, with the credential as it was sealed. */
export const update = internalMutation({
  args: {
    ...caller,
    channelId: v.id("channels"),
    agentId: v.optional(v.id("agents")),
    name: v.optional(v.string()),
    config: v.optional(vOpenRecord),
    credential: v.optional(v.union(vCredential, v.null())),
    status: v.optional(v.literal("active")),
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, channelId, ...patch }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "channels:write" });
    await Channels.update(ctx, scope, { channelId, patch, nowMs: Date.now() });
    return null;
  },
});
