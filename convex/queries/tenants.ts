/** Reading about tenants. */
import { v } from "convex/values";
import { query } from "../_generated/server";
import { checkedNow } from "../lib/checks";
import { caller, requireScope, requireUser } from "../model/access";
import { lookUp as lookUpRow } from "../model/lookup";
import * as Tenants from "../model/tenants";
import { vFoundRow } from "../views/administration";
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

/**
 * What of the tenant's has this id: a session, run, agent or call (an event of the ledger), if the caller may read
 * such. Null for every other text. Needs `tenant:read`.
 */
export const lookUp = query({
  args: { ...caller, id: v.string() },
  returns: v.union(vFoundRow, v.null()),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "tenant:read" });
    return await lookUpRow(ctx, scope, id.trim());
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
