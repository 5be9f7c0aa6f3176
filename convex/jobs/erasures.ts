/** The steps of erasures, and what operators ask for and see of them. */
import { v } from "convex/values";
import { internalMutation, internalQuery } from "../_generated/server";
import { fail } from "../lib/errors";
import * as Erasures from "../model/erasure/erasures";
import { requestOfTenant } from "../model/erasure/ofTenant";
import { requestOfUser } from "../model/erasure/ofUser";
import { vErasureStatus } from "../validators";

/** One batch of an erasure; schedules the next. Repeating it does no harm. */
export const step = internalMutation({
  args: { erasureId: v.id("erasures") },
  returns: v.null(),
  handler: async (ctx, { erasureId }) => {
    await Erasures.step(ctx, erasureId, Date.now());
    return null;
  },
});

/** Wakes erasures whose next step was lost. */
export const resumeStuck = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await Erasures.resumeStuck(ctx, Date.now());
    return null;
  },
});

/** Erases a tenant, suspended or not: `npx convex run jobs/erasures:tenant '{"slug": "acme"}'`. */
export const tenant = internalMutation({
  args: { slug: v.string() },
  returns: v.id("erasures"),
  handler: async (ctx, { slug }) => {
    const found = await ctx.db
      .query("tenants")
      .withIndex("by_slug", (q) => q.eq("slug", slug))
      .first();
    if (found === null) return fail({ kind: "not_found", entity: "tenant", id: slug });
    return await requestOfTenant(ctx, found, Date.now());
  },
});

/** Erases a person, who may have asked for it by letter: `npx convex run jobs/erasures:user '{"userId": "…"}'`. */
export const user = internalMutation({
  args: { userId: v.id("users") },
  returns: v.id("erasures"),
  handler: async (ctx, { userId }) => {
    const found = await ctx.db.get("users", userId);
    if (found === null) return fail({ kind: "not_found", entity: "user", id: userId });
    return await requestOfUser(ctx, found, Date.now());
  },
});

/** How far an erasure is; completed, it is the proof: what was removed of each table, and nothing left. */
export const get = internalQuery({
  args: { erasureId: v.id("erasures") },
  returns: v.object({
    status: vErasureStatus,
    table: v.string(),
    rowCounts: v.record(v.string(), v.number()),
    fileCount: v.number(),
    requestedAt: v.number(),
    completedAt: v.union(v.number(), v.null()),
  }),
  handler: async (ctx, { erasureId }) => {
    const erasure = await ctx.db.get("erasures", erasureId);
    if (erasure === null) return fail({ kind: "not_found", entity: "erasure", id: erasureId });
    const { status, table, rowCounts, fileCount, requestedAt, completedAt = null } = erasure;
    return { status, table, rowCounts, fileCount, requestedAt, completedAt };
  },
});
