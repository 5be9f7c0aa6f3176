"use node";
/** Making API keys: only actions have randomness that is fit for secrets. */
import { randomBytes } from "node:crypto";
import type { Infer } from "convex/values";
import { makeApiKey } from "../../src/core/apiKey";
import { internal } from "../_generated/api";
import { action } from "../_generated/server";
import { keys } from "../actionShapes";
import { requirePermission } from "../model/actionAccess";
import { hashOf } from "../model/keys/lookup";
import type { vNewKey } from "../views";

/**
 * Makes an API key for the tenant and returns it, once: only its hash is kept. Needs `keys:write`, and every
 * scope must be one of the caller's own permissions. It expires after `expiresInDays` (1 to 365, 90 without).
 *
 * @throws invalid_argument - The name is blank or too long, no scope is given, the lifetime is out of range.
 * @throws forbidden - A scope is beyond what the caller may do.
 * @throws limit_reached - The tenant has 500 active keys.
 */
export const create = action({
  args: keys.create.args,
  returns: keys.create.returns,
  handler: async (ctx, args): Promise<Infer<typeof vNewKey>> => {
    const { tenantId, apiKey } = args;
    await requirePermission(ctx, { tenantId, apiKey, permission: "keys:write" });
    const { key, keyId } = makeApiKey(randomBytes);
    const made = { keyId, keyHash: await hashOf(key) };
    const _id = await ctx.runMutation(internal.jobs.keys.insert, { ...args, ...made });
    return { _id, keyId, key };
  },
});

/**
 * Makes a key's successor, with the same name, scopes and lifetime, and returns it, once. The old key is good
 * for another day, or until it is revoked. Needs `keys:write`.
 *
 * @throws not_found - The key does not exist or is another tenant's.
 * @throws conflict - The key is revoked or expired.
 * @throws forbidden - The key can do more than the caller may.
 */
export const rotate = action({
  args: keys.rotate.args,
  returns: keys.rotate.returns,
  handler: async (ctx, args): Promise<Infer<typeof vNewKey>> => {
    const { tenantId, apiKey } = args;
    await requirePermission(ctx, { tenantId, apiKey, permission: "keys:write" });
    const { key, keyId } = makeApiKey(randomBytes);
    const made = { keyId, keyHash: await hashOf(key) };
    const _id = await ctx.runMutation(internal.jobs.keys.insertSuccessor, { ...args, ...made });
    return { _id, keyId, key };
  },
});
