/** Reading prices: the tenant's own, and what holds. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { fail } from "../lib/errors";
import { caller, requireScope } from "../model/access";
import * as Models from "../model/costs/models";
import * as Overrides from "../model/costs/overrides";
import { vProvider } from "../validators";
import { vModelView, vOverrideView, vPriceView } from "../views/prices";

/**
 * The tenant's own prices in all their versions, in pages of at most 100, by provider, model and the moment from which they hold; of one model, if
 * provider and model are given. Needs `costs:read`.
 *
 * @throws invalid_argument - One of provider and model is given without the other.
 */
export const list = query({
  args: {
    ...caller,
    provider: v.optional(vProvider),
    model: v.optional(v.string()),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vOverrideView),
  handler: async (ctx, { tenantId, apiKey, provider, model, paginationOpts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    if ((provider === undefined) !== (model === undefined)) {
      fail({ kind: "invalid_argument", field: "model", reason: "goes with a provider" });
    }
    const of = provider === undefined || model === undefined ? null : { provider, model };
    return await Overrides.listPage(ctx, scope, { of, paginationOpts });
  },
});

/**
 * What a call of a model is priced by now, or at `atMs`: by the tenant's own price or the price book's; null when nobody
 * knows what it costs. Needs `costs:read`.
 */
export const get = query({
  args: { ...caller, provider: vProvider, model: v.string(), atMs: v.optional(v.number()) },
  returns: v.union(vPriceView, v.null()),
  handler: async (ctx, { tenantId, apiKey, provider, model, atMs = Date.now() }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Overrides.get(ctx, scope, { provider, model, atMs });
  },
});

/**
 * The models of the price book that runs can call, a few hundred at most, by provider and model: each with what it costs
 * the tenant now, or at `atMs`. Models that only the tenant has a price for are in `list`. Needs `costs:read`.
 */
export const models = query({
  args: { ...caller, atMs: v.optional(v.number()) },
  returns: v.array(vModelView),
  handler: async (ctx, { tenantId, apiKey, atMs = Date.now() }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:read" });
    return await Models.list(ctx, scope, atMs);
  },
});
