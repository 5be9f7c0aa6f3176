/** Reading about tenants. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { checkedNow } from "../lib/checks";
import { caller, requireScope, requireUser } from "../model/access";
import * as Tenants from "../model/tenants";
import { vMyTenant, vTenantUsage, vTenantView } from "../views/people";

/** The tenant; its billing address only for those who may change it. Needs `tenant:read`. */
export const get = query({
  args: caller,
  returns: vTenantView,
  handler: async (ctx, { tenantId, apiKey }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "tenant:read" });
    return await Tenants.get(ctx, scope);
  },
});

/**
 * How much of its plan the tenant uses, now and in this month of its time zone. Needs `tenant:read`.
 *
 * @param nowMs - The moment that "this month" is told from, as for `costs.summary`.
 */
export const usage = query({
  args: { ...caller, nowMs: v.optional(v.number()) },
  returns: vTenantUsage,
  handler: async (ctx, { tenantId, apiKey, nowMs }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "tenant:read" });
    return await Tenants.usage(ctx, scope, checkedNow(nowMs));
  },
});

/** The signed-in person's tenants and their roles there, suspended ones too; at most 100. */
export const mine = query({
  args: {},
  returns: v.array(vMyTenant),
  handler: async (ctx) => {
    const user = await requireUser(ctx);
    return await Tenants.mine(ctx, user);
  },
});
