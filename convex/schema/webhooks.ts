/** Webhooks out: who wants to be told of what, what there is to tell, and what became of telling it. */
import { defineTable } from "convex/server";
import { v } from "convex/values";
import {
  vSealed,
  vWebhookAttempt,
  vWebhookDeliveryState,
  vWebhookEndpointStatus,
  vWebhookEventType,
} from "../validators";

export const webhookTables = {
  // A receiver. Written by administration, and by the deployment when it disables one; read by every transaction with
  // something to tell, so nothing that changes with each delivery stands here. Goes when it is removed.
  webhook_endpoints: defineTable({
    tenantId: v.id("tenants"),
    url: v.string(),
    description: v.optional(v.string()),
    events: v.array(v.string()), // filters, as `src/core/webhookEvents.ts` has them
    status: vWebhookEndpointStatus,
    disabledReason: v.optional(v.string()), // for people
    disabledAt: v.optional(v.number()),
    createdBy: v.id("users"),
    createdAt: v.number(),
    updatedAt: v.number(),
  })
    // eslint-disable-next-line @convex-dev/no-duplicate-indexes -- in the order in which they were made
    .index("by_tenant", ["tenantId"])
    .index("by_status", ["tenantId", "status"]),

  // What an endpoint's requests are signed with: the present secret, and those before it that hold a little longer.
  // Written with the endpoint and by rotations; goes when its time is over, or with the endpoint.
  webhook_secrets: defineTable({
    tenantId: v.id("tenants"),
    endpointId: v.id("webhook_endpoints"),
    credential: v.optional(vSealed), // absent: it is being sealed
    credentialMask: v.optional(v.string()),
    expiresAtMs: v.optional(v.number()), // absent: the present one
    createdAt: v.number(),
  })
    .index("by_endpoint", ["tenantId", "endpointId"])
    .index("by_expiry", ["expiresAtMs"])
    .index("by_sealing_key", ["credential.keyId"]),

  // What happened, as receivers are told. Written in the transaction in which it happened, and only where an endpoint
  // wants to know; its id is the `webhook-id` of every attempt. Goes 45 days later.
  webhook_events: defineTable({
    tenantId: v.id("tenants"),
    type: vWebhookEventType,
    payload: v.string(), // the body, as it is sent each time
    createdAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_age", ["createdAt"]), // for retention

  // One event for one endpoint: the outbox. Written with the event, then by the worker that holds its lease, and when it
  // is replayed. Goes 45 days after the event.
  webhook_deliveries: defineTable({
    tenantId: v.id("tenants"),
    endpointId: v.id("webhook_endpoints"),
    eventId: v.id("webhook_events"),
    eventType: vWebhookEventType,
    state: vWebhookDeliveryState,
    lane: v.optional(v.id("webhook_endpoints")), // the endpoint, while an attempt is to come
    dueAtMs: v.optional(v.number()), // of the next attempt; under way: when it counts as lost
    leaseToken: v.optional(v.string()), // of the attempt that is under way
    attemptCount: v.number(), // since it was begun, or replayed
    attempts: v.array(vWebhookAttempt), // the last ones, also from before a replay
    deadReason: v.optional(v.string()), // for people
    endedAt: v.optional(v.number()),
    createdAt: v.number(),
  })
    .index("by_tenant", ["tenantId", "createdAt"])
    .index("by_state", ["tenantId", "state", "createdAt"])
    .index("by_endpoint", ["tenantId", "endpointId", "createdAt"])
    .index("by_endpoint_and_state", ["tenantId", "endpointId", "state", "createdAt"])
    .index("by_lane", ["lane", "dueAtMs"]) // for the worker, endpoint by endpoint
    .index("by_due", ["dueAtMs"]) // for whoever asks whether there is anything to do
    .index("by_age", ["createdAt"]), // for retention

  // How an endpoint takes what it is sent, while not everything is well. Written by the worker alone; goes with the next
  // delivery that succeeds, or with the endpoint.
  webhook_health: defineTable({
    tenantId: v.id("tenants"),
    endpointId: v.id("webhook_endpoints"),
    failures: v.number(), // one after another
    deadInARow: v.number(),
    failingSinceMs: v.number(),
    restsUntilMs: v.number(), // it is left alone until then
  })
    .index("by_endpoint", ["tenantId", "endpointId"])
    .index("by_rest", ["restsUntilMs"]), // for operators, over all tenants
};
