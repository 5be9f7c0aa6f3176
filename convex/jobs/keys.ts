/** What `actions/keys.ts` stores, and the end of keys whose time has come. */
import { v } from "convex/values";
import { internalMutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Expiry from "../model/keys/expiry";
import * as Keys from "../model/keys/keys";
import { vPermission } from "../validators";

const made = { keyId: v.string(), keyHash: v.string() };

/** The key of `actions.keys.create`; the caller's sign-in comes along, so it is checked here. */
export const insert = internalMutation({
  args: {
    ...caller,
    ...made,
    name: v.string(),
    scopes: v.array(vPermission),
    expiresInDays: v.optional(v.number()),
  },
  returns: v.id("api_keys"),
  handler: async (ctx, { tenantId, apiKey, ...key }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "keys:write" });
    return await Keys.insert(ctx, scope, { key, nowMs: Date.now() });
  },
});

/** The key of `actions.keys.rotate`; the caller's sign-in comes along, so it is checked here. */
export const insertSuccessor = internalMutation({
  args: { ...caller, ...made, id: v.id("api_keys") },
  returns: v.id("api_keys"),
  handler: async (ctx, { tenantId, apiKey, id, ...key }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "keys:write" });
    return await Keys.insertSuccessor(ctx, scope, { id, key, nowMs: Date.now() });
  },
});

/** Marks keys whose time has come, so that the subscriptions of whoever uses them end. */
export const expire = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await Expiry.expireDue(ctx, Date.now());
    return null;
  },
});
