/** What doors return of prices. */
import { v, type Infer } from "convex/values";
import { vProvider } from "../validators";

/** By class of tokens or by tool, as exact decimals of USD. */
const vUsd = v.record(v.string(), v.string());

/** A version of a tenant's own price: rates, or whose rates hold. */
export const vOverrideView = v.object({
  _id: v.id("price_overrides"),
  provider: vProvider,
  model: v.string(),
  effectiveFrom: v.number(),
  enabled: v.boolean(), // false: from then on the price book's price holds
  usdPerMillion: v.optional(vUsd),
  usdPerThousand: v.optional(vUsd),
  sameAs: v.optional(v.object({ provider: v.string(), model: v.string() })),
  createdBy: v.id("users"),
  createdAt: v.number(),
});
export type OverrideView = Infer<typeof vOverrideView>;

/** What a call is priced by. */
export const vPriceView = v.object({
  source: v.union(v.literal("override"), v.literal("book")),
  overrideId: v.optional(v.id("price_overrides")),
  priceVersion: v.string(), // what ledger rows will name
  usdPerMillion: vUsd,
  usdPerThousand: vUsd,
  /** For the whole request, once its input is longer than this, or as long if inclusive. */
  longContext: v.array(
    v.object({ inputTokens: v.number(), inclusive: v.boolean(), usdPerMillion: vUsd }),
  ),
  serviceTiers: v.array(v.string()), // that have a price of their own
  regions: v.array(v.string()),
});
export type PriceView = Infer<typeof vPriceView>;

/** A model of the price book that runs can call, and what it costs the tenant. */
export const vModelView = v.object({
  provider: vProvider,
  model: v.string(),
  name: v.string(), // for people
  contextTokens: v.union(v.number(), v.null()), // null: not known
  outputTokensMax: v.union(v.number(), v.null()),
  retiresOn: v.union(v.string(), v.null()), // the day on which its provider ends it: "2026-12-31"
  price: v.union(vPriceView, v.null()),
});
export type ModelView = Infer<typeof vModelView>;
