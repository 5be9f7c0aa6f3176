/** Reading about the tenant's webhooks. */
import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { query } from "../_generated/server";
import { caller, requireScope } from "../model/access";
import * as Deliveries from "../model/webhooks/deliveries";
import * as Endpoints from "../model/webhooks/read";
import { vWebhookDeliveryState } from "../validators";
import {
  vWebhookDeliveryDetail,
  vWebhookDeliveryView,
  vWebhookEndpointView,
} from "../views/webhooks";

/**
 * The tenant's endpoints in pages, the newest first; of a secret only the mask. Needs `webhooks:read`.
 */
export const list = query({
  args: { ...caller, paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(vWebhookEndpointView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:read" });
    return await Endpoints.listPage(ctx, scope, paginationOpts);
  },
});

/**
 * One endpoint: what it is told of, whether and why it is disabled, since when it fails. Needs `webhooks:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const get = query({
  args: { ...caller, endpointId: v.id("webhook_endpoints") },
  returns: vWebhookEndpointView,
  handler: async (ctx, { tenantId, apiKey, endpointId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:read" });
    return await Endpoints.get(ctx, scope, endpointId);
  },
});

/**
 * The tenant's deliveries in pages of at most 100, the newest first: all, an endpoint's, in a state, or both; each with
 * its last attempts. Needs `webhooks:read`.
 *
 * @throws not_found - The endpoint does not exist or is another tenant's.
 */
export const deliveries = query({
  args: {
    ...caller,
    endpointId: v.optional(v.id("webhook_endpoints")),
    state: v.optional(vWebhookDeliveryState),
    paginationOpts: paginationOptsValidator,
  },
  returns: paginationResultValidator(vWebhookDeliveryView),
  handler: async (ctx, { tenantId, apiKey, paginationOpts, ...filter }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:read" });
    return await Deliveries.listPage(ctx, scope, { filter, paginationOpts });
  },
});

/**
 * One delivery, with the body that is sent. Needs `webhooks:read`.
 *
 * @throws not_found - It does not exist or is another tenant's.
 */
export const delivery = query({
  args: { ...caller, deliveryId: v.id("webhook_deliveries") },
  returns: vWebhookDeliveryDetail,
  handler: async (ctx, { tenantId, apiKey, deliveryId }) => {
    const scope = await requireScope(ctx, { tenantId, apiKey, permission: "webhooks:read" });
    return await Deliveries.get(ctx, scope, deliveryId);
  },
});
