/** A tenant's own prices, in place of the price book's. Ledger rows keep the price that they were booked at. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Overrides from "../model/costs/overrides";

/**
 * Says what a model costs from a moment on (`effectiveFrom`, milliseconds since 1970; now unless given), and returns the
 * version's id, which ledger rows name. Either rates, in USD for a million tokens by class (`usdPerMillion`) and for a
 * thousand uses of the provider's tools (`usdPerThousand`); or `sameAs`, a model of the price book whose price holds,
 * tiers included. Zero is a price; that of fresh input is to be given, and a class that is left out costs what the nearest
 * one does, and the row says so. Rates hold for any length of input, service tier and region. With `enabled: false` the
 * book's price holds from then on. Of versions from the same moment the last one counts. Needs `costs:manage`.
 *
 * @throws invalid_argument - Neither or both of rates and `sameAs` are given, the rates have none of fresh input, an amount
 *   is negative, above 1,000 USD or finer than a picoUSD for one token or use, or the book has no price for what it shall
 *   be the same as.
 */
export const set = mutation({
  args: { ...caller, ...Overrides.vNewOverride.fields },
  returns: v.id("price_overrides"),
  handler: async (ctx, { tenantId, apiKey, ...override }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:manage" });
    return await Overrides.set(ctx, scope, { override, nowMs: Date.now() });
  },
});

/**
 * Ends a version: from now on if it holds, before it begins if it is still to come. Then the price book's price holds.
 * Needs `costs:manage`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - A later version took its place, or it was removed before.
 */
export const remove = mutation({
  args: { ...caller, id: v.id("price_overrides") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, id }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "costs:manage" });
    await Overrides.remove(ctx, scope, { id, nowMs: Date.now() });
    return null;
  },
});
