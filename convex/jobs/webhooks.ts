/** What the worker of webhooks and `actions/webhooks.ts` read and write, and upkeep. Called by `crons.ts`, too. */
import { v } from "convex/values";
import { internal } from "../_generated/api";
import { internalMutation, internalQuery } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import { vCredential } from "../model/credentials";
import * as Claims from "../model/webhooks/claims";
import * as Deliveries from "../model/webhooks/deliveries";
import * as Endpoints from "../model/webhooks/endpoints";
import * as Outcomes from "../model/webhooks/outcomes";
import * as Secrets from "../model/webhooks/secrets";
import * as Worker from "../model/webhooks/worker";

const vMade = v.object({
  tenantId: v.id("tenants"),
  endpointId: v.id("webhook_endpoints"),
  secretId: v.id("webhook_secrets"),
});

/** The endpoint of `actions.webhooks.create`, without its secret; the caller's sign-in comes along. */
export const insert = internalMutation({
  args: { ...caller, ...Endpoints.vNewEndpoint.fields },
  returns: vMade,
  handler: async (ctx, { tenantId, apiKey, ...endpoint }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    const made = await Endpoints.insert(ctx, scope, { endpoint, nowMs: Date.now() });
    return { tenantId: scope.tenantId, ...made };
  },
});

/** A row for the secret of `actions.webhooks.rotateSecret`. */
export const insertSecret = internalMutation({
  args: { ...caller, endpointId: v.id("webhook_endpoints") },
  returns: vMade,
  handler: async (ctx, { tenantId, apiKey, endpointId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    await Endpoints.getOrFail(ctx, scope, endpointId);
    const { tenantId: home } = scope;
    const of = { tenantId: home, endpointId };
    return { ...of, secretId: await Secrets.insert(ctx, { ...of, nowMs: Date.now() }) };
  },
});

/** The secret, as it was sealed. */
export const setSecret = internalMutation({
  args: {
    ...caller,
    endpointId: v.id("webhook_endpoints"),
    secretId: v.id("webhook_secrets"),
    credential: vCredential,
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, endpointId, ...secret }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    await Endpoints.setSecret(ctx, scope, { endpointId, secret, nowMs: Date.now() });
    return null;
  },
});

/** Starts a worker, if there is something to deliver and nobody is at it. */
export const start = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    await Worker.start(ctx, Date.now());
    return null;
  },
});

export const due = internalQuery({
  args: { lane: v.string(), room: v.number(), underWay: Claims.vUnderWay },
  returns: Claims.vDue,
  handler: async (ctx, from): Promise<Claims.Due> => await Claims.due(ctx, from, Date.now()),
});

export const claim = internalMutation({
  args: { ids: v.array(v.id("webhook_deliveries")), leaseToken: v.string() },
  returns: v.array(Claims.vWork),
  handler: async (ctx, claim): Promise<Claims.Work[]> => await Claims.claim(ctx, claim, Date.now()),
});

export const book = internalMutation({
  args: { outcomes: v.array(Outcomes.vOutcome), leaseToken: v.string() },
  returns: v.null(),
  handler: async (ctx, report): Promise<null> => {
    await Outcomes.book(ctx, report, Date.now());
    return null;
  },
});

export const leave = internalMutation({
  args: { token: v.string(), isOver: v.boolean(), idleSinceMs: v.number() },
  returns: v.boolean(),
  handler: async (ctx, seat): Promise<boolean> => await Worker.leave(ctx, seat, Date.now()),
});

/**
 * For operators, after an outage of their own network: whatever waits for its next attempt is due at once.
 * `npx convex run jobs/webhooks:retryNow`
 */
export const retryNow = internalMutation({
  args: { fromMs: v.optional(v.number()) },
  returns: v.null(),
  handler: async (ctx, { fromMs = 0 }): Promise<null> => {
    const next = await Deliveries.hurry(ctx, { fromMs, nowMs: Date.now() });
    if (next === null) return null;
    await ctx.scheduler.runAfter(0, internal.jobs.webhooks.retryNow, { fromMs: next });
    return null;
  },
});

/** Deletes events, deliveries and secrets whose time is over. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx): Promise<null> => {
    const nowMs = Date.now();
    const hasSecrets = await Secrets.sweep(ctx, nowMs);
    const hasMore = (await Deliveries.sweep(ctx, nowMs)) || hasSecrets;
    if (hasMore) await ctx.scheduler.runAfter(0, internal.jobs.webhooks.sweep, {});
    return null;
  },
});
