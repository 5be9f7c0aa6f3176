/**
 * What only the operators of a deployment do, by the command line:
 * `npx convex run jobs/tenants:suspend '{"slug": "acme"}'`.
 */
import { v, type Infer } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import { internalMutation, type QueryCtx } from "../_generated/server";
import { checkedEmail } from "../lib/emails";
import { fail } from "../lib/errors";
import * as Increases from "../model/budgets/increases";
import * as Corrections from "../model/costs/corrections";
import { set } from "../model/deploymentSettings";
import * as Tenants from "../model/tenants";
import { vPlan } from "../validators";

/** Makes a tenant whose owner is the user with the address. */
export const create = internalMutation({
  args: { name: v.string(), slug: v.string(), ownerEmail: v.string() },
  returns: v.id("tenants"),
  handler: async (ctx, { name, slug, ownerEmail }) => {
    const email = checkedEmail("ownerEmail", ownerEmail);
    const owner = await ctx.db
      .query("users")
      .withIndex("by_email", (q) => q.eq("email", email))
      .first();
    if (owner === null) return fail({ kind: "not_found", entity: "user", id: email });
    const tenant = { name, slug, billingEmail: email };
    return await Tenants.create(ctx, { tenant, ownerId: owner._id, nowMs: Date.now() });
  },
});

/** Whether any signed-in person may create tenants; until it is set, only operators may. */
export const letAnyoneCreate = internalMutation({
  args: { value: v.boolean() },
  returns: v.null(),
  handler: async (ctx, { value }) => {
    await set(ctx, { name: "anyoneMayCreateTenants", value, nowMs: Date.now() });
    return null;
  },
});

/** Puts a tenant on a plan; limits that are given differ from it. */
export const setPlan = internalMutation({
  args: {
    slug: v.string(),
    plan: v.optional(vPlan),
    maxAgents: v.optional(v.number()),
    maxMonthlyTokens: v.optional(v.number()),
    maxStorageGB: v.optional(v.number()),
  },
  returns: v.null(),
  handler: async (ctx, { slug, ...plan }) => {
    const tenant = await bySlug(ctx, slug);
    await Tenants.setPlan(ctx, tenant, { ...plan, nowMs: Date.now() });
    return null;
  },
});

/** Grants a tenant more tokens than its plan has, once, until the present month ends. */
export const increasePlan = internalMutation({
  args: { slug: v.string(), amountTokens: v.number(), reason: v.string() },
  returns: v.null(),
  handler: async (ctx, { slug, ...more }) => {
    const { _id: tenantId } = await bySlug(ctx, slug);
    await Increases.increasePlan(
      ctx,
      { tenantId, system: "operators" },
      { more, nowMs: Date.now() },
    );
    return null;
  },
});

/** As `mutations.costs.correct`, and it may say that fewer tokens were used than count against the tenant's plan. */
export const correctCost = internalMutation({
  args: { slug: v.string(), ...Corrections.vCorrection.fields },
  returns: Corrections.vCorrected,
  handler: async (ctx, { slug, ...correction }): Promise<Infer<typeof Corrections.vCorrected>> => {
    const { _id: tenantId } = await bySlug(ctx, slug);
    const by = { tenantId, system: "operators" };
    return await Corrections.correct(ctx, by, { correction, nowMs: Date.now() });
  },
});

/** Takes a tenant out of service at once, open subscriptions included. Twice is no error. */
export const suspend = internalMutation({
  args: { slug: v.string() },
  returns: v.null(),
  handler: async (ctx, { slug }) => {
    const tenant = await bySlug(ctx, slug);
    await Tenants.setInService(ctx, tenant, { inService: false, nowMs: Date.now() });
    return null;
  },
});

/** Takes a suspended tenant back into service. Twice is no error. */
export const resume = internalMutation({
  args: { slug: v.string() },
  returns: v.null(),
  handler: async (ctx, { slug }) => {
    const tenant = await bySlug(ctx, slug);
    await Tenants.setInService(ctx, tenant, { inService: true, nowMs: Date.now() });
    return null;
  },
});

async function bySlug(ctx: QueryCtx, slug: string): Promise<Doc<"tenants">> {
  const tenant = await ctx.db
    .query("tenants")
    .withIndex("by_slug", (q) => q.eq("slug", slug))
    .first();
  return tenant ?? fail({ kind: "not_found", entity: "tenant", id: slug });
}
