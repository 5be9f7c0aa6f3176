/** What `actions/providers.ts` reads and writes; the caller's sign-in comes along, so it is checked here. */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { vCredential } from "../model/credentials";
import * as Cooldowns from "../model/providers/cooldowns";
import * as Providers from "../model/providers/providers";
import { vProvider, vProviderStatus } from "../validators";

const vPlace = v.object({ tenantId: v.id("tenants"), id: v.id("providers") });

/** The provider of `actions.providers.register`, without its credential, and disabled. */
export const insert = internalMutation({
  args: {
    ...caller,
    name: v.string(),
    provider: vProvider,
    baseUrl: v.optional(v.string()),
  },
  returns: vPlace,
  handler: async (ctx, { tenantId, apiKey, ...provider }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:write" });
    const id = await Providers.insert(ctx, scope, { provider, nowMs: Date.now() });
    return { tenantId: scope.tenantId, id };
  },
});

/** What a new credential would be sealed for, and what reads show of the present one; null: there is none. */
export const placeOf = internalQuery({
  args: { ...caller, id: v.id("providers") },
  returns: v.object({ ...vPlace.fields, mask: v.union(v.string(), v.null()) }),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:write" });
    const { credentialMask: mask = null } = await Providers.getOrFail(ctx, scope, id);
    return { tenantId: scope.tenantId, id, mask };
  },
});

/** The changes of `actions.providers`, with the credential as it was sealed. */
export const update = internalMutation({
  args: {
    ...caller,
    id: v.id("providers"),
    name: v.optional(v.string()),
    baseUrl: v.optional(v.union(v.string(), v.null())),
    status: v.optional(vProviderStatus),
    credential: v.optional(v.union(vCredential, v.null())),
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id, ...patch }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "providers:write" });
    await Providers.update(ctx, scope, { id, patch, nowMs: Date.now() });
    return null;
  },
});

/** Deletes cool-downs that were over long ago. */
export const sweepCooldowns = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await Cooldowns.sweep(ctx, Date.now());
    return null;
  },
});
