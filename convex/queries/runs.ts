/** Reading runs and what happened in them. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Runs from "../model/runs/read";
import * as Traces from "../model/runs/trace";
import { vRunView, vStepView } from "../views";
import { vTraceView } from "../views/traces";

/**
 * One run, with its state and what it cost so far in USD. Needs `sessions:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, runId: v.id("runs") },
  returns: vRunView,
  handler: async (ctx, { tenantId, apiKey, runId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Runs.get(ctx, scope, runId);
  },
});

/**
 * A run's steps in order, each with all its upstream attempts. Needs `sessions:read`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const steps = query({
  args: { ...caller, runId: v.id("runs") },
  returns: v.array(vStepView),
  handler: async (ctx, { tenantId, apiKey, runId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Runs.steps(ctx, scope, runId);
  },
});

/**
 * A run with its steps as a tree, what each attempt cost and how long all of it took. Needs `sessions:read`.
 *
 * @throws not_found - The run does not exist or is another tenant's.
 */
export const trace = query({
  args: { ...caller, runId: v.id("runs") },
  returns: vTraceView,
  handler: async (ctx, { tenantId, apiKey, runId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Traces.view(ctx, scope, runId);
  },
});

/**
 * A session's runs in pages of at most 100, the newest first. Needs `sessions:read`.
 *
 * @throws not_found - The session does not exist or is another tenant's.
 */
export const listBySession = query({
  args: { ...caller, sessionId: v.id("sessions"), paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vRunView),
  handler: async (ctx, { tenantId, apiKey, ...page }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Runs.listPage(ctx, scope, page);
  },
});

/**
 * The tenant's runs in pages of at most 100, the newest first: all, or those in one state ("failed"). Needs
 * `sessions:read`.
 */
export const list = query({
  args: {
    ...caller,
    state: v.optional(vRunView.fields.state.fields.kind),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vRunView),
  handler: async (ctx, { tenantId, apiKey, ...page }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Runs.listOfTenant(ctx, scope, page);
  },
});

/**
 * What the tenant's agents are at now: its unfinished runs, at most 100, the newest first. Each names its session.
 * Needs `sessions:read`.
 */
export const unfinished = query({
  args: { ...caller, limit: v.optional(v.number()) },
  returns: v.array(vRunView),
  handler: async (ctx, { tenantId, apiKey, limit }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "sessions:read" });
    return await Runs.unfinished(ctx, scope, limit);
  },
});
