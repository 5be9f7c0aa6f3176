/** Prices: what a tenant pays where it is not what the price book says. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { vAgreedPrice, vProvider } from "../validators";

export const priceTables = {
  // What a tenant pays for a model from a moment on, in place of the price book's price. Append-only: a change is a row
  // of its own, and ledger rows name the one that they were priced by. Of the rows that hold at a moment the one that
  // holds since the latest counts, of these the one written last; one that is not enabled leaves the price to the book.
  // Written by `model/costs/overrides.ts`, read wherever a call is priced or estimated. Kept like the ledger.
  price_overrides: defineTable({
    tenantId: v.id("tenants"),
    provider: vProvider,
    model: v.string(),
    effectiveFromMs: v.number(),
    enabled: v.boolean(),
    price: vAgreedPrice,
    createdBy: v.id("users"),
    createdAt: v.number(),
  }).index("by_model", ["tenantId", "provider", "model", "effectiveFromMs"]),
};
