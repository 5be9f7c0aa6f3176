/** What `rest/costs.ts` reads, with the caller's right checked anew at each page: one may lose it while an export runs. */
import { v } from "convex/values";
import { internalQuery } from "../_generated/server";
import type { QueryCtx } from "../_generated/server";
import { callerScope, vCaller, type Caller } from "../model/headerCaller";
import * as Exports from "../model/costs/exports";

const vCursor = v.union(v.string(), v.null());

const scopeOf = async (ctx: QueryCtx, by: Caller) => await callerScope(ctx, by, "costs:read");

export const begin = internalQuery({
  args: {
    caller: vCaller,
    period: v.optional(v.string()),
    from: v.optional(v.string()),
    to: v.optional(v.string()),
  },
  returns: Exports.vExtent,
  handler: async (ctx, { caller, ...periods }) =>
    await Exports.begin(ctx, await scopeOf(ctx, caller), periods),
});

export const page = internalQuery({
  args: { caller: vCaller, extent: Exports.vExtent, format: Exports.vFormat, cursor: vCursor },
  returns: Exports.vCostExportPage,
  handler: async (ctx, { caller, ...ask }) =>
    await Exports.page(ctx, await scopeOf(ctx, caller), ask),
});

export const summarised = internalQuery({
  args: { caller: vCaller, extent: Exports.vExtent, cursor: vCursor },
  returns: v.object({ count: v.number(), cursor: v.string(), isDone: v.boolean() }),
  handler: async (ctx, { caller, ...ask }) =>
    await Exports.summarised(ctx, await scopeOf(ctx, caller), ask),
});
