/** What doors return of webhooks. */
import { v, type Infer } from "convex/values";
import {
  vWebhookAttempt,
  vWebhookDeliveryState,
  vWebhookEndpointStatus,
  vWebhookEventType,
} from "../validators";

export const vWebhookEndpointView = v.object({
  _id: v.id("webhook_endpoints"),
  tenantId: v.id("tenants"),
  url: v.string(),
  description: v.optional(v.string()),
  events: v.array(v.string()),
  status: vWebhookEndpointStatus,
  disabledReason: v.optional(v.string()),
  disabledAt: v.optional(v.number()),
  secretMask: v.optional(v.string()), // "••••1234", of the present one
  failingSinceMs: v.optional(v.number()), // absent: the last attempt went well, or there was none
  createdBy: v.id("users"),
  createdAt: v.number(),
  updatedAt: v.number(),
});
export type WebhookEndpointView = Infer<typeof vWebhookEndpointView>;

/** An endpoint's secret, as it is seen once: after this it is sealed. */
export const vNewWebhookSecret = v.object({
  endpointId: v.id("webhook_endpoints"),
  secret: v.string(), // "whsec_" and base64
});

export const vWebhookDeliveryView = v.object({
  _id: v.id("webhook_deliveries"),
  tenantId: v.id("tenants"),
  endpointId: v.id("webhook_endpoints"),
  eventId: v.id("webhook_events"), // the `webhook-id` of each attempt
  eventType: vWebhookEventType,
  state: vWebhookDeliveryState,
  attemptCount: v.number(), // since it was begun, or replayed
  attempts: v.array(vWebhookAttempt), // the last 20, also from before a replay
  nextAttemptAtMs: v.union(v.number(), v.null()),
  deadReason: v.optional(v.string()),
  endedAt: v.optional(v.number()),
  createdAt: v.number(),
});
export type WebhookDeliveryView = Infer<typeof vWebhookDeliveryView>;

export const vWebhookDeliveryDetail = v.object({
  ...vWebhookDeliveryView.fields,
  payload: v.union(v.string(), v.null()), // the body, byte for byte; null: not kept any more
});
