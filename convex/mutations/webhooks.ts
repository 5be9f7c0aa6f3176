/** Changing endpoints of webhooks, and sending again. Making them and their secrets is `actions.webhooks`. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Deliveries from "../model/webhooks/deliveries";
import * as Endpoints from "../model/webhooks/endpoints";
import { checkedUrl } from "../model/webhooks/urls";

const endpoint = { ...caller, endpointId: v.id("webhook_endpoints") };

/**
 * Changes what is given and leaves the rest; null takes the description away. What waits to be delivered goes to the
 * new address. Needs `webhooks:write`.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 * @throws invalid_argument - The address may not be called, a filter is none, or there is no filter left.
 */
export const update = mutation({
  args: {
    ...endpoint,
    url: v.optional(v.string()),
    events: v.optional(v.array(v.string())),
    description: v.optional(v.union(v.string(), v.null())),
  },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, endpointId, ...given }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    const url = given.url === undefined ? undefined : checkedUrl(given.url);
    await Endpoints.update(ctx, scope, { endpointId, patch: { ...given, url }, nowMs: Date.now() });
    return null;
  },
});

/**
 * Has events sent to the endpoint from now on; what was given up can be replayed. Twice is no error. Needs
 * `webhooks:write`.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 * @throws conflict - It has no secret.
 */
export const enable = mutation({
  args: endpoint,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, endpointId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    await Endpoints.enable(ctx, scope, { endpointId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Has nothing sent to the endpoint until it is enabled. What waits is given up when it comes due before that, and what
 * happens meanwhile is not kept for it. Twice is no error. Needs `webhooks:write`.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 */
export const disable = mutation({
  args: endpoint,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, endpointId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    await Endpoints.disable(ctx, scope, { endpointId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Deletes an endpoint with its secrets. Its deliveries stay to be looked at. Needs `webhooks:write`.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 */
export const remove = mutation({
  args: endpoint,
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, endpointId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    await Endpoints.remove(ctx, scope, { endpointId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Sends the endpoint an event `webhook.test`, whatever its filters, and returns the delivery's id. Needs
 * `webhooks:write`.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 * @throws conflict - It is disabled.
 */
export const sendTest = mutation({
  args: endpoint,
  returns: v.id("webhook_deliveries"),
  handler: async (ctx, { tenantId, apiKey, endpointId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    return await Deliveries.sendTest(ctx, scope, { endpointId, nowMs: Date.now() });
  },
});

/**
 * Sends a delivery again, at once and under the same id: also one that arrived, and one that waits for its next attempt.
 * Needs `webhooks:write`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 * @throws conflict - Its endpoint is disabled or removed, or it is older than 30 days.
 */
export const replay = mutation({
  args: { ...caller, deliveryId: v.id("webhook_deliveries") },
  returns: v.null(),
  handler: async (ctx, { tenantId, apiKey, deliveryId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    await Deliveries.replay(ctx, scope, { deliveryId, nowMs: Date.now() });
    return null;
  },
});

/**
 * Sends again what was given up of an endpoint's since a moment, the oldest first and at most 200 at once: call it again
 * while it says that there are more. At most 30 days back. Needs `webhooks:write`.
 *
 * @param sinceMs - Of the events, in milliseconds since 1970.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 * @throws conflict - It is disabled.
 */
export const replayDead = mutation({
  args: { ...endpoint, sinceMs: v.number() },
  returns: v.object({ replayedCount: v.number(), hasMore: v.boolean() }),
  handler: async (ctx, { tenantId, apiKey, ...what }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:write" });
    return await Deliveries.replayDead(ctx, scope, { ...what, nowMs: Date.now() });
  },
});
