/** What a call costs a tenant: by its own agreement where it has one, by the price book otherwise. */
import { findPrice, modelNames, type Price } from "../../../src/pricing/priceBook";
import type { Doc } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { TenantScope } from "../access";

/** A model at a moment, as the tenant calls it. */
export type PricedCall = Pick<Doc<"price_overrides">, "provider" | "model"> & { atMs: number };

/**
 * The price of a call that starts at `atMs`. The one function for it: what is estimated before a call and booked after
 * it is reckoned alike.
 *
 * @returns Null when nobody says what the model costs: unknown, and never free.
 */
export async function priceFor(
  ctx: QueryCtx,
  scope: Pick<TenantScope, "tenantId">,
  call: PricedCall,
): Promise<Price | null> {
  const override = await overrideFor(ctx, scope, call);
  return override === null ? findPrice(call) : agreedPrice(override, call.atMs);
}

/** The tenant's own agreement about a model at a moment, by any of the names that it goes by; null without one. */
export async function overrideFor(
  ctx: QueryCtx,
  { tenantId }: Pick<TenantScope, "tenantId">,
  { provider, model, atMs }: PricedCall,
): Promise<Doc<"price_overrides"> | null> {
  for (const name of modelNames(provider, model)) {
    const latest = await ctx.db
      .query("price_overrides")
      .withIndex("by_model", (q) =>
        q
          .eq("tenantId", tenantId)
          .eq("provider", provider)
          .eq("model", name)
          .lte("effectiveFromMs", atMs),
      )
      .order("desc")
      .first();
    if (latest !== null) return latest.enabled ? latest : null;
  }
  return null;
}

/** What the agreement comes to; its version names its row, and what of the book that row refers to. */
function agreedPrice({ _id, price }: Doc<"price_overrides">, atMs: number): Price | null {
  const priceVersion = `override/${_id}`;
  if (price.kind === "same_as") {
    const same = findPrice({ ...price, atMs });
    return same === null ? null : { ...same, priceVersion: `${priceVersion}=${same.priceVersion}` };
  }
  const { rates, fees } = price;
  return { priceVersion, rates, fees, longContext: [], serviceTiers: {}, regions: {} };
}
