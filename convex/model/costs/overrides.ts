/** A tenant's own prices: what it agreed with a provider, or what a model of its own costs it. */
import { v, type Infer } from "convex/values";
import { MODEL_LENGTH_MAX } from "../../../src/core/limits";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";
import { vProvider } from "../../validators";
import type { OverrideView, PriceView } from "../../views/prices";
import { requireOwned, type CallerScope, type TenantScope } from "../access";
import * as Activity from "../activity";
import { checkedPrice, perMillion, toAgreed, toUsd, vAgreed } from "./agreedPrices";
import { overrideFor, priceFor, type PricedCall } from "./prices";

const record = Activity.recorderOf("price_overrides", { noun: "prices" });

const PAGE_SIZE_MAX = 100;

export const vNewOverride = v.object({
  provider: vProvider,
  model: v.string(),
  ...vAgreed.fields,
  effectiveFrom: v.optional(v.number()),
  enabled: v.optional(v.boolean()),
});
type NewOverride = Infer<typeof vNewOverride>;

/**
 * Adds a version of the price of a model, which holds from `effectiveFrom` on, and now unless it is given.
 *
 * @throws invalid_argument - Neither or both of rates and `sameAs` are given, the rates have none of fresh input, an amount
 *   is negative, too large or finer than a picoUSD for one token, or the book has no price for what it shall be the same as.
 */
export async function set(
  ctx: MutationCtx,
  scope: CallerScope,
  { override, nowMs }: { override: NewOverride; nowMs: number },
): Promise<Id<"price_overrides">> {
  const { provider, enabled = true, effectiveFrom = nowMs } = override;
  const row = {
    provider,
    model: checkedText("model", override.model, MODEL_LENGTH_MAX),
    effectiveFromMs: checkedMoment(effectiveFrom),
    enabled,
    price: checkedPrice(override, effectiveFrom),
  };
  const before = await overrideFor(ctx, scope, { ...row, atMs: row.effectiveFromMs });
  const { tenantId, actor } = scope;
  const by = { createdBy: actor.userId, createdAt: nowMs };
  const id = await ctx.db.insert("price_overrides", { tenantId, ...row, ...by });
  await record(ctx, scope, {
    action: "set",
    id,
    before: before === null ? null : told(before),
    after: told(row),
    nowMs,
  });
  return id;
}

/**
 * Ends a version: from now on if it holds, and before it has begun if it is still to come. The book's price takes its
 * place; what was booked stays.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - It does not hold any more.
 */
export async function remove(
  ctx: MutationCtx,
  scope: CallerScope,
  { id, nowMs }: { id: Id<"price_overrides">; nowMs: number },
): Promise<void> {
  const row = await getOrFail(ctx, scope, id);
  const { tenantId, provider, model, price } = row;
  const effectiveFromMs = Math.max(row.effectiveFromMs, nowMs);
  const latest = await overrideFor(ctx, scope, { provider, model, atMs: effectiveFromMs });
  if (latest?._id !== id) {
    const reason = "it does not hold any more: a later version took its place, or it was removed";
    fail({ kind: "conflict", entity: "price_override", reason });
  }
  const ended = { provider, model, effectiveFromMs, enabled: false, price };
  const by = { createdBy: scope.actor.userId, createdAt: nowMs };
  await ctx.db.insert("price_overrides", { tenantId, ...ended, ...by });
  await record(ctx, scope, { action: "remove", id, before: told(row), nowMs });
}

/** All versions, by provider, model and the moment from which they hold; of one model, if it is named. */
export async function listPage(
  ctx: QueryCtx,
  { tenantId }: TenantScope,
  {
    of,
    paginationOpts,
  }: {
    of: Pick<Doc<"price_overrides">, "provider" | "model"> | null;
    paginationOpts: { numItems: number; cursor: string | null };
  },
) {
  const rows = await ctx.db
    .query("price_overrides")
    .withIndex("by_model", (q) =>
      of === null
        ? q.eq("tenantId", tenantId)
        : q.eq("tenantId", tenantId).eq("provider", of.provider).eq("model", of.model),
    )
    .paginate({
      ...paginationOpts,
      numItems: Math.min(paginationOpts.numItems, PAGE_SIZE_MAX),
    });
  return { ...rows, page: rows.page.map(toView) };
}

/** What a call of the model would be priced by; null when nobody knows. */
export async function get(
  ctx: QueryCtx,
  scope: TenantScope,
  call: PricedCall,
): Promise<PriceView | null> {
  const override = await overrideFor(ctx, scope, call);
  const price = await priceFor(ctx, scope, call);
  if (price === null) return null;
  return {
    source: override === null ? "book" : "override",
    ...(override !== null && { overrideId: override._id }),
    priceVersion: price.priceVersion,
    ...toUsd(price),
    longContext: price.longContext.map(({ inputTokens, inclusive, rates }) => ({
      inputTokens,
      inclusive,
      usdPerMillion: perMillion(rates),
    })),
    serviceTiers: Object.keys(price.serviceTiers).toSorted(),
    regions: Object.keys(price.regions).toSorted(),
  };
}

async function getOrFail(
  ctx: QueryCtx,
  scope: TenantScope,
  id: Id<"price_overrides">,
): Promise<Doc<"price_overrides">> {
  const row = await ctx.db.get("price_overrides", id);
  return requireOwned(scope, row, { entity: "price_override", id });
}

function checkedMoment(atMs: number): number {
  if (Number.isInteger(atMs) && Math.abs(atMs) <= MOMENT_MAX) return atMs;
  const reason = "give a moment in whole milliseconds since 1970";
  return fail({ kind: "invalid_argument", field: "effectiveFrom", reason });
}

/** The last that a `Date` knows. */
const MOMENT_MAX = 8_640_000_000_000_000;

/** As the log tells of it. */
function told({
  provider,
  model,
  effectiveFromMs,
  enabled,
  price,
}: Pick<Doc<"price_overrides">, "provider" | "model" | "effectiveFromMs" | "enabled" | "price">) {
  return {
    provider,
    model,
    effectiveFrom: new Date(effectiveFromMs).toISOString(),
    enabled,
    ...toAgreed(price),
  };
}

function toView({ _id, tenantId: _tenantId, ...row }: Doc<"price_overrides">): OverrideView {
  const { provider, model, effectiveFromMs, enabled, price, createdBy, createdAt } = row;
  return {
    _id,
    provider,
    model,
    effectiveFrom: effectiveFromMs,
    enabled,
    ...toAgreed(price),
    createdBy,
    createdAt,
  };
}
